"""A call and a telephone: what they are, and what they do when nobody scripts them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.twilio.account import API, Account, Json, rfc2822

BEHAVIOURS = ("ring", "answer", "busy", "no-answer", "voicemail", "reject")
ENDS = ("completed", "busy", "failed", "no-answer", "canceled")
SIP_CODES = {"busy": "486", "reject": "603", "no-answer": "487", "canceled": "487", "answer": "200", "voicemail": "200"}


class HungUp(Exception):
    """The line is down: somebody hung up, or the call was ended by REST."""


@dataclass
class Phone:
    """What a telephone does when it rings. ``ring``: it waits for a control call; ``talk``: seconds until it hangs up
    once connected; ``says``: what it says when it is recorded; ``keys``: one entry for each prompt."""

    number: str
    behaviour: str = "ring"
    keys: list[str] = field(default_factory=list)
    delay: float = 0.0
    talk: float | None = None
    says: str = ""

    def __post_init__(self) -> None:
        if self.behaviour not in BEHAVIOURS:
            raise ValueError(f"unknown behaviour {self.behaviour!r}; behaviours: {', '.join(BEHAVIOURS)}")
        self.keys = [str(keys) for keys in self.keys]


@dataclass
class Recording:
    sid: str
    call_sid: str
    created: datetime
    seconds: int


@dataclass
class Instructions:
    """Where the TwiML of a leg comes from and where its progress is told."""

    url: str = ""
    method: str = "POST"
    fallback: str = ""
    fallback_method: str = "POST"
    twiml: str = ""
    callback: str = ""
    callback_method: str = "POST"
    events: tuple[str, ...] = ("completed",)
    timeout: float = 60.0
    detect_machine: bool = False


@dataclass
class Call:
    """One leg. ``decided`` is how its phone reacts, ``hung`` that the line is down."""

    sid: str
    from_: str
    to: str
    direction: str
    created: datetime
    how: Instructions
    phone: Phone
    parent: "Call | None" = None
    status: str = "queued"
    started: datetime | None = None
    ended: datetime | None = None
    answered_by: str | None = None
    sip: str = ""
    sequence: int = 0
    transcript: list[Json] = field(default_factory=list)
    decided: "asyncio.Future[str]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    hung: asyncio.Event = field(default_factory=asyncio.Event)
    keys: "asyncio.Queue[str]" = field(default_factory=asyncio.Queue)
    spoken: list[str] = field(default_factory=list)

    @property
    def over(self) -> bool:
        return self.status in ENDS

    @property
    def seconds(self) -> int:
        if self.started is None or self.ended is None:
            return 0
        return max(1, round((self.ended - self.started).total_seconds()))

    def decide(self, what: str) -> None:
        """The phone answers, declines...; the first decision counts."""
        if not self.decided.done():
            self.decided.set_result(what)

    def note(self, **line: str) -> None:
        self.transcript.append(line)

    async def wait(self, seconds: float) -> None:
        """Lets time pass on the line. Raises HungUp."""
        try:
            await asyncio.wait_for(self.hung.wait(), seconds)
        except TimeoutError:
            return
        raise HungUp

    async def key(self, seconds: float) -> str | None:
        """The next key within the time, or None. Raises HungUp."""
        pressed = asyncio.ensure_future(self.keys.get())
        down = asyncio.ensure_future(self.hung.wait())
        try:
            await asyncio.wait({pressed, down}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if pressed.done():
                return pressed.result()
            if self.hung.is_set():
                raise HungUp
            return None
        finally:
            pressed.cancel()
            down.cancel()

    def prompt(self) -> None:
        """A scripted phone presses its next keys."""
        if self.phone.keys:
            self.press(self.phone.keys.pop(0))

    def press(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.keys.put_nowait(key)
            self.note(by=self.phone.number, key=key)


def as_json(account: Account, call: Call) -> Json:
    """The Call resource (https://www.twilio.com/docs/voice/api/call-resource)."""
    base = f"{API}/Accounts/{account.sid}/Calls/{call.sid}"
    ours = account.number_of(call.to if call.direction == "inbound" else call.from_)
    parts = "events notifications payments recordings siprec streams transcriptions user_defined_message_subscriptions"
    parts += " user_defined_messages"
    return {
        "date_updated": rfc2822(call.ended or call.started or call.created),
        "price_unit": "USD",
        "parent_call_sid": call.parent.sid if call.parent else None,
        "caller_name": None,
        "duration": str(call.seconds) if call.over else None,
        "from": call.from_,
        "to": call.to,
        "answered_by": call.answered_by,
        "sid": call.sid,
        "queue_time": "0",
        "price": None,
        "api_version": "2010-04-01",
        "status": call.status,
        "direction": call.direction,
        "start_time": rfc2822(call.started),
        "date_created": rfc2822(call.created),
        "from_formatted": call.from_,
        "group_sid": None,
        "trunk_sid": None,
        "forwarded_from": None,
        "uri": f"{base}.json",
        "account_sid": account.sid,
        "end_time": rfc2822(call.ended),
        "to_formatted": call.to,
        "phone_number_sid": ours.sid if ours else None,
        "subresource_uris": {name: f"{base}/{_camel(name)}.json" for name in parts.split()},
    }


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
