"""Messages go out and come in as at Twilio, judged by Twilio's own SDK."""

from collections.abc import Callable

import pytest
from conftest import Sandbox
from twilio.rest import Client

SID, TOKEN = "AC" + "0" * 32, "sandbox-auth-token"
OURS, ALICE = "+15550001000", "+34600000001"
WHATSAPP = {"from_": f"whatsapp:{OURS}", "to": f"whatsapp:{ALICE}"}


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
