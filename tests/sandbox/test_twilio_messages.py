"""Messages go out and come in as at Twilio, judged by Twilio's own SDK."""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from sandbox_process import SID, TOKEN, Product, Sandbox
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

OURS, ALICE, BOB = "+15550001000", "+34600000001", "+34600000002"
WHATSAPP = {"from_": f"whatsapp:{OURS}", "to": f"whatsapp:{ALICE}"}
SMS = {"from_": OURS, "to": ALICE}
MESSAGE_KEYS = {
    "account_sid", "api_version", "body", "date_created", "date_sent", "date_updated", "direction", "error_code",
    "error_message", "from", "messaging_service_sid", "num_media", "num_segments", "price", "price_unit", "sid",
    "status", "subresource_uris", "to", "uri",
}  # fmt: skip
QUICK_REPLY = {
    "sid": "HX" + "1" * 32,
    "friendly_name": "rating",
    "language": "en",
    "variables": {"1": "there"},
    "types": {
        "twilio/quick-reply": {
            "body": "Hi {{1}}, how was it?",
            "actions": [{"title": "Good", "id": "good"}, {"title": "Bad", "id": "bad"}],
        }
    },
}


@pytest.fixture
def twilio(sandbox: Sandbox, connect: Callable[..., Client]) -> Client:
    return connect(sandbox)


def say(sandbox: Sandbox, body: str = "Hello", **more: Any) -> Any:
    return sandbox.post("twilio/say", **{"from": ALICE, "body": body, **more})


def settled(twilio: Client, sid: str) -> Any:
    """The message once it has failed or arrived."""
    for _ in range(300):
        message = twilio.messages(sid).fetch()
        if message.status not in ("queued", "accepted", "sending", "sent"):
            return message
        time.sleep(0.01)
    raise AssertionError(message.status)


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


def test_an_approved_template_may_be_sent_outside_the_window(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.post("twilio/contents", **QUICK_REPLY, approval="approved")
    variables = json.dumps({"1": "Tolu"})

    sent = twilio.messages.create(content_sid=QUICK_REPLY["sid"], content_variables=variables, **WHATSAPP)

    assert settled(twilio, sent.sid).status == "delivered"
    shown = sandbox.get("twilio/messages", address=ALICE)["messages"][0]
    assert shown["body"] == "Hi Tolu, how was it?"
    assert [row["payload"] for row in shown["buttons"]] == ["good", "bad"]


def test_the_window_closes_when_the_clock_moves_on_a_day(
    start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client], tmp_path: Any
) -> None:
    sandbox = start_sandbox({}, "--clock", str(tmp_path / "clock.json"))
    twilio = connect(sandbox)
    say(sandbox)

    sandbox.post("clock", shows=(datetime.now(UTC) + timedelta(hours=25)).isoformat())

    sent = twilio.messages.create(body="Still there?", **WHATSAPP)
    assert settled(twilio, sent.sid).error_code == 63016


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


def test_with_callbacks_off_a_message_is_at_its_end_at_once(
    start_sandbox: Callable[..., Sandbox], connect: Callable[..., Client], product: Product
) -> None:
    twilio = connect(start_sandbox({"twilio": {"callback_delays": None}}))

    sent = twilio.messages.create(body="Hi", status_callback=f"{product.base}/status", **SMS)

    assert twilio.messages(sent.sid).fetch().status == "delivered"
    assert product.received == []


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


def test_quick_replies_in_session_are_three_at_most(sandbox: Sandbox, twilio: Client) -> None:
    actions = [{"title": str(number), "id": str(number)} for number in range(4)]
    types = {"twilio/quick-reply": {"body": "Which?", "actions": actions}}
    sandbox.post("twilio/contents", sid="HX" + "4" * 32, types=types)
    say(sandbox)

    sent = twilio.messages.create(content_sid="HX" + "4" * 32, **WHATSAPP)

    assert settled(twilio, sent.sid).error_code == 63021


def content(twilio: Client, kind: str, body: dict[str, Any]) -> requests.Response:
    """POST /v1/Content as JSON, as the SDK's ContentCreateRequest does."""
    base = twilio.http_client.base.geturl()
    data = {"friendly_name": "x", "language": "en", "types": {kind: body}}
    return requests.post(f"{base}/v1/Content", json=data, auth=(SID, TOKEN), timeout=5)


def test_a_template_is_made_reviewed_and_removed(sandbox: Sandbox, twilio: Client) -> None:
    made = content(twilio, "twilio/quick-reply", {"body": "Done?", "actions": [{"title": "Yes", "id": "yes"}]}).json()
    path = f"{sandbox.base}/v1/Content/{made['sid']}/ApprovalRequests"
    submission = {"name": "done", "category": "UTILITY"}

    asked = requests.post(f"{path}/whatsapp", json=submission, auth=(SID, TOKEN), timeout=5)
    sandbox.post("twilio/contents", sid=made["sid"], approval="rejected")

    assert asked.json()["status"] == "received"
    review = twilio.content.v1.contents(made["sid"]).approval_fetch().fetch()
    assert review.whatsapp["status"] == "rejected"
    assert [row.sid for row in twilio.content.v1.contents.list()] == [made["sid"]]
    assert twilio.content.v1.contents(made["sid"]).delete()


def test_a_list_picker_has_ten_rows_at_most_and_no_approval(sandbox: Sandbox, twilio: Client) -> None:
    rows = [{"item": str(number), "id": str(number)} for number in range(11)]

    crowded = content(twilio, "twilio/list-picker", {"body": "Rate us", "button": "Rate", "items": rows})
    fine = content(twilio, "twilio/list-picker", {"body": "Rate us", "button": "Rate", "items": rows[:10]})

    assert crowded.status_code == 400
    path = f"{sandbox.base}/v1/Content/{fine.json()['sid']}/ApprovalRequests/whatsapp"
    answer = requests.post(path, json={"name": "x", "category": "UTILITY"}, auth=(SID, TOKEN), timeout=5)
    assert answer.status_code == 400


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
