"""Every kind of message a customer can send has the fields of the real ones."""

import json
from typing import Any

import pytest
from twilio.rest import Client

from tests.sandbox.twilio_client import ALICE, OURS, WHATSAPP, Product, say
from tests.support.sandbox import Sandbox


def told(sandbox: Sandbox, product: Product, **said: Any) -> dict[str, str]:
    """The form the product gets when the customer says this."""
    sandbox.post("twilio/numbers", number=OURS, sms_url=f"{product.base}/in")
    sandbox.post("twilio/say", **{"from": ALICE, **said})
    form: dict[str, str] = product.got(1, "/in")[-1].form
    return form


def test_a_whatsapp_message_has_the_fields_of_the_real_ones(sandbox: Sandbox, product: Product) -> None:
    form = told(sandbox, product, body="Hi", name="Tolu")

    assert form["From"] == f"whatsapp:{ALICE}"
    assert form["WaId"] == "34600000001"
    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"]
    assert (form["ProfileName"], form["NumMedia"], form["SmsStatus"]) == ("Tolu", "0", "received")
    assert json.loads(form["ChannelMetadata"])["data"]["context"]["WaId"] == "34600000001"


def test_a_tap_names_the_message_it_answers(sandbox: Sandbox, twilio: Client, product: Product) -> None:
    say(sandbox)
    ours = twilio.messages.create(body="Fixed?", **WHATSAPP)

    form = told(sandbox, product, reply_to=ours.sid, button={"text": "Yes", "payload": "fixed:yes"})

    assert (form["Body"], form["ButtonText"], form["ButtonPayload"]) == ("Yes", "Yes", "fixed:yes")
    assert form["MessageType"] == "interactive"
    assert form["OriginalRepliedMessageSid"] == ours.sid
    assert form["OriginalRepliedMessageSender"] == f"whatsapp:{OURS}"


def test_a_hidden_number_shows_a_user_id_only(sandbox: Sandbox, product: Product) -> None:
    form = told(sandbox, product, **{"from": "US.ABC123XYZ", "body": "Hi"})

    assert form["From"] == form["ExternalUserId"] == "whatsapp:US.ABC123XYZ"
    assert "WaId" not in form


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        ("emoji", "Body", "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}"),
        ("image", "MediaContentType0", "image/jpeg"),
        ("audio", "MediaContentType0", "audio/ogg"),
        ("video", "MediaContentType0", "video/mp4"),
        ("pdf", "MediaContentType0", "application/pdf"),
        ("vcard", "MessageType", "contacts"),
        ("location", "Latitude", "41.3851"),
        ("referral", "ReferralSourceType", "ad"),
        ("forwarded", "Forwarded", "true"),
    ],
)
def test_every_kind_of_message_can_come_in(
    sandbox: Sandbox, product: Product, kind: str, field: str, value: str
) -> None:
    form = told(sandbox, product, kind=kind)

    assert form[field] == value


def test_an_sms_has_places_and_no_whatsapp_fields(sandbox: Sandbox, product: Product) -> None:
    form = told(sandbox, product, body="Hi", channel="sms")

    assert form["From"] == ALICE
    assert form["ToCity"] == "NEW YORK"
    assert "WaId" not in form
