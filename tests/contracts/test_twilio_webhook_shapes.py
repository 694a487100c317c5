"""The sandbox's webhooks have the fields and shapes of real captured ones: no field more, none less."""

import json
import re
from typing import Any

import pytest
from twilio.rest import Client

from tests.contracts.conftest import SERVED
from tests.sandbox.twilio_client import ALICE, OURS, SMS, WHATSAPP, Product, Received, say
from tests.support.sandbox import Sandbox

Shape = dict[str, str]  # field -> regular expression of its whole value

SID, NUMBER, WIRE = "(SM|MM)[0-9a-f]{32}", r"\+[1-9]\d{6,14}", r"whatsapp:\+[1-9]\d{6,14}"
# docs/messaging/guides/webhook-request, and captures of 2026 in public repositories.
EVERY: Shape = {
    "MessageSid": SID,
    "SmsMessageSid": SID,
    "SmsSid": SID,
    "AccountSid": "AC[0-9a-f]{32}",
    "ApiVersion": "2010-04-01",
    "SmsStatus": "received",
    "From": NUMBER,
    "To": NUMBER,
    "Body": "(?s).*",
    "NumMedia": "0",
    "NumSegments": "[1-9][0-9]*",
}
PLACES: Shape = {
    f"{side}{part}": "[A-Z0-9 ]*" for side in ("From", "To") for part in ("City", "State", "Zip", "Country")
}
TEXT: Shape = EVERY | {
    "From": WIRE,
    "To": WIRE,
    "ProfileName": ".+",
    "WaId": "[1-9][0-9]+",
    "ExternalUserId": r"whatsapp:[A-Z]{2}\.[A-Za-z0-9]{1,128}",
    "MessageType": "text",
    "Forwarded": "false",
    "FrequentlyForwarded": "false",
    "ReferralNumMedia": "0",
    "ChannelMetadata": r'\{"type":"whatsapp","data":\{"context":\{.*\}\}\}',
}
MEDIA: Shape = {
    "MessageSid": "MM[0-9a-f]{32}",
    "NumMedia": "1",
    "MediaUrl0": r"https://api\.twilio\.com/2010-04-01/Accounts/AC\w{32}/Messages/MM\w{32}/Media/ME[0-9a-f]{32}",
}
REPLY: Shape = {"OriginalRepliedMessageSid": SID, "OriginalRepliedMessageSender": WIRE}
TAP: Shape = REPLY | {
    "MessageType": "interactive",
    "Body": "Confirm",
    "ButtonText": "Confirm",
    "ButtonPayload": r"\{.+\}",
}
PLACE: Shape = {
    "MessageType": "location",
    "Body": "",
    "Latitude": r"-?\d+\.\d+",
    "Longitude": r"-?\d+\.\d+",
    "Address": ".+",
    "Label": ".+",
}
HIDDEN: Shape = {"From": r"whatsapp:[A-Z]{2}\.[A-Za-z0-9]{1,128}"}
NOBODY = "US.1349199765"

# docs/messaging/guides/track-outbound-message-status, and the same captures.
STATUS: Shape = {
    "MessageSid": SID,
    "SmsSid": SID,
    "AccountSid": "AC[0-9a-f]{32}",
    "ApiVersion": "2010-04-01",
    "From": NUMBER,
    "To": NUMBER,
}
CHANNEL: Shape = {
    "From": WIRE,
    "To": WIRE,
    "ChannelPrefix": "whatsapp",
    "ChannelInstallSid": "XE[0-9a-f]{32}",
    "ChannelToAddress": r"\+\d+XXXX",
    "StructuredMessage": "false",
}


def fits(form: dict[str, str], shape: Shape) -> None:
    assert set(form) == set(shape)
    wrong = {name: form[name] for name, pattern in shape.items() if not re.fullmatch(pattern, form[name])}
    assert wrong == {}


def heard(box: Sandbox, product: Product, **said: Any) -> dict[str, str]:
    """The webhook of one inbound message."""
    box.post("twilio/numbers", number=OURS, sms_url=f"{product.base}/in")
    say(box, **said)
    return product.got(1, "/in")[0].form


@pytest.mark.parametrize(
    ("said", "shape"),
    [
        ({"body": "Hi"}, TEXT),
        ({"media": ["screenshot"]}, TEXT | MEDIA | {"MessageType": "image", "MediaContentType0": "image/png"}),
        ({"kind": "audio", "body": ""}, TEXT | MEDIA | {"MessageType": "audio", "MediaContentType0": "audio/ogg"}),
        ({"kind": "vcard", "body": ""}, TEXT | MEDIA | {"MessageType": "contacts", "MediaContentType0": "text/vcard"}),
        ({"kind": "location", "body": ""}, TEXT | PLACE),
        ({"kind": "forwarded"}, TEXT | {"Forwarded": "true"}),
        ({"body": "Hi", "channel": "sms"}, EVERY | PLACES),
        ({"media": ["photo"], "channel": "sms"}, EVERY | PLACES | MEDIA | {"MediaContentType0": "image/jpeg"}),
    ],
    ids=["text", "picture", "voice", "contact", "location", "forwarded", "sms", "mms"],
)
def test_an_inbound_message_has_the_documented_fields(
    box: Sandbox, product: Product, said: dict[str, Any], shape: Shape
) -> None:
    form = heard(box, product, **said)

    fits(form, shape)
    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"]


@pytest.mark.parametrize(
    ("said", "shape"),
    [
        ({"body": "This one"}, TEXT | REPLY),
        ({"button": {"text": "Confirm", "payload": '{"verify": 7}'}}, TEXT | TAP),
    ],
    ids=["reply", "quick reply"],
)
def test_an_answer_names_the_message_it_answers(
    box: Sandbox, twilio: Client, product: Product, said: dict[str, Any], shape: Shape
) -> None:
    ours = twilio.messages.create(body="Which?", **WHATSAPP)

    form = heard(box, product, reply_to=ours.sid, **said)

    fits(form, shape)
    assert (form["OriginalRepliedMessageSid"], form["OriginalRepliedMessageSender"]) == (ours.sid, f"whatsapp:{OURS}")


def test_a_number_in_a_messaging_service_says_so(box: Sandbox, product: Product) -> None:
    box.post("twilio/numbers", number=SERVED, sms_url=f"{product.base}/in")
    say(box, to=SERVED)

    fits(product.got(1, "/in")[0].form, TEXT | {"MessagingServiceSid": "MG[0-9a-f]{32}"})


def test_who_hides_the_number_is_known_by_an_id_alone(box: Sandbox, product: Product) -> None:
    form = heard(box, product, **{"from": NOBODY})

    fits(form, {name: pattern for name, pattern in TEXT.items() if name != "WaId"} | HIDDEN)
    assert form["From"] == form["ExternalUserId"] == f"whatsapp:{NOBODY}"


def test_one_person_has_one_external_id(box: Sandbox, product: Product) -> None:
    box.post("twilio/numbers", number=OURS, sms_url=f"{product.base}/in")
    for sender in (ALICE, "+34600000002", ALICE):
        say(box, **{"from": sender})

    first, other, again = (row.form["ExternalUserId"] for row in product.got(3, "/in"))
    assert first == again != other


def test_the_channels_metadata_repeats_the_form(box: Sandbox, product: Product) -> None:
    form = heard(box, product, name="Tolu")

    context = json.loads(form["ChannelMetadata"])["data"]["context"]
    assert context == {"ProfileName": "Tolu", "WaId": form["WaId"]}
    assert form["WaId"] == form["From"].removeprefix("whatsapp:+")


def told(product: Product, status: str) -> dict[str, str]:
    """The callback of that status."""

    def forms() -> list[Received]:
        return [row for row in product.received if row.form["MessageStatus"] == status]

    for count in range(1, 4):
        product.got(count, "/status")
        if found := forms():
            return found[0].form
    raise AssertionError(f"no callback {status!r}")


@pytest.mark.parametrize(
    ("route", "status", "shape"),
    [
        (SMS, "sent", STATUS),
        (SMS, "delivered", STATUS | {"RawDlrDoneDate": r"\d{10}"}),
        (WHATSAPP, "sent", STATUS | CHANNEL),
        (WHATSAPP, "delivered", STATUS | CHANNEL | {"EventType": "DELIVERED"}),
        (WHATSAPP, "read", STATUS | CHANNEL | {"EventType": "READ"}),
    ],
)
def test_a_status_callback_has_the_documented_fields(
    box: Sandbox, twilio: Client, product: Product, *, route: dict[str, str], status: str, shape: Shape
) -> None:
    say(box)
    sent = twilio.messages.create(body="Hi", status_callback=f"{product.base}/status", **route)
    if status == "read":
        told(product, "delivered")
        box.post("twilio/read", sid=sent.sid)

    form = told(product, status)

    fits(form, shape | {"MessageStatus": status, "SmsStatus": status, "MessageSid": sent.sid})


@pytest.mark.parametrize(
    ("route", "code", "status", "shape"),
    [
        (SMS, 30003, "undelivered", STATUS | {"RawDlrDoneDate": r"\d{10}"}),
        (WHATSAPP, 63016, "failed", STATUS | CHANNEL | {"EventType": "UNDELIVERED", "ChannelStatusMessage": ".+"}),
    ],
)
def test_a_failure_names_its_code(
    box: Sandbox, twilio: Client, product: Product, *, route: dict[str, str], code: int, status: str, shape: Shape
) -> None:
    box.post("faults", action="code", code=code, provider="twilio", method="Messages.create")

    twilio.messages.create(body="Hi", status_callback=f"{product.base}/status", **route)

    failure = {"MessageStatus": status, "SmsStatus": status, "ErrorCode": str(code), "ErrorMessage": ".+"}
    fits(told(product, status), shape | failure)
