"""Faults disturb calls and webhooks, and the ledger says so."""

import time
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from tests.sandbox.twilio_client import ALICE, OURS, SID, TOKEN, WHATSAPP, Product, say
from tests.support.sandbox import Sandbox


def fault(sandbox: Sandbox, action: str, **more: Any) -> None:
    sandbox.post("faults", action=action, provider="twilio", **more)


def post(sandbox: Sandbox, timeout: float = 5) -> requests.Response:
    url = f"{sandbox.base}/2010-04-01/Accounts/{SID}/Messages.json"
    return requests.post(url, data={"From": OURS, "To": ALICE, "Body": "Hi"}, auth=(SID, TOKEN), timeout=timeout)


def test_webhooks_can_be_doubled_silenced_and_delayed(sandbox: Sandbox, product: Product) -> None:
    sandbox.post("twilio/numbers", number=OURS, sms_url=f"{product.base}/in")
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
