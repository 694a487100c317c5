"""Templates are made, reviewed, limited and sent."""

import json
from typing import Any

import requests
from twilio.rest import Client

from tests.sandbox.twilio_client import ALICE, SID, TOKEN, WHATSAPP, say, settled
from tests.support.sandbox import Sandbox

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


def content(twilio: Client, kind: str, body: dict[str, Any]) -> requests.Response:
    """POST /v1/Content as JSON, as the SDK's ContentCreateRequest does."""
    base = twilio.http_client.base.geturl()
    data = {"friendly_name": "x", "language": "en", "types": {kind: body}}
    return requests.post(f"{base}/v1/Content", json=data, auth=(SID, TOKEN), timeout=5)


def test_an_approved_template_may_be_sent_outside_the_window(sandbox: Sandbox, twilio: Client) -> None:
    sandbox.post("twilio/contents", **QUICK_REPLY, approval="approved")
    variables = json.dumps({"1": "Tolu"})

    sent = twilio.messages.create(content_sid=QUICK_REPLY["sid"], content_variables=variables, **WHATSAPP)

    assert settled(twilio, sent.sid).status == "delivered"
    shown = sandbox.get("twilio/messages", address=ALICE)["messages"][0]
    assert shown["body"] == "Hi Tolu, how was it?"
    assert [row["payload"] for row in shown["buttons"]] == ["good", "bad"]


def test_quick_replies_in_session_are_three_at_most(sandbox: Sandbox, twilio: Client) -> None:
    actions = [{"title": str(number), "id": str(number)} for number in range(4)]
    types = {"twilio/quick-reply": {"body": "Which?", "actions": actions}}
    sandbox.post("twilio/contents", sid="HX" + "4" * 32, types=types)
    say(sandbox)

    sent = twilio.messages.create(content_sid="HX" + "4" * 32, **WHATSAPP)

    assert settled(twilio, sent.sid).error_code == 63021


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
