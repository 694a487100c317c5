"""From an agent's reply in the topic to the call at Twilio, at a calm pace."""

import json
import re
import time
from dataclasses import dataclass
from datetime import datetime

from bench.bed import Bed
from bench.customers import numbered, open_ticket
from bench.load import Shot, fire, spread
from tests.support.people import LENA
from tests.support.sandbox import GROUP, Sandbox, eventually

_RATE = 20.0
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
    """Lena answers with ``/r``; her first answer, before which Telegram is asked who she is, is not counted."""
    texts = numbered(bed.size(400, 100))
    with bed.stack() as stack:
        open_ticket(stack)
        thread = stack.sandbox.get(f"telegram/chats/{GROUP}")["topics"][-1]["message_thread_id"]
        fire([_said(stack.sandbox, thread, "number 999999 to begin with")])
        eventually(lambda: _carried(stack.sandbox, 0), 30, "the first answer is at the customer")
        before = stack.sandbox.last
        answers = fire([_said(stack.sandbox, thread, text) for text in texts], _RATE)
        found = _all_carried(stack.sandbox, before, len(texts))
    pairs = zip(range(len(texts)), answers.posted, strict=True)
    took = spread([found[number] - posted for number, posted in pairs if number in found])
    return Replies(_RATE, len(texts), len(found), took.p50, took.p99, took.worst)


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
