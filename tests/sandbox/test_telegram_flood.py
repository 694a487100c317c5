"""Flood limits and faults: what a bot that is too fast, or unlucky, gets."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from telegram.error import NetworkError, RetryAfter

from tests.sandbox.telegram_client import GROUP, PAVEL, Telegram


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


@pytest.fixture(autouse=True)
def _time_deltas(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot warns about RetryAfter.retry_after as a number since 22.2."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


def test_the_21st_call_to_a_group_within_a_minute_is_refused(telegram: Telegram) -> None:
    topic = telegram.topic()
    card = telegram.ok("sendMessage", chat_id=GROUP, text="Card", message_thread_id=topic)["message_id"]
    for number in range(18):
        telegram.ok("editMessageText", chat_id=GROUP, message_id=card, text=f"Card {number}")

    answer = requests.post(f"{telegram.url}/sendMessage", json={"chat_id": GROUP, "text": "x"}, timeout=5)

    seconds = answer.json()["parameters"]["retry_after"]
    assert answer.status_code == 429
    assert answer.json()["description"] == f"Too Many Requests: retry after {seconds}"
    assert answer.headers["Retry-After"] == str(seconds)
    assert 50 <= seconds <= 60
    with pytest.raises(RetryAfter):
        telegram.run(telegram.bot.send_message(GROUP, "x"))


def test_a_private_chat_takes_a_burst_of_three(telegram: Telegram) -> None:
    for _ in range(3):
        telegram.ok("sendMessage", chat_id=PAVEL, text="x")

    said = telegram.refused("sendMessage", chat_id=PAVEL, text="x")

    assert said == "Too Many Requests: retry after 1"
    telegram.ok("sendMessage", chat_id=GROUP, text="another chat is free")


def test_the_bot_as_a_whole_sends_30_a_second(sandbox: Any, telegram: Telegram) -> None:
    for user in range(1000, 1020):
        sandbox.post("telegram/say", chat_id=user, user_id=user, text="Hi")

    answers = [telegram.call("sendMessage", chat_id=1000 + n % 20, text="x") for n in range(31)]

    assert [answer["ok"] for answer in answers] == [True] * 30 + [False]


def test_a_look_up_and_a_refused_call_cost_nothing(telegram: Telegram) -> None:
    for _ in range(25):
        telegram.refused("sendMessage", chat_id=GROUP, text="")
        telegram.ok("getChat", chat_id=GROUP)

    telegram.ok("sendMessage", chat_id=GROUP, text="x")


def test_an_accepted_call_may_never_be_answered(sandbox: Any, telegram: Telegram) -> None:
    sandbox.post("faults", action="drop_after_accept", provider="telegram", method="sendMessage")

    with pytest.raises(NetworkError):
        telegram.run(telegram.bot.send_message(PAVEL, "Once"))

    texts = [one["text"] for one in sandbox.get(f"telegram/chats/{PAVEL}")["messages"]]
    assert texts == ["Once"]
    assert sandbox.ledger(action="sendMessage")[-1]["outcome"] == "dropped"


def test_a_fault_answers_429_without_doing_the_work(sandbox: Any, telegram: Telegram) -> None:
    sandbox.post("faults", action="status", status=429, retry_after=7, provider="telegram", method="sendMessage")

    with pytest.raises(RetryAfter) as refused:
        telegram.run(telegram.bot.send_message(PAVEL, "Later"))

    assert refused.value.retry_after == timedelta(seconds=7)
    assert telegram.ok("sendMessage", chat_id=PAVEL, text="Now")["text"] == "Now"
