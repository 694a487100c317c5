"""Twilio's own list of what customers wrote, by the real SDK: what a lost webhook would have brought."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.twilio import Twilio
from channels.twilio.channel import Account
from channels.wire import Missed, NotUnderstood, Request, TransportError
from conversations.events import Line
from tests.channels.loopback import Provider, Reply, provider, told

SID = "AC0123456789abcdef0123456789abcdef"
OURS = "whatsapp:+34910000000"
SINCE = datetime(2026, 6, 13, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def server() -> Iterator[Provider]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def twilio(server: Provider) -> Iterator[Twilio]:
    channel = Twilio(Account(SID, "token", server.base, "https://support.studio.example", timeout=0.5))
    yield channel
    channel.close()


def row(sid: str, minute: int, body: str = "hello", **more: Any) -> dict[str, Any]:
    """One message of the list, written ``minute`` minutes after noon."""
    written = format_datetime(SINCE.replace(hour=12 + minute // 60, minute=minute % 60))
    fields = {"sid": sid, "account_sid": SID, "from": "whatsapp:+34600111222", "to": OURS, "body": body}
    return fields | {"direction": "inbound", "status": "received", "num_media": "0", "date_created": written} | more


def page(*rows: dict[str, Any], more: str = "") -> Reply:
    return told(200, {"messages": list(rows), "next_page_uri": more or None, "page": 0, "page_size": 200})


def read(twilio: Twilio, request: Request) -> Line:
    parsed = twilio.parse(request)
    assert isinstance(parsed, Line)
    return parsed


def test_customers_messages_come_oldest_first_over_all_pages(server: Provider, twilio: Twilio) -> None:
    following = f"/2010-04-01/Accounts/{SID}/Messages.json?Page=1"
    sent = row("SM9", 4, direction="outbound-api")
    server.answers(page(row("SM5", 5), sent, row("SM3", 3), more=following), page(row("SM2", 2), row("SM1", 2)))

    found = twilio.missed(OURS, SINCE)

    assert [one.provider_id for one in found] == ["SM1", "SM2", "SM3", "SM5"]
    asked = parse_qs(urlsplit(server.asked[0].target).query)
    assert (asked["To"], asked["DateSent>"]) == ([OURS], ["2026-06-13T12:00:00Z"])


def test_what_was_written_before_is_left_out_though_twilio_counts_in_days(server: Provider, twilio: Twilio) -> None:
    server.answers(page(row("SM2", 2), row("SM1", 0, date_created="Sat, 13 Jun 2026 11:59:59 +0000")))

    assert [one.provider_id for one in twilio.missed(OURS, SINCE)] == ["SM2"]


def test_a_recovered_message_is_named_and_read_as_its_webhook_would_be(server: Provider, twilio: Twilio) -> None:
    server.answers(page(row("SM1", 2, "uploads fail & more ñ")))

    (missed,) = twilio.missed(OURS, SINCE)
    request = twilio.recover(missed)

    envelope, line = twilio.identify(request), read(twilio, request)
    assert (envelope.account, envelope.provider_id) == (SID, "SM1")
    assert envelope.source == "twilio:whatsapp:+34600111222"
    assert (line.channel, line.address, line.our_address) == ("whatsapp", "+34600111222", OURS)
    assert (line.text, line.occurred_at, line.recovered) == ("uploads fail & more ñ", missed.written, True)


def test_its_attachments_are_asked_for_and_named_on_twilios_own_host(server: Provider, twilio: Twilio) -> None:
    uri = f"/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"
    files = [{"sid": "ME1", "content_type": "image/png", "uri": f"{uri}.json"}]
    server.answers(page(row("MM1", 2, "", num_media="1")))
    (missed,) = twilio.missed(OURS, SINCE)
    server.answers(told(200, {"media_list": files, "next_page_uri": None, "page": 0, "page_size": 50}))

    line = read(twilio, twilio.recover(missed))

    ((kind, ref, content_type),) = [(one.kind, one.ref, one.content_type) for one in line.media]
    assert (kind, ref, content_type) == ("picture", f"https://api.twilio.com{uri}", "image/png")


@pytest.mark.parametrize("written", ["", "?written=yesterday", "?written="])
def test_a_recovered_message_without_a_time_is_not_understood(twilio: Twilio, written: str) -> None:
    body = b"MessageSid=SM1&From=whatsapp%3A%2B34600111222&To=x"

    with pytest.raises(NotUnderstood, match="has no time"):
        twilio.parse(Request(f"/recovered/twilio/messages{written}", {}, body))


@pytest.mark.parametrize("reply", [told(503, {}), Reply(200, b"<html>"), Reply(hangs_up=True), told(401, {})])
def test_a_list_that_cannot_be_read_is_a_transport_error(server: Provider, twilio: Twilio, reply: Reply) -> None:
    server.answers(reply)
    lost = Missed("MM1", SINCE, Request("/", {}, b""), attachments=1)

    for asked in (lambda: twilio.missed(OURS, SINCE), lambda: twilio.recover(lost)):
        with pytest.raises(TransportError):
            asked()


def call(sid: str, minute: int, **more: Any) -> dict[str, Any]:
    at = format_datetime(SINCE.replace(minute=minute))
    fields = {"sid": sid, "account_sid": SID, "from": "+34600111222", "to": "+34910000001", "date_created": at}
    return fields | {"direction": "inbound", "status": "completed"} | more


def test_calls_that_are_over_come_oldest_first_and_no_others(server: Provider, twilio: Twilio) -> None:
    rows = [
        call("CA5", 5, status="in-progress"),
        call("CA4", 4, direction="outbound-dial"),
        call("CA3", 3, **{"from": "+266696687"}),
        call("CA2", 2, status="no-answer"),
    ]
    server.answers(told(200, {"calls": rows, "next_page_uri": None, "page": 0, "page_size": 200}))

    found = twilio.rang("+34910000001", SINCE)

    assert [(one.heard.call, one.heard.caller, one.at.minute) for one in found] == [
        ("CA2", "+34600111222", 2),
        ("CA3", "", 3),
    ]
    assert all(one.heard.over and one.heard.account == SID for one in found)
    assert parse_qs(urlsplit(server.asked[0].target).query)["To"] == ["+34910000001"]
