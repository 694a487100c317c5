"""Webhooks are signed, timed, retried and answered as at Twilio."""

import pytest
from twilio.request_validator import RequestValidator

from tests.sandbox.twilio_client import ALICE, OURS, TOKEN, Product, Received, say
from tests.support.sandbox import Sandbox

TEMPLATE = "<Response><Message><Body>{}</Body></Message></Response>"


def hook(sandbox: Sandbox, url: str, **more: str) -> None:
    sandbox.post("twilio/numbers", number=OURS, sms_url=url, **more)


def signed(url: str, row: Received) -> bool:
    valid: bool = RequestValidator(TOKEN).validate(url, row.form, row.headers["X-Twilio-Signature"])
    return valid


def errors(sandbox: Sandbox) -> list[int]:
    return [row["error_code"] for row in sandbox.get("twilio/debugger")["errors"]]


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
