"""What Twilio refuses, the sandbox refuses, with the same code."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.twilio_client import ALICE, OURS, SID, SMS, TOKEN, WHATSAPP, Product, say
from tests.support.sandbox import Sandbox


@pytest.mark.parametrize(
    ("code", "form"),
    [
        (21604, {"from_": OURS, "to": "", "body": "x"}),
        (21211, {"from_": OURS, "to": "12", "body": "x"}),
        (21606, {"from_": "+15550009999", "to": ALICE, "body": "x"}),
        (63007, {"from_": "whatsapp:+15550009999", "to": f"whatsapp:{ALICE}", "body": "x"}),
        (21910, {"from_": OURS, "to": f"whatsapp:{ALICE}", "body": "x"}),
        (21619, SMS),
        (21617, {**SMS, "body": "x" * 1601}),
        (21620, {**SMS, "media_url": ["ftp://nowhere/x.png"]}),
        (21609, {**SMS, "body": "x", "status_callback": "http://my_bot:8000/status"}),
        (21655, {**SMS, "content_sid": "HX" + "9" * 32}),
        (21610, {"from_": OURS, "to": "+15005550004", "body": "x"}),
        (21611, {"from_": "+15005550008", "to": ALICE, "body": "x"}),
    ],
)
def test_a_bad_send_is_refused_at_once(twilio: Client, code: int, form: dict[str, Any]) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(**form)

    assert refused.value.code == code
    assert refused.value.status == 400


def test_stop_blocks_sms_and_start_lifts_it(sandbox: Sandbox, twilio: Client) -> None:
    say(sandbox, "Stop", channel="sms")
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(body="Hi", **SMS)

    say(sandbox, "START", channel="sms")

    assert refused.value.code == 21610
    assert twilio.messages.create(body="Hi again", **SMS).status == "queued"
    replies = twilio.messages.list(from_=OURS, to=ALICE)
    assert [row.direction for row in replies] == ["outbound-api", "outbound-reply", "outbound-reply"]


@pytest.mark.parametrize("channel", ["sms", "whatsapp"])
def test_advanced_opt_out_names_the_type_and_holds_on_both_channels(
    start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client], product: Product, channel: str
) -> None:
    service = {"sid": "MG" + "1" * 32, "numbers": [OURS], "advanced_opt_out": True}
    number = {"number": OURS, "sms_url": f"{product.base}/in", "whatsapp": True}
    sandbox = start_sandbox({"twilio": {"numbers": [number], "messaging_services": [service]}})
    twilio = connect(sandbox)

    say(sandbox, "STOP", channel=channel)

    assert product.got(1, "/in")[0].form["OptOutType"] == "STOP"
    assert [row.direction for row in twilio.messages.list()] == ["inbound"]
    with pytest.raises(TwilioRestException, match="unsubscribed recipient"):
        twilio.messages.create(body="Hi", **(SMS if channel == "sms" else WHATSAPP))


def test_stop_on_whatsapp_is_ours_to_honour_by_default(sandbox: Sandbox, twilio: Client) -> None:
    say(sandbox, "STOP")

    assert twilio.messages.create(body="Hi", **WHATSAPP).status == "queued"


def test_wrong_credentials_are_told_as_20003(sandbox: Sandbox, connect: Callable[..., Client]) -> None:
    stranger = connect(sandbox, "wrong")

    with pytest.raises(TwilioRestException) as refused:
        stranger.messages.create(body="Hi", **SMS)

    assert (refused.value.status, refused.value.code) == (401, 20003)


def test_an_unknown_field_is_refused_loudly(sandbox: Sandbox) -> None:
    url = f"{sandbox.base}/2010-04-01/Accounts/{SID}/Messages.json"

    answer = requests.post(url, data={"From": OURS, "To": ALICE, "Bodi": "Hi"}, auth=(SID, TOKEN), timeout=5)

    assert (answer.status_code, answer.json()["code"]) == (400, 20001)
    assert "Bodi" in sandbox.ledger(flow="unmodelled")[0]["outcome"]


def test_an_unknown_path_is_refused_loudly(sandbox: Sandbox) -> None:
    answer = requests.get(f"{sandbox.base}/2010-04-01/Accounts/{SID}/Queues.json", auth=(SID, TOKEN), timeout=5)

    assert answer.status_code == 501
    assert sandbox.ledger(flow="unmodelled")[0]["action"].endswith("/Queues.json")


def test_an_unknown_message_is_20404(twilio: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages("SM" + "0" * 32).fetch()

    assert (refused.value.status, refused.value.code) == (404, 20404)


def test_more_calls_at_once_than_allowed_get_20429(
    start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client]
) -> None:
    sandbox = start_sandbox({"twilio": {"rules": {"concurrency": 1}}})
    sandbox.post("faults", action="latency", seconds=0.3, provider="twilio")
    twilio = connect(sandbox)

    with ThreadPoolExecutor() as pool:
        slow = pool.submit(lambda: connect(sandbox).messages.create(body="slow", **SMS))
        time.sleep(0.1)
        with pytest.raises(TwilioRestException) as refused:
            twilio.messages.create(body="Hi", **SMS)

    assert (refused.value.status, refused.value.code) == (429, 20429)
    assert slow.result().status == "queued"


def test_a_full_sender_queue_is_21611(start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client]) -> None:
    delays = {"sent": [5, 5], "delivered": [6, 6]}
    twilio = connect(start_sandbox({"twilio": {"rules": {"queue": 1}, "callback_delays": delays}}))
    twilio.messages.create(body="first", **SMS)

    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(body="second", **SMS)

    assert refused.value.code == 21611
