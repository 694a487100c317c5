"""A customer whom the directory knows, with a ticket, and the webhooks of their lines."""

import time
import uuid
from collections import defaultdict
from datetime import datetime
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from bench.load import Shot, fire
from tests.support.sandbox import WHATSAPP, Sandbox, eventually
from tests.support.stack import Stack

TOLU = "+34600000001"
_DIRECTORY = f"""studio,tier,timezone,language,branch,contact,role,channel,address
Adeyemi Photo,agency,Europe/Madrid,en,,Tolu,owner,whatsapp,{TOLU}
"""


def lines(stack: Stack, texts: list[str], url: str = "/webhooks/twilio/messages") -> list[Shot]:
    """Tolu's lines as Twilio posts them, signed for ``url`` of this stack's web process, or for another one's."""
    whole = url if url.startswith("http") else stack.public + url
    validator = RequestValidator(stack.environment["TWILIO_AUTH_TOKEN"])
    return [_line(validator, whole, stack.environment["TWILIO_ACCOUNT_SID"], text) for text in texts]


def first_lines(stack: Stack, texts: list[str]) -> list[Shot]:
    """Each text from a studio of its own, ``Studio 00001`` and so on, all made known and of tier agency."""
    numbers = phones(len(texts))
    rows = [
        f"Studio {number:05},agency,Europe/Madrid,en,,Ana,owner,whatsapp,{phone}"
        for number, phone in enumerate(numbers, 1)
    ]
    stack.knows("\n".join(["studio,tier,timezone,language,branch,contact,role,channel,address", *rows, ""]))
    validator, account = (
        RequestValidator(stack.environment["TWILIO_AUTH_TOKEN"]),
        stack.environment["TWILIO_ACCOUNT_SID"],
    )
    url = stack.public + "/webhooks/twilio/messages"
    return [_line(validator, url, account, text, phone) for text, phone in zip(texts, numbers, strict=True)]


def phones(count: int) -> list[str]:
    """The numbers of so many studios, in their order."""
    return [f"+3462{number:07}" for number in range(1, count + 1)]


def _line(validator: RequestValidator, url: str, account: str, text: str, sender: str = TOLU) -> Shot:
    """The form of twilio.com/docs/messaging/guides/webhook-request."""
    sid = "SM" + uuid.uuid4().hex
    fields = {
        "SmsMessageSid": sid,
        "SmsSid": sid,
        "MessageSid": sid,
        "AccountSid": account,
        "ApiVersion": "2010-04-01",
        "SmsStatus": "received",
        "From": f"whatsapp:{sender}",
        "To": f"whatsapp:{WHATSAPP}",
        "Body": text,
        "NumSegments": "1",
        "NumMedia": "0",
        "ProfileName": "Tolu",
        "WaId": sender[1:],
        "MessageType": "text",
        "Forwarded": "false",
        "FrequentlyForwarded": "false",
        "ReferralNumMedia": "0",
    }
    signature = validator.compute_signature(url, fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Shot(url, urlencode(fields), headers)


def numbered(count: int) -> list[str]:
    """Texts of which no two are the same, about nothing that changes the ticket."""
    return [f"one more detail, number {number:06}" for number in range(count)]


def open_ticket(stack: Stack) -> None:
    """Makes Tolu known, opens a ticket by a first line and waits until card and receipt are out (the burst is over)."""
    file = stack.directory / "directory.csv"
    file.write_text(_DIRECTORY)
    stack.flask("studios", "import", str(file))
    fire(lines(stack, ["A client cannot open the gallery I sent this morning."]))
    ledger = stack.sandbox.ledger
    eventually(lambda: ledger(provider="telegram", action="sendMessage"), 30, "the card is in the group")
    eventually(lambda: ledger(provider="twilio", flow="call"), 60, "the receipt is at the customer")


def relayed(sandbox: Sandbox, after: int, wanted: int, patience: float) -> dict[str, list[float]]:
    """Text without the name before it → the unix times at which Telegram took it; complete once ``wanted`` texts are
    there and a second has passed for repetitions, or when ``patience`` seconds are over."""
    found: dict[str, list[float]] = defaultdict(list)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        enough = len(found) >= wanted
        time.sleep(1)
        for entry in sandbox.ledger(after, provider="telegram", flow="call", action="sendMessage", outcome=200):
            after = entry["number"]
            text = entry["request"]["text"].partition(": ")[2]
            found[text].append(datetime.fromisoformat(entry["real"]).timestamp())
        if enough:
            break
    return dict(found)
