"""The judge bites, and the listener changes nothing."""

import base64
import contextlib
import json
from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from tests.contracts.judge import FORM, SKEW, Exchange, Judge
from tests.contracts.proxy import Proxy
from tests.sandbox.twilio_client import SID, SMS, TOKEN
from tests.support.sandbox import Sandbox

MESSAGES = f"/2010-04-01/Accounts/{SID}/Messages.json"
FIELDS = {"From": SMS["from_"], "To": SMS["to"], "Body": "Hi"}
BASIC = {"authorization": "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode(), "content-type": FORM}


@pytest.fixture(scope="module")
def sent(box_process: Sandbox) -> Exchange:
    """A message sent and answered as it should be."""
    answer = requests.post(box_process.base + MESSAGES, data=FIELDS, auth=(SID, TOKEN), timeout=5)
    kind = {"content-type": "application/json"}
    return Exchange("POST", MESSAGES, BASIC, urlencode(FIELDS).encode(), 201, kind, answer.content)


def test_a_message_as_it_should_be_is_no_violation(judge: Judge, sent: Exchange) -> None:
    assert judge.faults(sent) == []


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ({"status": "sented"}, "'sented' is not one of"),
        ({"num_segments": 1}, "1 is not of type 'string'"),
        ({"sid": "SM12"}, "'SM12' does not match"),
        ({"date_created": "2026-11-23T10:00:00Z"}, "is not a 'date-time-rfc-2822'"),
        ({"colour": "red"}, "unknown field colour in the answer"),
    ],
)
def test_a_wrong_answer_of_the_sandbox_is_reported(
    judge: Judge, sent: Exchange, planted: dict[str, object], word: str
) -> None:
    wrong = replace(sent, answer=json.dumps(json.loads(sent.answer) | planted).encode())

    [fault] = judge.faults(wrong)

    assert word in fault


def test_a_field_missing_in_an_answer_is_reported(judge: Judge, sent: Exchange) -> None:
    answer = json.loads(sent.answer)
    del answer["price_unit"]

    [fault] = judge.faults(replace(sent, answer=json.dumps(answer).encode()))

    assert "'price_unit' is a required property" in fault


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ({"Bodi": "Hi"}, "unknown field Bodi"),
        ({"ContentSid": "HX1"}, "'HX1' does not match"),
        ({"ScheduleType": "soon"}, "'soon' is not one of"),
    ],
)
def test_a_wrong_request_of_the_product_is_reported(
    judge: Judge, sent: Exchange, planted: dict[str, str], word: str
) -> None:
    [fault] = judge.faults(replace(sent, body=urlencode(FIELDS | planted).encode()))

    assert word in fault


def test_a_request_without_recipient_or_credentials_is_reported(judge: Judge, sent: Exchange) -> None:
    without = urlencode(FIELDS | {"To": ""}).replace("To=&", "").encode()

    [nobody] = judge.faults(replace(sent, body=without))
    [stranger] = judge.faults(replace(sent, headers={"content-type": FORM}))

    assert "'To' is a required property" in nobody
    assert "Security not found" in stranger


@pytest.mark.parametrize("target", ["/2010-04-01/Accounts/x/Queues", "/v3/OptOuts", f"{MESSAGES}?Colour=red"])
def test_a_path_or_query_that_no_file_describes_is_reported(judge: Judge, target: str) -> None:
    assert judge.faults(Exchange("GET", target, BASIC)) != []


def test_a_refusal_that_is_not_twilios_is_reported(judge: Judge, sent: Exchange) -> None:
    refused = replace(sent, status=400, answer=b'{"error": "no"}')

    assert "no error body" in judge.faults(refused)[0]


def test_nothing_is_excused_that_the_files_have_learned(judge: Judge) -> None:
    schema = judge.files["api_v2010"]["components"]["schemas"]["api.v2010.account.incoming_phone_number"]
    create = judge.files["api_v2010"]["paths"]["/2010-04-01/Accounts/{AccountSid}/Messages.json"]["post"]
    known = {*schema["properties"], *create["requestBody"]["content"][FORM]["schema"]["properties"]}

    assert known.isdisjoint(name for _, name in SKEW)


def test_the_listener_changes_neither_request_nor_answer(proxy: Proxy, box: Sandbox) -> None:
    wild = b"From=%2b15550001000&To=%2B34600000001&Body=%c3%a9+%26&Body=twice"
    target = f"{MESSAGES}?a=%2f&&b"
    headers = {"Authorization": BASIC["authorization"], "Content-Type": FORM, "X-Odd": "kept  as is"}

    with contextlib.closing(HTTPConnection(urlsplit(proxy.base).netloc, timeout=5)) as connection:
        connection.request("POST", target, wild, headers)
        answer = connection.getresponse()
        body = answer.read()

    [seen] = proxy.seen
    assert (seen.target, seen.body, seen.headers["x-odd"]) == (target, wild, "kept  as is")
    assert (seen.status, seen.answer, seen.answer_headers["server"]) == (201, body, answer.headers["Server"])
    [entry] = box.ledger(flow="call")
    assert (entry["request"]["Body"], entry["response"]) == ("twice", json.loads(body))


def test_the_listener_hangs_up_when_the_sandbox_does(proxy: Proxy, box: Sandbox) -> None:
    box.post("faults", action="drop_before", provider="twilio")

    with pytest.raises(requests.ConnectionError):
        requests.post(proxy.base + MESSAGES, data=FIELDS, auth=(SID, TOKEN), timeout=5)

    assert [seen.status for seen in proxy.seen] == [0]
