"""Two foreign SDKs speak to the sandbox."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from aiogram import Bot as Aiogram
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from tests.sandbox.telegram_client import GROUP, PAVEL, TOKEN, Telegram, unknown_fields


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_python_telegram_bot_finds_itself(telegram: Telegram) -> None:
    me = telegram.run(telegram.bot.get_me())

    assert (me.id, me.username, me.is_bot) == (123456, "backstop_sandbox_bot", True)
    assert not me.api_kwargs


def test_aiogram_works_as_a_second_client(telegram: Telegram) -> None:
    async def converse() -> list[Any]:
        session = AiohttpSession(api=TelegramAPIServer.from_base(telegram.base))
        async with Aiogram(TOKEN, session=session) as bot:
            topic = await bot.create_forum_topic(GROUP, "Ticket 7")
            text = await bot.send_message(GROUP, "Hello", message_thread_id=topic.message_thread_id)
            chat = await bot.get_chat(GROUP)
            leads = await bot.get_chat_administrators(GROUP)
            return [await bot.get_me(), topic, text, chat, leads, await bot.get_webhook_info()]

    answers = telegram.run(converse())

    assert unknown_fields(answers) == []
    assert answers[2].text == "Hello"


def test_a_method_name_may_be_written_in_any_case_and_by_get(telegram: Telegram) -> None:
    answer = requests.get(f"{telegram.url}/sendmessage", params={"chat_id": str(PAVEL), "text": "Hello"}, timeout=5)

    assert answer.json()["result"]["text"] == "Hello"


def test_a_wrong_token_is_told_from_a_malformed_one(telegram: Telegram) -> None:
    wrong = requests.get(f"{telegram.base}/bot123456:other/getMe", timeout=5)
    malformed = requests.get(f"{telegram.base}/botx/getMe", timeout=5)

    assert (wrong.status_code, wrong.json()["description"]) == (401, "Unauthorized")
    assert malformed.json()["description"] == "Unauthorized: invalid token specified"
