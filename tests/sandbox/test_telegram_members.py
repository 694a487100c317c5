"""Who is who in a chat."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.sandbox.telegram_client import GROUP, LENA, PAVEL, TOMAS, Telegram


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_members_are_looked_up(telegram: Telegram) -> None:
    tomas = telegram.run(telegram.bot.get_chat_member(GROUP, TOMAS))
    stranger = telegram.run(telegram.bot.get_chat_member(GROUP, PAVEL))
    leads = telegram.run(telegram.bot.get_chat_administrators(GROUP))

    assert (tomas.status, stranger.status) == ("member", "left")
    assert {lead.user.id for lead in leads} == {LENA, 123456}
    assert telegram.refused("getChatMember", chat_id=GROUP, user_id=424242) == "Bad Request: PARTICIPANT_ID_INVALID"
    assert telegram.refused("getChatAdministrators", chat_id=PAVEL) == (
        "Bad Request: there are no administrators in the private chat"
    )


def test_an_outsider_cannot_write_into_the_group(sandbox: Any) -> None:
    body = {"chat_id": GROUP, "user_id": PAVEL, "text": "Hi"}

    answer = requests.post(f"{sandbox.base}/sandbox/telegram/say", json=body, timeout=5)

    assert answer.status_code == 400
    assert "no member" in answer.json()["error"]
