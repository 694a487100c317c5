"""A customer's webhook posted by the test itself, when it must do what the sandbox's Twilio would not."""

import uuid
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

import requests
from twilio.request_validator import RequestValidator

from tests.support.people import Owner
from tests.support.sandbox import WHATSAPP, eventually
from tests.support.stack import Stack


@dataclass(frozen=True)
class Webhook:
    """One signed form, ready to be posted again and again."""

    sid: str
    url: str
    body: str
    headers: dict[str, str]


def line(stack: Stack, owner: Owner, text: str) -> Webhook:
    """What Twilio posts when the owner writes ``text``."""
    sid, url = "SM" + uuid.uuid4().hex, f"{stack.public}/webhooks/twilio/messages"
    fields = {
        "MessageSid": sid,
        "AccountSid": stack.environment["TWILIO_ACCOUNT_SID"],
        "From": f"whatsapp:{owner.number}",
        "To": f"whatsapp:{WHATSAPP}",
        "Body": text,
        "NumMedia": "0",
        "ProfileName": owner.name,
    }
    signature = RequestValidator(stack.environment["TWILIO_AUTH_TOKEN"]).compute_signature(url, fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
    return Webhook(sid, url, urlencode(fields), headers)


def post(webhook: Webhook) -> int:
    """The status of our answer; 0 when there was none."""
    try:
        return requests.post(webhook.url, data=webhook.body, headers=webhook.headers, timeout=10).status_code
    except requests.RequestException:
        return 0


def until_taken(webhook: Webhook) -> int:
    """Posts again until it is taken, as a provider with a fallback does."""
    status: int = eventually(lambda: (answer := post(webhook)) == 200 and answer, 30, "the next try is taken")
    return status


def raw(webhook: Webhook) -> bytes:
    """The request as it goes over the line."""
    parts = urlsplit(webhook.url)
    headers = webhook.headers | {"Host": parts.netloc, "Content-Length": str(len(webhook.body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"POST {parts.path} HTTP/1.1\r\n{head}\r\n{webhook.body}".encode()
