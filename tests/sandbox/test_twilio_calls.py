"""Calls ring, speak, gather keys, connect and record, with telephones played by a script."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from bot.media import seconds as lasts
from channels.wire import File
from tests.sandbox.twilio_client import Product
from tests.support.sandbox import Sandbox

OURS, AGENT, OTHER, ALICE = "+15550001000", "+34600000011", "+34600000012", "+34600000001"
EVENTS = ["initiated", "ringing", "answered", "completed"]
PAGE = (
    '<Response><Gather input="dtmf" numDigits="1" timeout="8" action="/ack?page=42" actionOnEmptyResult="true">'
    "<Say>Urgent ticket 42. Press 4 to take it.</Say></Gather><Say>No key. Goodbye.</Say></Response>"
)
HOTLINE = (
    '<Response><Dial timeout="20" action="/after" answerOnBridge="true">'
    f'<Number url="/whisper">{AGENT}</Number><Number url="/whisper">{OTHER}</Number></Dial></Response>'
)
WHISPER = (
    '<Response><Gather input="dtmf" numDigits="1" timeout="2" action="/accept"><Say>Press 1.</Say></Gather>'
    "<Hangup/></Response>"
)
VOICEMAIL = (
    "<Response><Say>Leave a message.</Say>"
    '<Record maxLength="120" action="/recorded" recordingStatusCallback="/recording-status"/></Response>'
)


@pytest.fixture
def quick(quick_process: Sandbox) -> Sandbox:
    """A sandbox in which a voice second takes 20 ms."""
    quick_process.post("reset")
    return quick_process


@pytest.fixture
def twilio(quick: Sandbox, connect: Callable[..., Client]) -> Client:
    return connect(quick)


def twiml(text: str) -> tuple[int, str, str]:
    return (200, "text/xml", text)


def ended(twilio: Client, sid: str) -> Any:
    """The call once it is over."""
    for _ in range(400):
        call = twilio.calls(sid).fetch()
        if call.status in ("completed", "busy", "failed", "no-answer", "canceled"):
            return call
        time.sleep(0.005)
    raise AssertionError(call.status)


def spoken(sandbox: Sandbox, sid: str) -> list[str]:
    call = next(row for row in sandbox.get("twilio/calls")["calls"] if row["sid"] == sid)
    return [line["say"] for line in call["transcript"] if "say" in line]


def page(twilio: Client, product: Product, **more: Any) -> Any:
    return twilio.calls.create(to=AGENT, from_=OURS, url=f"{product.base}/page", **more)


def test_an_agent_takes_a_page_by_pressing_a_key(quick: Sandbox, twilio: Client, product: Product) -> None:
    product.answers["/page"] = twiml(PAGE)
    product.answers["/ack"] = twiml("<Response><Say>It is yours.</Say></Response>")
    quick.post("twilio/phones", number=AGENT, behaviour="answer", keys=["4"])

    call = page(twilio, product)

    assert call.status == "queued"
    assert ended(twilio, call.sid).status == "completed"
    assert product.got(1, "/ack")[0].form["Digits"] == "4"
    assert spoken(quick, call.sid) == ["Urgent ticket 42. Press 4 to take it.", "It is yours."]


def test_an_agent_who_presses_nothing_is_asked_with_empty_digits(
    quick: Sandbox, twilio: Client, product: Product
) -> None:
    product.answers["/page"] = twiml(PAGE)
    quick.post("twilio/phones", number=AGENT, behaviour="voicemail")

    call = page(twilio, product, machine_detection="Enable")

    assert product.got(1, "/ack")[0].form["Digits"] == ""
    assert ended(twilio, call.sid).answered_by == "machine_start"


@pytest.mark.parametrize(
    ("behaviour", "status"), [("busy", "busy"), ("reject", "busy"), ("no-answer", "no-answer"), ("ring", "no-answer")]
)
def test_a_page_that_nobody_takes_ends_with_why(
    quick: Sandbox, twilio: Client, product: Product, behaviour: str, status: str
) -> None:
    quick.post("twilio/phones", number=AGENT, behaviour=behaviour)

    call = page(twilio, product, timeout=5, status_callback=f"{product.base}/progress")

    assert ended(twilio, call.sid).status == status
    assert product.got(1, "/progress")[0].form["CallStatus"] == status
    assert not [row for row in product.received if row.path == "/page"]


def test_call_progress_is_numbered_and_signed(quick: Sandbox, twilio: Client, product: Product) -> None:
    quick.post("twilio/phones", number=AGENT, behaviour="answer")

    page(twilio, product, status_callback=f"{product.base}/progress", status_callback_event=EVENTS)

    told = sorted(product.got(4, "/progress"), key=lambda row: int(row.form["SequenceNumber"]))
    assert [row.form["CallStatus"] for row in told] == ["initiated", "ringing", "in-progress", "completed"]
    validator = RequestValidator("sandbox-auth-token")
    for row in told:
        assert validator.validate(product.base + row.path, row.form, row.headers["X-Twilio-Signature"])


def test_a_live_agent_answers_presses_and_hangs_up(quick: Sandbox, twilio: Client, product: Product) -> None:
    product.answers["/page"] = twiml(PAGE.replace('timeout="8"', 'timeout="100"'))
    call = page(twilio, product)

    quick.post("twilio/answer", number=AGENT)
    product.got(1, "/page")
    quick.post("twilio/keys", sid=call.sid, keys="6")

    assert product.got(1, "/ack")[0].form["Digits"] == "6"
    assert ended(twilio, call.sid).status == "completed"


def test_a_call_can_be_ended_by_rest_but_not_twice(quick: Sandbox, twilio: Client, product: Product) -> None:
    call = page(twilio, product)

    ended_call = twilio.calls(call.sid).update(status="canceled")

    assert ended_call.status == "canceled"
    with pytest.raises(TwilioRestException) as refused:
        twilio.calls(call.sid).update(status="completed")
    assert refused.value.code == 21220


def test_the_first_agent_who_accepts_the_whisper_gets_the_caller(
    quick: Sandbox, twilio: Client, product: Product
) -> None:
    product.answers |= {"/voice": twiml(HOTLINE), "/whisper": twiml(WHISPER)}
    quick.post("twilio/numbers", number=OURS, voice_url=f"{product.base}/voice")
    quick.post("twilio/phones", number=OTHER, behaviour="voicemail")
    quick.post("twilio/phones", number=AGENT, behaviour="answer", keys=["1"], delay=0.02, talk=0.05)

    call = quick.post("twilio/call", **{"from": ALICE})

    after = product.got(1, "/after")[0].form
    assert after["DialCallStatus"] == "completed"
    assert after["DialBridged"] == "true"
    assert twilio.calls(after["DialCallSid"]).fetch().to == AGENT
    assert ended(twilio, call["sid"]).status == "completed"


def test_a_voicemail_box_does_not_swallow_the_hotline(quick: Sandbox, twilio: Client, product: Product) -> None:
    product.answers |= {"/voice": twiml(HOTLINE), "/whisper": twiml(WHISPER), "/after": twiml(VOICEMAIL)}
    quick.post("twilio/numbers", number=OURS, voice_url=f"{product.base}/voice")
    quick.post("twilio/phones", number=OTHER, behaviour="voicemail")
    quick.post("twilio/phones", number=AGENT, behaviour="busy")

    call = quick.post("twilio/call", **{"from": ALICE, "says": "The client is here and the gallery is empty"})

    assert product.got(1, "/after")[0].form["DialCallStatus"] == "no-answer"
    recorded = product.got(1, "/recorded")[0].form
    assert product.got(1, "/recording-status")[0].form["RecordingStatus"] == "completed"
    path = recorded["RecordingUrl"].removeprefix("https://api.twilio.com")
    sound = requests.get(quick.base + path, auth=(twilio.account_sid, "sandbox-auth-token"), timeout=5)
    assert sound.content[:4] == b"RIFF"
    played = requests.get(f"{quick.base}{path}.mp3", auth=(twilio.account_sid, "sandbox-auth-token"), timeout=5)
    assert lasts(File(played.content, "audio/mpeg")) == int(recorded["RecordingDuration"])
    assert twilio.recordings.list()[0].call_sid == call["sid"]


def test_a_caller_who_hangs_up_while_recording_is_still_recorded(
    quick: Sandbox, twilio: Client, product: Product
) -> None:
    product.answers["/voice"] = twiml(VOICEMAIL.replace("<Record ", '<Record timeout="100" '))
    quick.post("twilio/numbers", number=OURS, voice_url=f"{product.base}/voice")
    call = quick.post("twilio/call", **{"from": ALICE, "says": "Please call back"})
    product.got(1, "/voice")
    time.sleep(0.05)

    quick.post("twilio/hangup", number=ALICE)

    recorded = product.got(1, "/recorded")[0].form
    assert (recorded["Digits"], recorded["CallStatus"]) == ("hangup", "completed")
    assert ended(twilio, call["sid"]).status == "completed"


def test_a_broken_voice_webhook_goes_to_the_fallback(quick: Sandbox, twilio: Client, product: Product) -> None:
    product.answers["/voice"] = (500, "text/plain", "")
    product.answers["/fallback"] = twiml("<Response><Say>Please write to us.</Say></Response>")
    urls = {"voice_url": f"{product.base}/voice", "voice_fallback_url": f"{product.base}/fallback"}
    quick.post("twilio/numbers", number=OURS, **urls)

    call = quick.post("twilio/call", **{"from": ALICE})

    ended(twilio, call["sid"])
    assert product.got(1, "/fallback")[0].form["ErrorCode"] == "11217"
    assert spoken(quick, call["sid"]) == ["Please write to us."]


def test_a_voice_webhook_without_fallback_makes_twilio_apologise(
    quick: Sandbox, twilio: Client, product: Product
) -> None:
    product.answers["/voice"] = twiml("<Response><Say>half")
    quick.post("twilio/numbers", number=OURS, voice_url=f"{product.base}/voice")

    call = quick.post("twilio/call", **{"from": ALICE})

    ended(twilio, call["sid"])
    assert "application error" in spoken(quick, call["sid"])[0]
    assert [row["error_code"] for row in quick.get("twilio/debugger")["errors"]] == [12100]
