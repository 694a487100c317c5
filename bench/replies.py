"""From an agent's reply in the topic to the call at Twilio, at a calm pace."""

import itertools
import json
import re
import time
from dataclasses import dataclass
from datetime import datetime

from bench.bed import Bed
from bench.customers import first_lines, numbered
from bench.load import Shot, fire, spread
from tests.support.people import LENA
from tests.support.sandbox import GROUP, Sandbox, eventually

_RATE = 20.0
_TICKETS = 20
_PATIENCE = 60.0  # seconds after the last reply


@dataclass(frozen=True)
class Replies:
    """Milliseconds from telling the sandbox what the agent writes, which posts it to our webhook, to the sandbox
    having taken the call to the customer."""

    rate: float
    replies: int
    carried: int
    p50: float
    p99: float
    worst: float

    @property
    def missing(self) -> int:
        return self.replies - self.carried


def measure(bed: Bed) -> Replies:
    """Lena answers with ``/r`` in one topic after the other; her first answers, before which Telegram is asked who she
    is, are not counted."""
    texts = numbered(bed.size(400, 100))
    with bed.stack() as stack:
        fire(first_lines(stack, ["A client cannot open the gallery I sent this morning."] * _TICKETS), _RATE)
        threads = eventually(lambda: _threads(stack.sandbox), 60, "every card is in its topic, every receipt out")
        fire([_said(stack.sandbox, thread, f"number 9{thread:05}") for thread in threads], _RATE)
        eventually(lambda: len(_carried(stack.sandbox, 0)) == _TICKETS, 30, "the first answers are at the customers")
        before, turns = stack.sandbox.last, itertools.cycle(threads)
        answers = fire([_said(stack.sandbox, next(turns), text) for text in texts], _RATE)
        found = _all_carried(stack.sandbox, before, len(texts))
    pairs = zip(range(len(texts)), answers.posted, strict=True)
    took = spread([found[number] - posted for number, posted in pairs if number in found])
    return Replies(_RATE, len(texts), len(found), took.p50, took.p99, took.worst)


def _threads(sandbox: Sandbox) -> list[int]:
    """The topics, once all are there and every receipt is at its customer."""
    receipts = sandbox.ledger(provider="twilio", flow="call", outcome=201)
    topics = [topic["message_thread_id"] for topic in sandbox.get(f"telegram/chats/{GROUP}")["topics"]]
    return topics[-_TICKETS:] if len(receipts) >= _TICKETS and len(topics) > _TICKETS - 1 else []


def _said(sandbox: Sandbox, thread: int, text: str) -> Shot:
    body = {"chat_id": GROUP, "user_id": LENA, "message_thread_id": thread, "text": f"/r {text}"}
    return Shot(f"{sandbox.base}/sandbox/telegram/say", json.dumps(body), {"Content-Type": "application/json"})


def _all_carried(sandbox: Sandbox, after: int, wanted: int) -> dict[int, float]:
    end = time.monotonic() + _PATIENCE
    while len(_carried(sandbox, after)) < wanted and time.monotonic() < end:
        time.sleep(1)
    return _carried(sandbox, after)


def _carried(sandbox: Sandbox, after: int) -> dict[int, float]:
    """Number of the reply → the unix time at which Twilio took it first."""
    found: dict[int, float] = {}
    for entry in sandbox.ledger(after, provider="twilio", flow="call", outcome=201):
        number = re.search(r"number (\d{6})", entry["request"].get("Body", ""))
        if number:
            found.setdefault(int(number[1]), datetime.fromisoformat(entry["real"]).timestamp())
    return found
