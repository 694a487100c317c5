"""Updates reach a webhook in Telegram's order, with its retries, expiries and health report."""

import contextlib
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.telegram_client import GROUP, PAVEL, TOMAS, Receiver, Telegram, receiving
from tests.support.sandbox import Sandbox, running

FAST = {"telegram": {"retry_scale": 0.01, "flood_limits": False}}
IDA = 777


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from receiving()


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One process with quick retries and a steerable clock for this module."""
    directory = tmp_path_factory.mktemp("fast")
    with running(directory, FAST, "--clock", str(directory / "clock.json")) as sandbox:
        yield sandbox


@pytest.fixture
def own(fast: Sandbox) -> Sandbox:
    fast.post("reset")
    return fast


@pytest.fixture(scope="module")
def client(fast: Sandbox) -> Iterator[Telegram]:
    with Telegram(fast.base) as client:
        yield client


@pytest.fixture
def telegram(own: Any, client: Telegram) -> Telegram:
    return client


def say(own: Any, text: str, user_id: int = PAVEL) -> Any:
    return own.post("telegram/say", chat_id=user_id, user_id=user_id, text=text)


def hold(receiver: Receiver, text: str) -> threading.Event:
    """Lets the receiver wait for the event, at most 2 s, before it answers an update with this text."""
    released = threading.Event()

    def wait(update: dict[str, Any]) -> None:
        if update.get("message", {}).get("text") == text:
            released.wait(2)

    receiver.hold = wait
    return released


def test_an_update_comes_with_the_secret(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    telegram.run(telegram.bot.set_webhook(receiver.url, secret_token="s3cret"))

    say(own, "Hello")

    update = receiver.wait(1)[0]
    assert update["message"]["text"] == "Hello"
    assert receiver.headers[0]["X-Telegram-Bot-Api-Secret-Token"] == "s3cret"
    assert receiver.headers[0]["Content-Type"] == "application/json"


def test_a_refused_update_comes_again_before_the_next_of_its_chat(
    own: Any, telegram: Telegram, receiver: Receiver
) -> None:
    receiver.script = [(500, {}, ""), (500, {}, ""), (403, {}, "")]
    telegram.ok("setWebhook", url=receiver.url)

    say(own, "one")
    say(own, "two")

    texts = [update["message"]["text"] for update in receiver.wait(5)]
    ids = [update["update_id"] for update in receiver.got]
    entries = own.ledger(flow="webhook")
    assert texts == ["one"] * 4 + ["two"]
    assert ids[4] == ids[0] + 1
    assert [(entry["outcome"], entry["attempt"]) for entry in entries] == [
        (500, 1),
        (500, 2),
        (403, 3),
        (200, 4),
        (200, 1),
    ]


def test_retries_come_at_once_then_after_2_4_8_seconds(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    receiver.script = [(500, {}, "")] * 5
    telegram.ok("setWebhook", url=receiver.url)

    say(own, "one")

    receiver.wait(6)
    gaps = [after - before for before, after in zip(receiver.at, receiver.at[1:], strict=False)]
    assert gaps[0] < 0.02
    for gap, seconds in zip(gaps[1:], (2, 4, 8, 16), strict=True):
        assert seconds * 0.01 <= gap < seconds * 0.01 + 0.06


def test_retry_after_is_honoured(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    receiver.script = [(503, {"Retry-After": "30"}, "")]
    telegram.ok("setWebhook", url=receiver.url)

    say(own, "one")

    receiver.wait(2)
    assert 0.3 <= receiver.at[1] - receiver.at[0] < 0.4


def test_one_chat_that_fails_does_not_hold_up_another(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    blocked = hold(receiver, "slow")
    telegram.ok("setWebhook", url=receiver.url)
    say(own, "warm up", IDA)
    receiver.wait(1)

    say(own, "slow", PAVEL)
    say(own, "behind slow", PAVEL)
    say(own, "quick", IDA)

    texts = {update["message"]["text"] for update in receiver.wait(3)}
    assert texts == {"warm up", "slow", "quick"}
    blocked.set()
    receiver.wait(4)


def test_callbacks_are_not_ordered_against_messages(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    buttons = {"inline_keyboard": [[{"text": "Take", "callback_data": "take"}]]}
    card = telegram.ok("sendMessage", chat_id=GROUP, text="Card", reply_markup=buttons)["message_id"]
    blocked = hold(receiver, "slow")
    telegram.ok("setWebhook", url=receiver.url)
    say(own, "warm up")
    receiver.wait(1)

    own.post("telegram/say", chat_id=GROUP, user_id=TOMAS, text="slow")
    own.post("telegram/tap", chat_id=GROUP, message_id=card, user_id=TOMAS, data="take")

    assert "callback_query" in receiver.wait(3)[2]
    blocked.set()


def test_a_dead_endpoint_is_tried_over_one_connection_and_reported(own: Any, telegram: Telegram) -> None:
    telegram.ok("setWebhook", url="http://127.0.0.1:9/hook", max_connections=7)
    for user in range(900, 905):
        say(own, "anybody?", user)

    own.get("ledger", flow="webhook", wait=1, after=own.get("ledger")["last"])

    info = telegram.run(telegram.bot.get_webhook_info())
    assert info.pending_update_count == 5
    assert info.last_error_message == "Connection refused"
    assert info.last_error_date is not None
    assert info.max_connections == 7


def test_a_backlog_drains_in_order_once_the_endpoint_is_back(own: Any, telegram: Telegram) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    telegram.ok("setWebhook", url=f"http://127.0.0.1:{port}/telegram")
    for text in ("one", "two", "three"):
        for user in range(900, 930):
            say(own, text, user)

    with contextlib.contextmanager(receiving)(port) as receiver:
        receiver.wait(90, within=4)

    by_chat: dict[int, list[str]] = {}
    for update in receiver.got:
        by_chat.setdefault(update["message"]["chat"]["id"], []).append(update["message"]["text"])
    assert list(by_chat.values()) == [["one", "two", "three"]] * 30


def test_a_message_expires_after_24_hours(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    own.post("clock", shows="2026-11-28T13:00:00+00:00")
    say(own, "too old")
    own.post("clock", shows="2026-11-29T13:00:01+00:00")
    say(own, "fresh")

    telegram.ok("setWebhook", url=receiver.url)

    assert receiver.wait(1)[0]["message"]["text"] == "fresh"
    assert telegram.ok("getWebhookInfo")["pending_update_count"] == 0


def test_410_for_23_hours_closes_the_webhook(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    own.post("clock", shows="2026-11-28T13:00:00+00:00")
    receiver.script = [(410, {"Retry-After": "20"}, ""), (410, {}, "")]
    telegram.ok("setWebhook", url=receiver.url)
    say(own, "one")
    receiver.wait(1)

    own.post("clock", shows="2026-11-29T12:30:00+00:00")
    receiver.wait(2)

    own.get("ledger", wait=1, after=own.get("ledger")["last"] - 1)
    assert telegram.ok("getWebhookInfo")["url"] == ""


def test_the_answer_of_a_webhook_may_be_a_call(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    call = {"method": "sendMessage", "chat_id": PAVEL, "text": "Noted"}
    receiver.script = [(200, {"Content-Type": "application/json"}, json.dumps(call))]
    telegram.ok("setWebhook", url=receiver.url)

    say(own, "Hello")

    receiver.wait(1)
    for _ in range(50):
        if found := own.ledger(action="sendMessage"):
            break
    assert found[0]["response"]["result"]["text"] == "Noted"


def test_faults_duplicate_and_silence_a_webhook(own: Any, telegram: Telegram, receiver: Receiver) -> None:
    telegram.ok("setWebhook", url=receiver.url)
    own.post("faults", action="duplicate", provider="telegram", flow="webhook", method="update", times_each=3)
    own.post("faults", action="silence", provider="telegram", flow="webhook", method="update")

    say(own, "thrice")
    say(own, "never")
    say(own, "after")

    texts = [update["message"]["text"] for update in receiver.wait(4)]
    assert sorted(texts) == ["after", "thrice", "thrice", "thrice"]
