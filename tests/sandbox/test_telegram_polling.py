"""getUpdates: long poll, acknowledgement by offset, and its conflicts."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from telegram.error import Conflict

from tests.sandbox.telegram_client import PAVEL, Telegram


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def say(sandbox: Any, text: str) -> int:
    return int(sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, text=text)["update_id"])


def test_an_offset_acknowledges_everything_before_it(sandbox: Any, telegram: Telegram) -> None:
    first, second, third = (say(sandbox, text) for text in ("one", "two", "three"))

    assert [update["update_id"] for update in telegram.updates()] == [first, second, third]
    assert [update["update_id"] for update in telegram.updates(offset=second)] == [second, third]
    assert [update["update_id"] for update in telegram.updates(offset=-1)] == [third]
    assert [update["update_id"] for update in telegram.updates()] == [third]


def test_a_limit_gives_the_oldest_ones(sandbox: Any, telegram: Telegram) -> None:
    first, _ = say(sandbox, "one"), say(sandbox, "two")

    updates = telegram.run(telegram.bot.get_updates(limit=1, timeout=0))

    assert [update.update_id for update in updates] == [first]


def test_a_long_poll_ends_with_the_first_update(sandbox: Any, telegram: Telegram) -> None:
    threading.Timer(0.1, say, (sandbox, "now")).start()
    started = time.monotonic()

    updates = telegram.updates(timeout=10)

    assert updates[0]["message"]["text"] == "now"
    assert time.monotonic() - started < 1


def test_polling_conflicts_with_a_webhook(telegram: Telegram) -> None:
    telegram.ok("setWebhook", url="http://127.0.0.1:9/hook")

    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        telegram.run(telegram.bot.get_updates())


def test_setting_a_webhook_ends_a_poll(telegram: Telegram) -> None:
    threading.Timer(0.1, telegram.ok, ("setWebhook",), {"url": "http://127.0.0.1:9/hook"}).start()

    said = telegram.refused("getUpdates", timeout=10)

    assert said == "Conflict: terminated by setWebhook request"


def test_a_second_poller_ends_the_first(start_sandbox: Any) -> None:
    own = start_sandbox({"telegram": {"retry_scale": 0.01}})
    with Telegram(own.base) as telegram:
        threading.Timer(0.1, telegram.updates, (), {"timeout": 0}).start()

        said = telegram.refused("getUpdates", timeout=10)

    assert said.startswith("Conflict: terminated by other getUpdates request; make sure that only one bot")
