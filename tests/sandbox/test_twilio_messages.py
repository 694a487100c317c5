"""Messages go out and their life is told, judged by Twilio's own SDK."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
from twilio.rest import Client

from tests.sandbox.twilio_client import ALICE, OURS, SID, SMS, TOKEN, WHATSAPP, Product, say, settled
from tests.support.sandbox import Sandbox

MESSAGE_KEYS = {
    "account_sid", "api_version", "body", "date_created", "date_sent", "date_updated", "direction", "error_code",
    "error_message", "from", "messaging_service_sid", "num_media", "num_segments", "price", "price_unit", "sid",
    "status", "subresource_uris", "to", "uri",
}  # fmt: skip


def test_a_customer_writes_and_we_answer_within_the_window(sandbox: Sandbox, twilio: Client) -> None:
    say(sandbox, "My upload hangs")

    sent = twilio.messages.create(body="On it", **WHATSAPP)

    assert sent.status == "queued"
    assert sent.num_segments == "1"
    shown = sandbox.get("twilio/messages", address=ALICE)["messages"]
    assert [row["body"] for row in shown] == ["My upload hangs", "On it"]


def test_the_answer_has_the_fields_of_twilio_and_no_others(sandbox: Sandbox) -> None:
    url = f"{sandbox.base}/2010-04-01/Accounts/{SID}/Messages.json"

    answer = requests.post(url, data={"From": OURS, "To": ALICE, "Body": "Hi"}, auth=(SID, TOKEN), timeout=5)

    body = answer.json()
    assert answer.status_code == 201
    assert set(body) == MESSAGE_KEYS
    assert body["date_created"].endswith(" +0000")
    assert body["date_sent"] is None
    assert body["num_media"] == "0"


def test_callbacks_follow_and_the_message_is_read(sandbox: Sandbox, twilio: Client, product: Product) -> None:
    say(sandbox)
    sent = twilio.messages.create(body="Hi", status_callback=f"{product.base}/status/7", **WHATSAPP)
    product.got(2)

    sandbox.post("twilio/read", sid=sent.sid)

    told = product.got(3, "/status/7")
    assert {row.form["MessageStatus"] for row in told} == {"sent", "delivered", "read"}
    assert told[-1].form["EventType"] == "READ"
    assert {row.form["MessageSid"] for row in told} == {sent.sid}


def test_free_text_outside_the_window_is_accepted_and_then_fails(
    sandbox: Sandbox, twilio: Client, product: Product
) -> None:
    sent = twilio.messages.create(body="Hi", status_callback=f"{product.base}/status", **WHATSAPP)

    [told] = product.got(1, "/status")
    assert sent.status == "queued"
    assert told.form["MessageStatus"] == "failed"
    assert told.form["ErrorCode"] == "63016"
    assert twilio.messages(sent.sid).fetch().error_code == 63016
    assert "63016" in sandbox.ledger(action="Messages.create")[0]["rule"]


def test_the_window_closes_when_the_clock_moves_on_a_day(
    start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client], tmp_path: Any
) -> None:
    sandbox = start_sandbox({}, "--clock", str(tmp_path / "clock.json"))
    twilio = connect(sandbox)
    say(sandbox)

    sandbox.post("clock", shows=(datetime.now(UTC) + timedelta(hours=25)).isoformat())

    sent = twilio.messages.create(body="Still there?", **WHATSAPP)
    assert settled(twilio, sent.sid).error_code == 63016


def test_a_scheduled_message_can_be_cancelled(
    start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client]
) -> None:
    service = "MG" + "1" * 32
    sandbox = start_sandbox({"twilio": {"messaging_services": [{"sid": service, "numbers": [OURS]}]}})
    twilio = connect(sandbox)
    soon = datetime.now(UTC) + timedelta(hours=1)
    waiting = twilio.messages.create(
        to=ALICE, body="Later", messaging_service_sid=service, schedule_type="fixed", send_at=soon
    )

    cancelled = twilio.messages(waiting.sid).update(status="canceled")

    assert waiting.status == "scheduled"
    assert cancelled.status == "canceled"


def test_with_callbacks_off_a_message_is_at_its_end_at_once(
    start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client], product: Product
) -> None:
    twilio = connect(start_sandbox({"twilio": {"callback_delays": None}}))

    sent = twilio.messages.create(body="Hi", status_callback=f"{product.base}/status", **SMS)

    assert twilio.messages(sent.sid).fetch().status == "delivered"
    assert product.received == []


def test_typing_is_shown_for_a_message_of_the_customer(sandbox: Sandbox, twilio: Client) -> None:
    sid = say(sandbox)["sid"]

    shown = twilio.messaging.v2.typing_indicator.create(channel="whatsapp", message_id=sid)

    assert shown.success
    assert sandbox.get("twilio/typing")["typing"][0]["to"] == f"whatsapp:{ALICE}"


def test_a_number_learns_its_webhook_by_rest(sandbox: Sandbox, twilio: Client, product: Product) -> None:
    [number] = twilio.incoming_phone_numbers.list()

    twilio.incoming_phone_numbers(number.sid).update(sms_url=f"{product.base}/in")

    assert say(sandbox)["statuses"] == [200]
    assert twilio.incoming_phone_numbers(number.sid).fetch().sms_url == f"{product.base}/in"
    assert twilio.api.v2010.accounts(SID).fetch().status == "active"
