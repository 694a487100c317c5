"""What the Telegram half writes into the ledger, and what it refuses loudly."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.telegram_client import GROUP, PAVEL, PIXEL, Telegram


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_an_unmodelled_method_is_refused_and_noted(sandbox: Any, telegram: Telegram) -> None:
    answer = telegram.call("sendDice", chat_id=PAVEL)

    entry = sandbox.ledger(flow="unmodelled")[-1]
    assert (answer["ok"], answer["error_code"]) == (False, 404)
    assert (entry["action"], entry["outcome"]) == ("sendDice", 404)


def test_an_unknown_parameter_is_refused_and_noted_by_name(sandbox: Any, telegram: Telegram) -> None:
    said = telegram.refused("sendMessage", chat_id=PAVEL, text="Hi", message_effect_id="5104841245755180586")

    entry = sandbox.ledger(flow="unmodelled")[-1]
    assert "message_effect_id" in said
    assert "message_effect_id" in entry["rule"]


def test_the_ledger_shows_a_call_with_its_files_by_size(sandbox: Any, telegram: Telegram) -> None:
    telegram.run(telegram.bot.send_photo(PAVEL, PIXEL, caption="Look", filename="pixel.png"))

    entry = sandbox.ledger(action="sendPhoto")[-1]
    assert (entry["provider"], entry["flow"], entry["destination"]) == ("telegram", "call", str(PAVEL))
    assert {"file": "pixel.png", "bytes": len(PIXEL)} in entry["request"].values()
    assert (entry["outcome"], entry["response"]["result"]["caption"]) == (200, "Look")


def test_the_ledger_names_the_rule_that_refused(sandbox: Any, telegram: Telegram) -> None:
    telegram.refused("sendMessage", chat_id=GROUP, message_thread_id=1, text="Hi")

    entry = sandbox.ledger(action="sendMessage")[-1]
    assert entry["outcome"] == 400
    assert "message thread not found" in entry["rule"]
    assert "telegram-bot-api" in entry["rule"]
