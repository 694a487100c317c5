"""setWebhook, deleteWebhook and what getWebhookInfo tells of them."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.telegram_client import Receiver, Telegram, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from receiving()


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_setting_the_same_webhook_again_changes_nothing(telegram: Telegram, receiver: Receiver) -> None:
    first = telegram.call("setWebhook", url=receiver.url)
    too_soon = telegram.call("setWebhook", url=receiver.url)

    assert first["description"] == "Webhook was set"
    assert too_soon["parameters"] == {"retry_after": 1}
    assert telegram.call("deleteWebhook")["description"] == "Webhook was deleted"
    assert telegram.call("deleteWebhook")["description"] == "Webhook is already deleted"


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"url": "ftp://x.io"}, "Bad Request: invalid webhook URL specified"),
        ({"secret_token": "a b"}, "Bad Request: secret token contains unallowed characters"),
        ({"secret_token": "a" * 257}, "Bad Request: secret token is too long"),
    ],
)
def test_a_wrong_webhook_is_refused(telegram: Telegram, params: dict[str, Any], said: str) -> None:
    assert telegram.refused("setWebhook", **{"url": "http://127.0.0.1:9/"} | params) == said


def test_allowed_updates_stay_as_they_were_when_not_given(telegram: Telegram, receiver: Receiver) -> None:
    telegram.ok("setWebhook", url=receiver.url, allowed_updates=["message", "message_reaction"])
    telegram.ok("deleteWebhook")

    info = telegram.ok("getWebhookInfo")
    telegram.updates(allowed_updates=[])

    assert info["allowed_updates"] == ["message", "message_reaction"]
    assert "allowed_updates" not in telegram.ok("getWebhookInfo")
