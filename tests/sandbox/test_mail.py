"""Mail goes out through a real SMTP conversation and comes in through a Parse-shaped form."""

import base64
import json
import smtplib
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.sandbox.twilio_client import Product
from tests.support.sandbox import Sandbox, running


@pytest.fixture(scope="module")
def mail_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("mail"), {"mail": {"smtp_port": 0}}) as sandbox:
        yield sandbox


@pytest.fixture
def mail(mail_process: Sandbox) -> Sandbox:
    mail_process.post("reset")
    return mail_process


@pytest.fixture
def smtp(mail: Sandbox) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", mail.get("mail/messages")["smtp_port"], timeout=5) as connection:
        yield connection


def letter(to: str = "alice@example.org") -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "desk@example.com", to, "Your ticket"
    message.set_content("We are on it. Grüße")
    return message


def test_a_mail_is_caught_and_noted(mail: Sandbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(letter())

    [caught] = mail.get("mail/messages", to="alice@example.org")["messages"]

    assert caught["subject"] == "Your ticket"
    assert caught["text"] == "We are on it. Grüße\n"
    assert [row["outcome"] for row in mail.ledger(provider="mail", flow="call")] == [250]


def test_any_login_is_let_in(smtp: smtplib.SMTP) -> None:
    code, _ = smtp.login("desk", "secret")

    assert code == 235


@pytest.mark.parametrize("status", [451, 550])
def test_a_recipient_is_refused_when_a_fault_says_so(mail: Sandbox, smtp: smtplib.SMTP, status: int) -> None:
    mail.post("faults", action="status", status=status, provider="mail", method="RCPT", destination="alice@example.org")

    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        smtp.send_message(letter())

    assert refused.value.recipients["alice@example.org"][0] == status
    assert mail.get("mail/messages")["messages"] == []


def test_a_server_can_die_after_it_took_the_mail(mail: Sandbox) -> None:
    mail.post("faults", action="drop_after_accept", provider="mail", method="DATA")
    connection = smtplib.SMTP("127.0.0.1", mail.get("mail/messages")["smtp_port"], timeout=5)

    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        connection.send_message(letter())
    connection.close()

    assert len(mail.get("mail/messages")["messages"]) == 1


def test_somebody_mails_in_with_a_file(mail: Sandbox, product: Product) -> None:
    file = {"name": "error.txt", "content_type": "text/plain", "base64": base64.b64encode(b"stack trace").decode()}
    sender, to = "Tolu <tolu@example.org>", "help@studiovault.example"

    answer = mail.post(
        "mail/parse", **{"url": f"{product.base}/mail", "from": sender, "to": to, "text": "Help", "attachments": [file]}
    )

    assert answer == {"statuses": [200]}
    raw = product.got(1, "/mail")[0].raw
    assert json.dumps({"to": [to], "from": "tolu@example.org"}).encode() in raw
    assert b'name="attachment1"; filename="error.txt"' in raw
    assert b"stack trace" in raw


def test_a_scenario_is_played_step_by_step(mail: Sandbox) -> None:
    steps = [
        {"call": "POST /sandbox/twilio/say", "body": {"from": "+34600000001", "body": "Hello"}},
        {"after": 0.01, "call": "GET /sandbox/twilio/messages?address=%2B34600000001"},
    ]

    played = mail.post("scenario", steps=steps)["steps"]

    assert [row["status"] for row in played] == [200, 200]
    assert played[1]["answer"]["messages"][0]["body"] == "Hello"


def test_a_wrong_scenario_is_refused_before_anything_is_played(start_sandbox: Callable[..., Sandbox]) -> None:
    sandbox = start_sandbox()
    steps = [{"call": "POST /sandbox/twilio/say", "body": {"from": "+34600000001"}}, {"call": "SING /sandbox/song"}]

    with pytest.raises(AssertionError, match="step 2 is wrong"):
        sandbox.post("scenario", steps=steps)

    assert sandbox.ledger() == []


def test_a_scenario_file_is_played_at_the_start(start_sandbox: Callable[..., Sandbox], tmp_path: Path) -> None:
    file = tmp_path / "scenario.json"
    file.write_text(json.dumps([{"call": "POST /sandbox/twilio/say", "body": {"from": "+34600000001"}}]))

    sandbox = start_sandbox({}, "--scenario", str(file))

    assert sandbox.ledger(wait=2, flow="person")[0]["action"] == "says"


def test_reset_forgets_everything_but_the_configuration(mail: Sandbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(letter())
    mail.post("faults", action="revoked")

    mail.post("reset")

    assert mail.get("mail/messages")["messages"] == []
    assert mail.get("faults")["faults"] == []
    assert mail.ledger() == []
