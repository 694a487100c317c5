"""What Twilio knows of the one account the sandbox serves: its numbers, messages, people and errors."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from sandbox.twilio.calls import Call, Phone, Recording

Json = dict[str, Any]
Pair = tuple[str, str]
API = "/2010-04-01"
RANKS = {
    name: rank
    for rank, name in enumerate(
        ["scheduled", "accepted", "queued", "sending", "sent", "undelivered", "delivered", "read", "failed", "canceled"]
    )
}


def rfc2822(moment: datetime | None) -> str | None:
    """``Thu, 24 Aug 2023 05:01:45 +0000``, or None."""
    return format_datetime(moment.replace(microsecond=0)) if moment else None


@dataclass(slots=True)
class Media:
    sid: str
    content_type: str
    data: bytes
    created: datetime


@dataclass(slots=True)
class Message:
    """One message of either direction; ``from_`` and ``to`` are addresses with their ``whatsapp:`` prefix."""

    sid: str
    from_: str
    to: str
    body: str
    direction: str
    status: str
    created: datetime
    updated: datetime
    sent: datetime | None = None
    segments: int = 1
    service: str | None = None
    callback: str = ""
    error_code: int | None = None
    error_message: str | None = None
    media: list[Media] = field(default_factory=list)
    media_urls: list[str] = field(default_factory=list)
    content_sid: str = ""
    buttons: list[Json] = field(default_factory=list)
    deleted: bool = False
    logged: bool = True

    @property
    def whatsapp(self) -> bool:
        return self.to.startswith("whatsapp:")

    def rise(self, status: str, now: datetime) -> None:
        """Moves the status forward; an earlier status that comes late changes nothing."""
        if RANKS[status] > RANKS[self.status]:
            self.status, self.updated = status, now
            if status in ("sent", "delivered", "read") and self.sent is None:
                self.sent = now


@dataclass
class Number:
    """A phone number of the account and where its webhooks go."""

    number: str
    sid: str = ""
    whatsapp: bool = False
    whatsapp_status: str = "ONLINE"
    friendly_name: str = ""
    sms_url: str = ""
    sms_method: str = "POST"
    sms_fallback_url: str = ""
    sms_fallback_method: str = "POST"
    voice: bool = True
    voice_url: str = ""
    voice_method: str = "POST"
    voice_fallback_url: str = ""
    voice_fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"


class Account:
    """Everything that ``POST /sandbox/reset`` forgets, built from ``settings["twilio"]``."""

    def __init__(self, settings: Json, dice: random.Random) -> None:
        self.settings = settings
        self.sid: str = settings.get("account_sid", "AC" + "0" * 32)
        self.auth_token: str = settings.get("auth_token", "sandbox-auth-token")
        self.dice = dice
        self.forget()

    def forget(self) -> None:
        self.numbers: dict[str, Number] = {}
        for row in self.settings.get("numbers", [{"number": "+15550001000", "whatsapp": True}]):
            self.put_number(row)
        self.services: dict[str, Json] = {row["sid"]: row for row in self.settings.get("messaging_services", [])}
        self.messages: dict[str, Message] = {}
        self.windows: dict[Pair, datetime] = {}
        self.opted_out: set[Pair] = set()
        self.contents: dict[str, Json] = {}
        self.approvals: dict[str, Json] = {}
        self.calls: dict[str, Call] = {}
        self.phones: dict[str, Phone] = {}
        self.recordings: dict[str, Recording] = {}
        self.debugger: list[Json] = []
        self.typing: list[Json] = []
        self.under_way = 0
        for row in self.settings.get("contents", []):
            self.put_content(row)

    def sid_of(self, prefix: str) -> str:
        return f"{prefix}{self.dice.getrandbits(128):032x}"

    def put_number(self, row: Json) -> Number:
        """Adds a number or changes the named fields of one; raises TypeError on an unknown field."""
        known = self.numbers.get(row["number"])
        merged = {**(vars(known) if known else {}), **row}
        number = Number(**merged)
        number.sid = number.sid or self.sid_of("PN")
        number.friendly_name = number.friendly_name or number.number
        self.numbers[number.number] = number
        return number

    def put_content(self, row: Json) -> None:
        """Adds a template; ``approval`` is its review's state with its ``reason``, and without ``types`` all that
        changes."""
        kept, state = dict(row), row.get("approval")
        kept.pop("approval", None)
        kept.pop("reason", None)
        if "types" in kept:
            self.contents[kept["sid"]] = kept
        if state is not None:
            fresh = {"name": kept["sid"], "category": "UTILITY", "rejection_reason": ""}
            told = {"status": state, "rejection_reason": str(row.get("reason", ""))}
            self.approvals[kept["sid"]] = self.approvals.get(kept["sid"], fresh) | told

    def number_of(self, address: str) -> Number | None:
        return self.numbers.get(address.removeprefix("whatsapp:"))

    def service_of(self, number: str) -> Json | None:
        return next((row for row in self.services.values() if number in row.get("numbers", [])), None)

    def inbound_of(self, number: Number) -> tuple[str, str, str]:
        """(URL, fallback, method) for what customers write: the service's, unless the number's own is to be used."""
        service = self.service_of(number.number)
        if service is None or service.get("use_inbound_webhook_on_number", True):
            return number.sms_url, number.sms_fallback_url, number.sms_method
        return (
            service.get("inbound_request_url", ""),
            service.get("fallback_url", ""),
            service.get("inbound_method", "POST"),
        )

    def rule(self, name: str) -> Any:
        """A knob of ``rules``: False lifts the rate and window rules, a table names limits, True takes the defaults."""
        rules = self.settings.get("rules", True)
        if isinstance(rules, dict):
            return rules.get(name, name == "window")
        return bool(rules) and name == "window"


ACCOUNT = web.AppKey("account", Account)
