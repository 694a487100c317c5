"""Hand-written stand-ins at the shell's edges: a clock that stands still, and channels that remember their calls."""

import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from bot.clock import Clock
from channels.findings import Expected, Finding
from channels.meanings import Meaning, Review
from channels.protocol import Channel
from channels.ringing import Rang
from channels.twilio.lookup import same
from channels.wire import Call, Envelope, Fetch, File, Missed, OpenTopic, Receipt, Request, TransportError
from conversations.events import Parsed

NOON = datetime(2026, 6, 10, 12, 0, tzinfo=UTC)  # a Wednesday; 14:00 in Madrid
# How a file of each type begins: what is fetched is judged by it.
MAGIC = {
    "image/jpeg": b"\xff\xd8\xff\xe0",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/webp": b"RIFF\0\0\0\0WEBPVP8 ",
    "audio/ogg": b"OggS",
    "audio/mpeg": b"ID3\x04",
    "video/mp4": b"\0\0\0\x18ftypisom",
    "application/pdf": b"%PDF-1.7\n",
    "application/zip": b"PK\x03\x04",
}
Outcome = Receipt | TransportError | Exception | Callable[[Call], Receipt]


class SteadyClock(Clock):
    """Stands still until told to pass; ``ahead`` sets business time apart from real time, as a rehearsal does."""

    def __init__(self, moment: datetime = NOON) -> None:
        self.moment, self.ahead = moment, timedelta(0)

    @property
    def rehearsing(self) -> bool:
        return self.ahead != timedelta(0)

    def sample(self) -> None:
        """There is nothing to ask."""

    def real(self) -> datetime:
        return self.moment

    def now(self) -> datetime:
        return self.moment + self.ahead

    def passes(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Sent:
    """One call made, for which row of the outbox."""

    call: Call
    delivery: int


@dataclass
class Rule:
    """What the provider does with the next ``times`` calls that fit."""

    fits: Callable[[Call], bool]
    outcome: Outcome
    times: int


class Recorder:
    """The real channel's verify, identify, parse and explain; what goes out is kept, and answered by rules.

    Without a rule every call is taken, with a fresh provider id. ``has`` is what ``find`` tells, ``holds`` the file of
    each, ``list`` what customers wrote and ``rung`` who called by the provider's own lists.
    """

    def __init__(self, real: Channel, form: str) -> None:
        self._real, self._form, self._lock = real, form, threading.Lock()
        self._numbers = itertools.count(1001)
        self._rules: list[Rule] = []
        self.sent: list[Sent] = []
        self.asked: list[tuple[Call, datetime]] = []
        self.has: list[Receipt] = []
        self.holds: dict[str, bytes] = {}
        self.standings: dict[int, str] = {}
        self.reviews: dict[str, Review | TransportError] = {}
        self.list: list[Missed] = []
        self.rung: list[Rang] = []
        self.compared: list[datetime] = []
        self.before_send: Callable[[], object] = lambda: None

    def when(self, fits: Callable[[Any], bool] | type, outcome: Outcome, times: int = 1) -> None:
        matches = (lambda call: isinstance(call, fits)) if isinstance(fits, type) else fits
        self._rules.append(Rule(matches, outcome, times))

    @property
    def calls(self) -> list[Any]:
        """The calls made, oldest first; a test knows which kind it looks at."""
        return [sent.call for sent in self.sent]

    def verify(self, request: Request) -> None:
        self._real.verify(request)

    def identify(self, request: Request) -> Envelope:
        return self._real.identify(request)

    def parse(self, request: Request) -> Parsed:
        return self._real.parse(request)

    def explain(self, code: str) -> Meaning:
        return self._real.explain(code)

    def standing(self, chat: int, person: int) -> str:  # noqa: ARG002 (the channel's signature)
        return self.standings.get(person, "agent")

    def review(self, sid: str) -> Review:
        found = self.reviews[sid]
        if isinstance(found, TransportError):
            raise found
        return found

    def check(self, expected: Expected) -> list[Finding]:
        return self._real.check(expected)

    def open(self) -> None:
        """Nothing to open."""

    def close(self) -> None:
        """Nothing to close."""

    def send(self, call: Call, delivery_id: int) -> Receipt:
        self.before_send()
        with self._lock:
            self.sent.append(Sent(call, delivery_id))
            rule = next((rule for rule in self._rules if rule.times and rule.fits(call)), None)
            if rule:
                rule.times -= 1
        outcome = rule.outcome if rule else self._taken(call)
        if callable(outcome):
            outcome = outcome(call)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def find(self, call: Call, since: datetime) -> list[Receipt]:
        self.asked.append((call, since))
        return list(self.has)

    def same(self, call: Call, among: Sequence[Receipt]) -> Receipt | None:
        return same(call, among, self.holds.get)

    def missed(self, to: str, since: datetime) -> list[Missed]:
        self.compared.append(since)
        return [one for one in self.list if one.written >= since and parse_qs(one.request.body.decode())["To"] == [to]]

    def rang(self, to: str, since: datetime) -> list[Rang]:
        return [one for one in self.rung if one.at >= since and one.heard.called == to]

    def recover(self, missed: Missed) -> Request:
        return missed.request

    def _taken(self, call: Call) -> Receipt:
        if isinstance(call, Fetch):
            told = call.media.content_type or "image/jpeg"
            return Receipt(file=File(MAGIC.get(told, b"") + b"bytes of " + call.media.ref.encode(), told))
        number = next(self._numbers)
        return Receipt(str(number) if isinstance(call, OpenTopic) else self._form.format(number))
