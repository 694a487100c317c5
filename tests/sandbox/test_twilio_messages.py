"""Messages go out and come in as at Twilio, judged by Twilio's own SDK."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
import requests
from conftest import Product, Sandbox
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.request_validator import RequestValidator
from twilio.rest import Client

SID, TOKEN = "AC" + "0" * 32, "sandbox-auth-token"
OURS, ALICE = "+15550001000", "+34600000001"
WHATSAPP = {"from_": f"whatsapp:{OURS}", "to": f"whatsapp:{ALICE}"}


class RewritingHttpClient(TwilioHttpClient):
    """Sends every Twilio host to the sandbox."""

    def __init__(self, base: str) -> None:
        super().__init__(timeout=10)
        self.base = urlsplit(base)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Any:
        parts = urlsplit(url)
        moved = urlunsplit((self.base.scheme, self.base.netloc, parts.path, parts.query, ""))
        return super().request(method, moved, *args, **kwargs)

    def close(self) -> None:
        self.session.close()


@pytest.fixture
def connect(request: pytest.FixtureRequest) -> Callable[..., Client]:
    def connected(sandbox: Sandbox, token: str = TOKEN) -> Client:
        http = RewritingHttpClient(sandbox.base)
        request.addfinalizer(http.close)
        return Client(SID, token, http_client=http)

    return connected


@pytest.fixture
def twilio(sandbox: Sandbox, connect: Callable[..., Client]) -> Client:
    return connect(sandbox)


def test_a_customer_writes_and_we_answer_within_the_window(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.post("twilio/say", **{"from": ALICE, "body": "My upload hangs"})

    sent = twilio.messages.create(body="On it", **WHATSAPP)

    assert sent.status == "queued"
    assert sent.num_segments == "1"
    assert [m["body"] for m in sandbox.get("twilio/messages", address=ALICE)["messages"]] == [
        "My upload hangs",
        "On it",
    ]
