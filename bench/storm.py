"""A storm: thousands of studios write within a minute of one outage, some SEV1, with the budgets that ship."""

import re
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread
from typing import Any

from sqlalchemy import func, select

from bench.bed import Bed
from bench.customers import first_lines, phones
from bench.engine import engine_for
from bench.load import fire, spread
from bench.memory import share
from models import Delivery
from tests.support.sandbox import GROUP, Sandbox
from tests.support.stack import Stack

_RATE = 5000 / 60
_SEV1S = 10
_GALLERY = "A client cannot open the gallery I sent this morning."
_URGENT = "PAYMENT NOT WORKING brides dad card failed twice"
_QUIET = 8.0  # seconds of silence that end a burst, as the policy that ships has it
_PATIENCE = 180.0  # seconds after the last line for the last receipt
_WINDOW = 60.0
_GIVEN = 2.0  # seconds until a SEV1 has asked for its topic; others that open later have gone before it


@dataclass(frozen=True)
class Storm:
    """Seconds unless said otherwise. ``queued_*`` from the end of a burst (8 s after its line was posted) to its
    receipt in the outbox, ``sent_p99`` to Twilio having it; ``busiest`` is the most calls the group got in any 60 s,
    ``too_many`` how many Telegram answered 429; ``urgent_worst`` from a SEV1 line to its topic, ``overtaken`` topics
    of others that were opened while one of a SEV1 waited; ``worker`` the most MiB a worker held."""

    studios: int
    lasted: float
    refused: int
    receipts: int
    repeated: int
    queued_p50: float
    queued_p99: float
    queued_worst: float
    sent_p99: float
    busiest: int
    too_many: int
    urgent: int
    urgent_worst: float
    overtaken: int
    worker: float

    @property
    def wrong(self) -> int:
        """Lines not answered 2xx, and studios without a receipt or with two."""
        return self.refused + (self.studios - self.receipts) + self.repeated


def measure(bed: Bed) -> Storm:
    """At 5,000 a minute whatever their number; until every receipt is out and every SEV1 has its topic."""
    count = bed.size(5000 if bed.database == "postgresql" else 1000, 500)
    urgent = range(count // _SEV1S, count + 1, count // _SEV1S)  # studios are numbered from 1
    texts = [_URGENT if number in urgent else _GALLERY for number in range(1, count + 1)]
    with bed.shipped() as stack:
        shots = first_lines(stack, texts)
        with _Watch(stack) as watch:
            answers = fire(shots, _RATE)
            _settled(stack, count, urgent)
        queued, sent = _queued(stack), _sent(stack.sandbox)
        calls, topics = _calls(stack.sandbox), _topics(stack.sandbox)
    ends = {phone: posted + _QUIET for phone, posted in zip(phones(count), answers.posted, strict=True)}
    late = spread([queued[phone] - end for phone, end in ends.items() if phone in queued])
    out = spread([sent[phone][0] - end for phone, end in ends.items() if phone in sent])
    waits = [(answers.posted[number - 1], topics.get(number, float("inf"))) for number in urgent]
    others = [at for number, at in topics.items() if number not in urgent]
    return Storm(
        studios=count,
        lasted=answers.lasted,
        refused=count - answers.taken,
        receipts=sum(phone in sent for phone in ends),
        repeated=sum(len(moments) > 1 for moments in sent.values()),
        queued_p50=late.p50 / 1000,
        queued_p99=late.p99 / 1000,
        queued_worst=late.worst / 1000,
        sent_p99=out.p99 / 1000,
        busiest=busiest(_moment(call) for call in calls if call["outcome"] == 200),
        too_many=sum(call["outcome"] == 429 for call in calls),
        urgent=len(waits),
        urgent_worst=max(opened - posted for posted, opened in waits),
        overtaken=sum(any(posted + _GIVEN < at < opened for posted, opened in waits) for at in others),
        worker=watch.most,
    )


class _Watch:
    """The most memory the worker holds while this is open, looked at once a second."""

    def __init__(self, stack: Stack) -> None:
        self.most = 0.0
        self._stack, self._over = stack, Event()
        self._thread = Thread(target=self._look)

    def __enter__(self) -> "_Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(1):
            self.most = max(self.most, share(self._stack, "worker"))


def _settled(stack: Stack, count: int, urgent: Iterable[int]) -> None:
    """Waits until every receipt is at Twilio and every SEV1 has its topic, or patience ends."""
    gone = select(func.count()).where(Delivery.channel == "whatsapp", Delivery.accepted_at.is_not(None))
    engine, end = engine_for(stack.environment["DATABASE_URL"]), time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        time.sleep(2)
        with engine.connect() as connection:
            out = connection.execute(gone).scalar_one()
        if out >= count and set(urgent) <= set(_topics(stack.sandbox)):
            break


def _queued(stack: Stack) -> dict[str, float]:
    """Studio's number → when its receipt was put into the outbox."""
    first = select(Delivery.destination, func.min(Delivery.created_at)).where(Delivery.channel == "whatsapp")
    with engine_for(stack.environment["DATABASE_URL"]).connect() as connection:
        rows = connection.execute(first.group_by(Delivery.destination))
        return {phone: moment.timestamp() for phone, moment in rows}


def _sent(sandbox: Sandbox) -> dict[str, list[float]]:
    """Studio's number → when Twilio took what it was sent."""
    found: dict[str, list[float]] = {}
    for entry in sandbox.ledger(provider="twilio", flow="call", outcome=201):
        found.setdefault(entry["request"]["To"].removeprefix("whatsapp:"), []).append(_moment(entry))
    return found


def _topics(sandbox: Sandbox) -> dict[int, float]:
    """Studio → when its topic was opened."""
    found: dict[int, float] = {}
    for entry in sandbox.ledger(provider="telegram", flow="call", action="createForumTopic", outcome=200):
        named = re.search(r"Studio (\d{5})", entry["request"]["name"])
        if named:
            found.setdefault(int(named[1]), _moment(entry))
    return found


def _calls(sandbox: Sandbox) -> list[dict[str, Any]]:
    """What the group got that Telegram counts: sends, edits, topics, reactions and pins."""
    calls = sandbox.ledger(provider="telegram", flow="call")
    counted = ("send", "edit", "createForumTopic", "setMessageReaction", "pin")
    return [one for one in calls if one["destination"] == str(GROUP) and one["action"].startswith(counted)]


def busiest(moments: Iterable[float]) -> int:
    """The most of them in any minute."""
    most, window = 0, deque[float]()
    for moment in sorted(moments):
        window.append(moment)
        while window[0] <= moment - _WINDOW:
            window.popleft()
        most = max(most, len(window))
    return most


def _moment(entry: dict[str, Any]) -> float:
    return datetime.fromisoformat(entry["real"]).timestamp()
