"""Messages are listed page by page; their media are fetched, in both directions."""

from datetime import UTC, datetime, timedelta

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.twilio_client import ALICE, BOB, OURS, SID, TOKEN, WHATSAPP, Product, say, settled
from tests.support.sandbox import Sandbox


def test_a_list_is_read_page_by_page_newest_first(sandbox: Sandbox, twilio: Client) -> None:
    for number in range(7):
        say(sandbox, f"line {number}")
    say(sandbox, "from Bob", **{"from": BOB})

    found = twilio.messages.list(from_=f"whatsapp:{ALICE}", page_size=3)

    assert [row.body for row in found] == [f"line {number}" for number in reversed(range(7))]
    assert len(sandbox.ledger(action="Messages.list")) == 3


def test_a_line_that_arrives_while_pages_are_read_shifts_nothing(sandbox: Sandbox, twilio: Client) -> None:
    for number in range(4):
        say(sandbox, f"line {number}")
    pages = twilio.messages.page(page_size=2)
    first = [row.body for row in pages]

    say(sandbox, "late")

    second = [row.body for row in pages.next_page()]
    assert first + second == ["line 3", "line 2", "line 1", "line 0"]


def test_a_list_can_be_cut_by_date(sandbox: Sandbox, twilio: Client) -> None:
    say(sandbox, "today")
    now = datetime.now(UTC)

    today, later = (
        twilio.messages.list(date_sent_after=now - timedelta(hours=1)),
        twilio.messages.list(date_sent_after=now + timedelta(hours=1)),
    )

    assert [row.body for row in today] == ["today"]
    assert later == []
    assert [row.body for row in twilio.messages.list(date_sent_before=now + timedelta(hours=1))] == ["today"]
    assert twilio.messages.list(date_sent=now.date() - timedelta(days=3)) == []


def test_media_of_a_customer_is_fetched_with_credentials(sandbox: Sandbox, twilio: Client, product: Product) -> None:
    sandbox.post("twilio/numbers", number=OURS, sms_url=f"{product.base}/in")
    sid = say(sandbox, "", media=["screenshot"])["sid"]
    [told] = product.got(1, "/in")
    path = told.form["MediaUrl0"].removeprefix("https://api.twilio.com")

    file = requests.get(sandbox.base + path, auth=(SID, TOKEN), timeout=5)

    assert told.form["MediaContentType0"] == file.headers["Content-Type"] == "image/png"
    assert file.content.startswith(b"\x89PNG")
    assert requests.get(sandbox.base + path, timeout=5).status_code == 401
    assert twilio.messages(sid).media.list()[0].content_type == "image/png"


def test_media_we_send_is_fetched_by_twilio(sandbox: Sandbox, twilio: Client, product: Product) -> None:
    say(sandbox)
    product.answers["/media/a"] = (200, "application/pdf", "%PDF-1.4")

    sent = twilio.messages.create(body="See page 2", media_url=[f"{product.base}/media/a"], **WHATSAPP)

    assert settled(twilio, sent.sid).status == "delivered"
    assert sent.sid.startswith("MM")
    assert twilio.messages(sent.sid).media.list()[0].content_type == "application/pdf"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ((404, "text/plain", ""), 63019),
        ((200, "application/x-msdownload", "MZ"), 63021),
        ((200, "image/png", "x" * (5 * 2**20 + 1)), 11751),
    ],
)
def test_media_that_cannot_be_sent_fails_later(
    sandbox: Sandbox, twilio: Client, product: Product, answer: tuple[int, str, str], code: int
) -> None:
    say(sandbox)
    product.answers["/media/a"] = answer

    sent = twilio.messages.create(media_url=[f"{product.base}/media/a"], **WHATSAPP)

    assert settled(twilio, sent.sid).error_code == code


def test_a_message_is_redacted_and_deleted_but_not_cancelled(sandbox: Sandbox, twilio: Client) -> None:
    sid = say(sandbox, "my password is hunter2")["sid"]

    redacted = twilio.messages(sid).update(body="")
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages(sid).update(status="canceled")
    twilio.messages(sid).delete()

    assert redacted.body == ""
    assert refused.value.code == 30409
    assert twilio.messages.list() == []
