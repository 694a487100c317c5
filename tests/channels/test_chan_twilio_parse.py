"""Every inbound kind of facts/twilio.md A1 and A4 becomes a line, a report, or a named reason."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.twilio import Twilio
from channels.twilio.channel import Account
from channels.wire import Envelope, NotUnderstood, Request
from conversations.events import Line, Media, Reported, Unused

SID = "AC0123456789abcdef0123456789abcdef"
TWILIO = Twilio(Account(SID, "token", "https://api.twilio.com", "https://support.studio.example"))
BASE = {
    "MessageSid": "SM0123456789abcdef0123456789abcdef",
    "SmsMessageSid": "SM0123456789abcdef0123456789abcdef",
    "SmsSid": "SM0123456789abcdef0123456789abcdef",
    "AccountSid": SID,
    "ApiVersion": "2010-04-01",
    "NumSegments": "1",
    "SmsStatus": "received",
}
SMS = {**BASE, "From": "+34600111222", "To": "+34910000000", "Body": "hello", "NumMedia": "0", "FromCountry": "ES"}
WHATSAPP = {
    **BASE,
    "From": "whatsapp:+34600111222",
    "To": "whatsapp:+34910000000",
    "Body": "hello",
    "NumMedia": "0",
    "ProfileName": "Carmen",
    "WaId": "34600111222",
    "MessageType": "text",
}
# The shape of a real webhook (a public repository, decoded), after a tap on a quick reply.
QUICK_REPLY = {
    "OriginalRepliedMessageSender": "whatsapp:+14155238886",
    "ExternalUserId": "whatsapp:ID.4566546130240823",
    "SmsMessageSid": "SM88240123456789abcdef0123456789ab",
    "FrequentlyForwarded": "false",
    "NumMedia": "0",
    "ProfileName": "Budi",
    "MessageType": "interactive",
    "SmsSid": "SM88240123456789abcdef0123456789ab",
    "WaId": "6285600000000",
    "SmsStatus": "received",
    "Body": "Konfirmasi",
    "Forwarded": "false",
    "ButtonText": "Konfirmasi",
    "To": "whatsapp:+14155238886",
    "ButtonPayload": "say:yes",
    "NumSegments": "1",
    "ReferralNumMedia": "0",
    "MessageSid": "SM88240123456789abcdef0123456789ab",
    "AccountSid": SID,
    "OriginalRepliedMessageSid": "MM5cc40123456789abcdef0123456789ab",
    "ChannelMetadata": json.dumps({"type": "whatsapp", "data": {"context": {"ProfileName": "Budi"}}}),
    "From": "whatsapp:+6285600000000",
    "ApiVersion": "2010-04-01",
}


def request(fields: dict[str, str], target: str = "/webhooks/twilio/messages") -> Request:
    return Request(target, {"content-type": "application/x-www-form-urlencoded"}, urlencode(fields).encode())


def line(fields: dict[str, str]) -> Line:
    parsed = TWILIO.parse(request(fields))
    assert isinstance(parsed, Line)
    return parsed


def test_an_sms_is_a_line_from_a_number() -> None:
    assert line(SMS) == Line("sms", "+34600111222", "+34910000000", BASE["MessageSid"], "hello")


def test_a_whatsapp_message_is_a_line_with_a_name_and_no_time_of_its_own() -> None:
    heard = line(WHATSAPP)

    assert (heard.channel, heard.address, heard.our_address) == ("whatsapp", "+34600111222", "whatsapp:+34910000000")
    assert (heard.name, heard.text, heard.tapped, heard.occurred_at) == ("Carmen", "hello", "", None)


def test_a_quick_reply_is_the_key_of_the_button_and_its_words() -> None:
    heard = line(QUICK_REPLY)

    assert (heard.tapped, heard.text, heard.name) == ("yes", "Konfirmasi", "Budi")
    assert (heard.address, heard.provider_id) == ("+6285600000000", "SM88240123456789abcdef0123456789ab")


@pytest.mark.parametrize("body", ["", "Partly"])
def test_a_list_choice_is_a_tap_too(body: str) -> None:
    heard = line(
        {**WHATSAPP, "Body": body, "ListId": "say:partly", "ListTitle": "Partly", "MessageType": "interactive"}
    )

    assert (heard.tapped, heard.text) == ("partly", "Partly")


@pytest.mark.parametrize("user", ["US.ABC123XYZ", "ES." + "a1" * 64, "ID.4566546130240823"])
def test_a_hidden_number_is_a_full_customer(user: str) -> None:
    heard = line({**WHATSAPP, "From": f"whatsapp:{user}", "ExternalUserId": f"whatsapp:{user}"})

    assert (heard.channel, heard.address) == ("whatsapp", user)


@pytest.mark.parametrize(
    ("content_type", "kind"),
    [
        ("image/jpeg", "picture"),
        ("image/png", "picture"),
        ("audio/ogg", "voice"),
        ("video/mp4", "video"),
        ("application/pdf", "document"),
        ("text/vcard", "document"),
        ("IMAGE/JPEG; q=1", "picture"),
        ("", "document"),
        ("image", "picture"),
    ],
)
def test_an_attachment_has_its_kind_its_address_and_its_type(content_type: str, kind: str) -> None:
    url = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"

    heard = line({**WHATSAPP, "Body": "", "NumMedia": "1", "MediaUrl0": url, "MediaContentType0": content_type})

    assert heard.media == (Media(kind, url, content_type),)


def test_ten_attachments_arrive_in_their_order() -> None:
    urls = {f"MediaUrl{n}": f"https://api.twilio.com/{n}" for n in range(10)}
    types = {f"MediaContentType{n}": "image/jpeg" for n in range(10)}

    heard = line({**SMS, "NumMedia": "10", **urls, **types})

    assert [media.ref for media in heard.media] == [f"https://api.twilio.com/{n}" for n in range(10)]


@pytest.mark.parametrize("number", ["", "x", "-1", "1e9", "99999", "٣", "2"])
def test_an_odd_number_of_attachments_loses_no_message(number: str) -> None:
    heard = line({**SMS, "NumMedia": number, "MediaUrl0": "https://api.twilio.com/0"})

    assert heard.text == "hello"
    assert len(heard.media) <= 1


def test_a_location_is_a_place_with_its_name() -> None:
    place = {"Latitude": "37.38", "Longitude": "-5.99", "Address": "Calle Sierpes 1", "Label": "Studio Luz"}

    heard = line({**WHATSAPP, "Body": "", "MessageType": "location", **place})

    assert heard.media == (Media("location", "37.38,-5.99", name="Studio Luz Calle Sierpes 1"),)


@pytest.mark.parametrize("body", ["", "   ", "ñ 👍🏽", "a" * 1600, "line one\nline two"])
def test_the_words_are_the_customers_as_they_are(body: str) -> None:
    assert line({**WHATSAPP, "Body": body}).text == body


@pytest.mark.parametrize("kind", ["STOP", "START", "HELP"])
def test_a_word_that_twilio_answered_itself_still_reaches_us_as_what_it_is(kind: str) -> None:
    parsed = TWILIO.parse(request({**SMS, "Body": kind, "OptOutType": kind}))

    assert kind in (parsed.text if isinstance(parsed, Line) else getattr(parsed, "reason", ""))


def test_fields_added_without_notice_change_nothing() -> None:
    assert line({**WHATSAPP, "ReferralCtwaClid": "x", "SomethingNew": "y"}) == line(WHATSAPP)


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
def test_a_message_without_what_every_message_has_is_parked_by_name(missing: str) -> None:
    fields = {name: value for name, value in WHATSAPP.items() if name != missing}

    with pytest.raises(NotUnderstood, match=missing):
        TWILIO.parse(request(fields))


def test_a_message_of_another_account_is_parked() -> None:
    with pytest.raises(NotUnderstood, match="AccountSid"):
        TWILIO.parse(request({**WHATSAPP, "AccountSid": "AC" + "9" * 32}))


@pytest.mark.parametrize(
    ("fields", "report"),
    [
        ({"MessageStatus": "delivered"}, Reported(42, "delivered", "SM1")),
        ({"SmsStatus": "sent"}, Reported(42, "sent", "SM1")),
        ({"MessageStatus": "undelivered", "ErrorCode": "63016"}, Reported(42, "undelivered", "SM1", "63016")),
        ({"MessageStatus": "read", "EventType": "READ", "ChannelPrefix": "whatsapp"}, Reported(42, "read", "SM1")),
        ({"MessageStatus": "something_new"}, Reported(42, "something_new", "SM1")),
    ],
)
def test_a_status_callback_reports_the_delivery_in_its_address(fields: dict[str, str], report: Reported) -> None:
    parsed = TWILIO.parse(request({"MessageSid": "SM1", "AccountSid": SID, **fields}, "/webhooks/twilio/status/42"))

    assert parsed == report


@pytest.mark.parametrize(
    ("target", "fields"),
    [
        ("/webhooks/twilio/status/x", {"MessageSid": "SM1", "MessageStatus": "sent"}),
        ("/webhooks/twilio/status/", {"MessageSid": "SM1", "MessageStatus": "sent"}),
        ("/webhooks/twilio/status/²", {"MessageSid": "SM1", "MessageStatus": "sent"}),
        ("/webhooks/twilio/status/-1", {"MessageSid": "SM1", "MessageStatus": "sent"}),
        ("/webhooks/twilio/status/42", {"MessageSid": "SM1"}),
        ("/webhooks/twilio/status/42", {"MessageStatus": "sent"}),
    ],
)
def test_a_status_callback_without_its_facts_is_parked(target: str, fields: dict[str, str]) -> None:
    with pytest.raises(NotUnderstood):
        TWILIO.parse(request(fields, target))


def test_a_message_is_named_by_its_sid_and_ordered_by_its_sender() -> None:
    found = TWILIO.identify(request(WHATSAPP))

    assert found == Envelope(SID, BASE["MessageSid"], "twilio:whatsapp:+34600111222")


def test_the_same_message_sent_twice_has_one_name_and_another_has_another() -> None:
    once, twice = TWILIO.identify(request(WHATSAPP)), TWILIO.identify(request({**WHATSAPP, "RetryHint": "1"}))
    other = TWILIO.identify(request({**WHATSAPP, "MessageSid": "SM2"}))

    assert once.provider_id == twice.provider_id != other.provider_id


def test_each_status_of_a_message_is_named_apart() -> None:
    target = "/webhooks/twilio/status/42"
    names = {
        TWILIO.identify(request({"MessageSid": "SM1", "MessageStatus": status}, target)).provider_id
        for status in ("sent", "delivered", "read")
    }

    assert names == {"SM1:sent", "SM1:delivered", "SM1:read"}


def test_a_status_never_takes_the_name_of_a_message() -> None:
    status = TWILIO.identify(request({"MessageSid": "SM1"}, "/webhooks/twilio/status/42"))

    assert status.provider_id != TWILIO.identify(request({"MessageSid": "SM1"})).provider_id


@given(st.binary(max_size=300), st.sampled_from(["/webhooks/twilio/messages", "/webhooks/twilio/status/7", "", "?"]))
def test_any_bytes_get_a_name_and_are_parsed_or_parked(body: bytes, target: str) -> None:
    found = Request(target, {}, body)

    envelope = TWILIO.identify(found)
    try:
        parsed: Any = TWILIO.parse(found)
    except NotUnderstood as error:
        parsed = error

    assert envelope.provider_id
    assert isinstance(parsed, Line | Reported | Unused | NotUnderstood)


@given(
    st.dictionaries(
        st.sampled_from([*QUICK_REPLY, "MediaUrl0", "Latitude", "Longitude", "OptOutType"]), st.text(max_size=9)
    )
)
def test_any_values_in_the_fields_we_read_are_parsed_or_parked(fields: dict[str, str]) -> None:
    found = request({name: value.encode(errors="replace").decode() for name, value in fields.items()})

    try:
        parsed: Any = TWILIO.parse(found)
    except NotUnderstood as error:
        parsed = error

    assert isinstance(parsed, Line | Unused | NotUnderstood)
