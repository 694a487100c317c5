"""Twilio's SDK drives every resource of the sandbox, and Twilio's files object to nothing that crosses."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from tests.contracts.proxy import Proxy
from tests.sandbox.twilio_client import ALICE, OURS, SID, SMS, TOKEN, WHATSAPP, Product, say, settled
from tests.support.sandbox import Sandbox

SERVICE = "MG" + "1" * 32
PICTURES = ["https://nowhere.invalid/a.png", "https://nowhere.invalid/b.png"]


@pytest.fixture(autouse=True)
def _judged(proxy: Proxy) -> Iterator[None]:
    """Whatever a test here does is judged at its end."""
    yield
    assert proxy.seen
    assert proxy.violations() == []


def test_every_kind_of_message_is_accepted(box: Sandbox, twilio: Client) -> None:
    say(box)
    kinds: list[dict[str, Any]] = [
        {**SMS, "body": "Hi"},
        {**WHATSAPP, "body": "Hi"},
        {**WHATSAPP, "body": "look", "media_url": PICTURES[:1]},
        {**SMS, "media_url": PICTURES},
        {"to": ALICE, "messaging_service_sid": SERVICE, "body": "Hi", "message_intent": "notifications"},
        {**SMS, "body": "Hi", "status_callback": "http://127.0.0.1:9/s", "validity_period": 60, "smart_encoded": True},
    ]

    made = [twilio.messages.create(**kind) for kind in kinds]

    assert [message.sid[:2] for message in made] == ["SM", "SM", "MM", "MM", "SM", "SM"]


def test_a_message_is_scheduled_cancelled_redacted_and_deleted(twilio: Client) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    waiting = twilio.messages.create(
        to=ALICE, messaging_service_sid=SERVICE, body="Later", schedule_type="fixed", send_at=later
    )

    assert twilio.messages(waiting.sid).update(status="canceled").status == "canceled"
    assert twilio.messages(waiting.sid).update(body="").body == ""
    assert twilio.messages(waiting.sid).delete()


def test_every_end_of_a_message_is_one_the_files_know(box: Sandbox, twilio: Client) -> None:
    box.post("faults", action="code", code=30003, provider="twilio", method="Messages.create", destination=ALICE)
    lost = twilio.messages.create(body="Hi", **SMS)
    stale = twilio.messages.create(body="nobody has written to us", **WHATSAPP)
    fine = twilio.messages.create(body="Hi", **SMS)

    ends = [settled(twilio, sent.sid) for sent in (lost, stale, fine)]

    told = [(end.status, end.error_code) for end in ends]
    assert told == [("undelivered", 30003), ("failed", 63016), ("delivered", None)]


def test_lists_are_filtered_and_paged(box: Sandbox, twilio: Client) -> None:
    for number in range(5):
        say(box, f"line {number}")
    twilio.messages.create(body="Hi", **WHATSAPP)
    an_hour_ago = datetime.now(UTC) - timedelta(hours=1)

    theirs = twilio.messages.list(from_=f"whatsapp:{ALICE}", date_sent_after=an_hour_ago, page_size=2)
    ours = twilio.messages.list(to=f"whatsapp:{ALICE}", date_sent_before=an_hour_ago)

    assert [row.body for row in theirs] == [f"line {number}" for number in reversed(range(5))]
    assert ours == []


def test_media_are_listed_fetched_and_deleted(box: Sandbox, twilio: Client, proxy: Proxy) -> None:
    sid = say(box, media=["screenshot"])["sid"]

    [media] = twilio.messages(sid).media.list()
    described = twilio.messages(sid).media(media.sid).fetch()
    file = requests.get(proxy.base + described.uri.removesuffix(".json"), auth=(SID, TOKEN), timeout=5)

    assert file.headers["content-type"] == described.content_type == "image/png"
    assert twilio.messages(sid).media(media.sid).delete()


def test_a_call_is_made_followed_recorded_and_listed(box: Sandbox, twilio: Client, product: Product) -> None:
    box.post("twilio/phones", number=ALICE, behaviour="answer", says="It is down")
    record = "<Response><Say>Speak.</Say><Record maxLength='5'/></Response>"
    events = ["initiated", "ringing", "answered", "completed"]

    made = twilio.calls.create(
        to=ALICE, from_=OURS, twiml=record, status_callback=f"{product.base}/call", status_callback_event=events
    )

    product.got(4, "/call", 4)
    assert twilio.calls(made.sid).fetch().status == "completed"
    assert [row.sid for row in twilio.calls.list(to=ALICE, status="completed")] == [made.sid]
    [recording] = twilio.calls(made.sid).recordings.list()
    assert twilio.recordings(recording.sid).fetch().call_sid == made.sid
    assert [row.sid for row in twilio.recordings.list(call_sid=made.sid)] == [recording.sid]
    assert twilio.recordings(recording.sid).delete()


def test_a_ringing_call_is_ended(twilio: Client) -> None:
    made = twilio.calls.create(to=ALICE, from_=OURS, url="https://nowhere.invalid/voice", timeout=25)

    assert twilio.calls(made.sid).update(status="completed").sid == made.sid


def test_typing_shows_for_a_message_of_the_customer(box: Sandbox, twilio: Client) -> None:
    sid = say(box)["sid"]

    assert twilio.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=sid).success


def test_a_template_is_made_sent_submitted_and_deleted(box: Sandbox, twilio: Client) -> None:
    say(box)
    actions = [{"type": "QUICK_REPLY", "title": "Yes", "id": "yes"}, {"type": "QUICK_REPLY", "title": "No", "id": "no"}]
    types = {"twilio/quick-reply": {"body": "Hi {{1}}, solved?", "actions": actions}}
    asked = {"friendly_name": "solved", "language": "en", "variables": {"1": "there"}, "types": types}
    contents = twilio.content.v1.contents

    made = contents.create(content_create_request=ContentList.ContentCreateRequest(asked))
    sent = twilio.messages.create(content_sid=made.sid, content_variables=json.dumps({"1": "Tolu"}), **WHATSAPP)
    review = ApprovalCreateList.ContentApprovalRequest({"name": "solved", "category": "UTILITY"})
    submitted = contents(made.sid).approval_create.create(content_approval_request=review)

    assert sent.body == "Hi Tolu, solved?"
    assert submitted.status == "received"
    assert contents(made.sid).approval_fetch().fetch().whatsapp["status"] == "received"
    assert [row.sid for row in contents.list()] == [contents(made.sid).fetch().sid] == [made.sid]
    assert contents(made.sid).delete()


def test_the_account_and_its_numbers_are_read_and_changed(twilio: Client) -> None:
    [number] = twilio.incoming_phone_numbers.list(phone_number=OURS)

    changed = twilio.incoming_phone_numbers(number.sid).update(
        sms_url="https://nowhere.invalid/in", sms_method="POST", sms_fallback_url="https://nowhere.invalid/again"
    )

    assert twilio.incoming_phone_numbers(number.sid).fetch().sms_url == changed.sms_url
    assert twilio.api.v2010.accounts(SID).fetch().sid == SID


def test_services_their_members_and_whatsapp_senders_are_listed(twilio: Client) -> None:
    [service] = twilio.messaging.v1.services.list()

    numbers = [row.phone_number for row in twilio.messaging.v1.services(service.sid).phone_numbers.list()]
    members = [row.sender for row in twilio.messaging.v1.services(service.sid).channel_senders.list()]
    senders = twilio.messaging.v2.channels_senders.list(channel="whatsapp", page_size=1)

    assert (service.sid, service.use_inbound_webhook_on_number) == (SERVICE, True)
    assert members == [f"whatsapp:{number}" for number in numbers]
    assert [sender.status for sender in senders] == ["ONLINE", "ONLINE"]
    assert senders[0].sender_id == f"whatsapp:{OURS}"


def test_what_is_refused_is_refused_in_twilios_words(twilio: Client) -> None:
    refused = [{**SMS}, {**SMS, "body": "x" * 1601}, {**SMS, "to": "whatsapp:+34600000001", "body": "Hi"}]
    codes = []

    for form in refused:
        with pytest.raises(TwilioRestException) as error:
            twilio.messages.create(**form)
        codes.append(error.value.code)
    with pytest.raises(TwilioRestException, match="not found"):
        twilio.messages("SM" + "f" * 32).fetch()

    assert codes == [21619, 21617, 21910]
