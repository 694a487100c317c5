"""Webhooks are signed, timed, retried and disturbed as at Twilio."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from sandbox_process import SID, TOKEN, Product, Received, Sandbox
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

OURS, ALICE = "+15550001000", "+34600000001"
WHATSAPP = {"from_": f"whatsapp:{OURS}", "to": f"whatsapp:{ALICE}"}
TEMPLATE = "<Response><Message><Body>{}</Body></Message></Response>"


@pytest.fixture
def twilio(sandbox: Sandbox, connect: Callable[..., Client]) -> Client:
    return connect(sandbox)


def hook(sandbox: Sandbox, url: str, **more: str) -> None:
    sandbox.post("twilio/numbers", number=OURS, sms_url=url, **more)


def say(sandbox: Sandbox, body: str = "Hello", **more: Any) -> Any:
    return sandbox.post("twilio/say", **{"from": ALICE, "body": body, **more})


def told(sandbox: Sandbox, product: Product, **said: Any) -> dict[str, str]:
    """The form the product gets when the customer says this."""
    hook(sandbox, f"{product.base}/in")
    sandbox.post("twilio/say", **{"from": ALICE, **said})
    return product.got(1, "/in")[-1].form


def signed(url: str, row: Received) -> bool:
    valid: bool = RequestValidator(TOKEN).validate(url, row.form, row.headers["X-Twilio-Signature"])
    return valid


def errors(sandbox: Sandbox) -> list[int]:
    return [row["error_code"] for row in sandbox.get("twilio/debugger")["errors"]]


@pytest.mark.parametrize("tail", ["/in", "/in?a=b%20c&d=%2B1&e=", "/in/?to=%D0%B0%2f", "/in#rc=2&rp=5xx"])
def test_the_signature_holds_for_odd_urls(sandbox: Sandbox, product: Product, tail: str) -> None:
    hook(sandbox, product.base + tail)

    say(sandbox, "Grüße, 100% & more")

    [row] = product.got(1)
    assert row.path == tail.partition("#")[0]
    assert signed(product.base + row.path, row)
    assert not signed(product.base + "/other", row)


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


def test_copies_carry_one_sid_and_their_own_delivery_token(sandbox: Sandbox, product: Product) -> None:
    hook(sandbox, f"{product.base}/in")

    answer = say(sandbox, copies=3)

    rows = product.got(3, "/in")
    assert answer["statuses"] == [200, 200, 200]
    assert {row.form["MessageSid"] for row in rows} == {answer["sid"]}
    assert len({row.headers["I-Twilio-Idempotency-Token"] for row in rows}) == 3


def test_a_500_is_not_retried_by_default(sandbox: Sandbox, product: Product) -> None:
    product.answers["/in"] = (500, "text/plain", "")
    hook(sandbox, f"{product.base}/in")

    assert say(sandbox)["statuses"] == [500]

    assert len(product.received) == 1
    assert errors(sandbox) == [11217]


def test_a_500_is_retried_with_one_token_when_the_url_asks_for_it(sandbox: Sandbox, product: Product) -> None:
    product.answers["/in"] = (500, "text/plain", "")
    hook(sandbox, f"{product.base}/in#rc=2&rp=ct,5xx")

    say(sandbox)

    rows = product.got(3, "/in")
    assert len({row.headers["I-Twilio-Idempotency-Token"] for row in rows}) == 1
    assert [row["attempt"] for row in sandbox.ledger(flow="webhook")] == [1, 2, 3]


def test_a_slow_answer_is_given_up_and_the_fallback_is_asked(sandbox: Sandbox, product: Product) -> None:
    product.delays["/in"] = 0.5
    hook(sandbox, f"{product.base}/in#rt=100", sms_fallback_url=f"{product.base}/fallback")

    assert say(sandbox)["statuses"] == [200]

    [row] = product.got(1, "/fallback")
    assert row.form["ErrorCode"] == "11205"
    assert row.form["ErrorUrl"] == f"{product.base}/in#rt=100"
    assert sandbox.ledger(flow="webhook")[0]["outcome"] == "timeout"


def test_nobody_at_home_is_tried_once_more(sandbox: Sandbox) -> None:
    hook(sandbox, "http://127.0.0.1:9/in")

    assert say(sandbox)["statuses"] == [None]

    assert [row["outcome"] for row in sandbox.ledger(flow="webhook")] == ["unreachable", "unreachable"]
    assert errors(sandbox) == [11205]


def test_a_twiml_answer_is_sent_to_the_customer(sandbox: Sandbox, product: Product) -> None:
    product.answers["/in"] = (200, "text/xml", TEMPLATE.format("Thank you"))
    hook(sandbox, f"{product.base}/in")

    say(sandbox)

    reply = sandbox.get("twilio/messages", address=ALICE)["messages"][-1]
    assert (reply["body"], reply["direction"]) == ("Thank you", "outbound-reply")


@pytest.mark.parametrize(
    ("answer", "code"),
    [(("application/json", "{}"), 12300), (("text/xml", "<Response>"), 12100), (("text/html", "ok"), 12100)],
)
def test_an_answer_that_is_no_twiml_is_complained_about(
    sandbox: Sandbox, product: Product, answer: tuple[str, str], code: int
) -> None:
    product.answers["/in"] = (200, *answer)
    hook(sandbox, f"{product.base}/in")

    say(sandbox)

    assert errors(sandbox) == [code]


def test_any_form_can_be_posted_signed(sandbox: Sandbox, product: Product) -> None:
    fields = {"MessageSid": "SM" + "f" * 32, "MessageStatus": "delivered", "To": ALICE}

    answer = sandbox.post("twilio/webhook", fields=fields, url=f"{product.base}/status")

    assert answer == {"statuses": [200]}
    assert signed(f"{product.base}/status", product.got(1)[0])


def fault(sandbox: Sandbox, action: str, **more: Any) -> None:
    sandbox.post("faults", action=action, provider="twilio", **more)


def test_webhooks_can_be_doubled_silenced_and_delayed(sandbox: Sandbox, product: Product) -> None:
    hook(sandbox, f"{product.base}/in")
    fault(sandbox, "duplicate", flow="webhook", method="message", times_each=3)
    fault(sandbox, "silence", flow="webhook", method="message")
    fault(sandbox, "delay", flow="webhook", method="message", seconds=0.2)

    doubled, silenced, begun = say(sandbox), say(sandbox), time.monotonic()
    delayed = say(sandbox)

    assert doubled["statuses"] == [200, 200, 200]
    assert silenced["statuses"] == []
    assert delayed["statuses"] == [200]
    assert time.monotonic() - begun >= 0.2


def test_status_callbacks_can_be_put_out_of_order(sandbox: Sandbox, twilio: Client, product: Product) -> None:
    say(sandbox)
    fault(sandbox, "reorder", flow="webhook", method="status", seconds=0.05, times=-1)

    twilio.messages.create(body="Hi", status_callback=f"{product.base}/status", **WHATSAPP)

    assert {row.form["MessageStatus"] for row in product.got(2, "/status")} == {"sent", "delivered"}
    assert len(sandbox.ledger(flow="fault")) == 2


def post(sandbox: Sandbox, timeout: float = 5) -> requests.Response:
    url = f"{sandbox.base}/2010-04-01/Accounts/{SID}/Messages.json"
    return requests.post(url, data={"From": OURS, "To": ALICE, "Body": "Hi"}, auth=(SID, TOKEN), timeout=timeout)


@pytest.mark.parametrize(("action", "kept"), [("drop_before", 0), ("drop_after_accept", 1)])
def test_a_connection_can_be_dropped_before_or_after_the_work(
    sandbox: Sandbox, twilio: Client, action: str, kept: int
) -> None:
    fault(sandbox, action, method="Messages.create", destination=ALICE)

    with pytest.raises(requests.ConnectionError):
        post(sandbox)

    assert len(twilio.messages.list()) == kept
    assert [row["outcome"] for row in sandbox.ledger(flow="call", action="Messages.create")] == ["dropped"]
    assert sandbox.ledger(flow="fault")[0]["action"] == f"{action}:Messages.create"


def test_an_accepted_send_can_go_unanswered(sandbox: Sandbox, twilio: Client) -> None:
    fault(sandbox, "timeout_after_accept", method="Messages.create", seconds=0.5)

    with pytest.raises(requests.ReadTimeout):
        post(sandbox, timeout=0.2)

    assert [row.body for row in twilio.messages.list(to=ALICE)] == ["Hi"]
    assert sandbox.ledger(action="Messages.create")[0]["outcome"] == "timeout"


def test_refusals_of_the_infrastructure_have_their_own_shapes(sandbox: Sandbox) -> None:
    fault(sandbox, "status", status=429, retry_after=3)
    fault(sandbox, "status", status=502)
    fault(sandbox, "revoked")

    limited, broken, revoked = post(sandbox), post(sandbox), post(sandbox)

    assert (limited.json()["code"], limited.headers["Retry-After"]) == (20429, "3")
    assert (broken.status_code, broken.headers["Content-Type"]) == (502, "text/html; charset=utf-8")
    assert (revoked.status_code, revoked.json()["code"]) == (401, 20003)
    assert post(sandbox).status_code == 201


def test_a_customer_who_blocked_us_is_told_by_callback(sandbox: Sandbox, twilio: Client, product: Product) -> None:
    say(sandbox)
    fault(sandbox, "blocked", method="Messages.create")

    twilio.messages.create(body="Hi", status_callback=f"{product.base}/status", **WHATSAPP)

    codes = [row.form.get("ErrorCode") for row in product.got(2, "/status")]
    assert "63014" in codes


@pytest.mark.parametrize("code", [30003, 30007, 63018])
def test_any_late_error_can_be_ordered(sandbox: Sandbox, twilio: Client, product: Product, code: int) -> None:
    fault(sandbox, "code", code=code, method="Messages.create")

    twilio.messages.create(body="Hi", from_=OURS, to=ALICE, status_callback=f"{product.base}/status")

    rows = product.got(2, "/status")
    assert {row.form["MessageStatus"] for row in rows} == {"sent", "undelivered"}
    assert {row.form.get("ErrorCode") for row in rows} >= {str(code)}


def test_any_early_error_can_be_ordered(sandbox: Sandbox, twilio: Client) -> None:
    fault(sandbox, "code", code=21635, method="Messages.create")

    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(body="Hi", from_=OURS, to=ALICE)

    assert refused.value.code == 21635


def test_every_call_leaves_one_line_in_the_ledger(sandbox: Sandbox) -> None:
    post(sandbox)

    [entry] = sandbox.ledger(provider="twilio", flow="call")

    assert (entry["action"], entry["destination"], entry["outcome"]) == ("Messages.create", ALICE, 201)
    assert entry["request"] == {"From": OURS, "To": ALICE, "Body": "Hi"}
    assert entry["response"]["status"] == "queued"


def test_an_unknown_fault_is_refused_with_what_there_is(sandbox: Sandbox) -> None:
    for wrong, said in [({"action": "sulk"}, "actions: latency"), ({"action": "code", "code": 1}, "unknown code 1")]:
        answer = requests.post(f"{sandbox.base}/sandbox/faults", json=wrong, timeout=5)

        assert answer.status_code == 400
        assert said in answer.json()["error"]
