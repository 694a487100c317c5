"""How fast one worker, and four, send what is owed: deliveries to customers, five to each."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from bench.bed import Bed
from bench.engine import engine_for
from models import Delivery
from tests.support.sandbox import WHATSAPP, Sandbox
from tests.support.stack import Stack

_EACH = 5  # deliveries to one address: 10,000 to 2,000
_PATIENCE = 600.0


@dataclass(frozen=True)
class Drain:
    """Calls a second between the first and the last one Twilio took, and how many were not taken exactly once; by one
    worker, then by four on a database of their own. ``shared`` is the four's rate by the one's."""

    deliveries: int
    addresses: int
    rate: float
    wrong: int
    rate_of_four: float
    wrong_of_four: int
    shared: float


def measure(bed: Bed) -> Drain:
    """SQLite is for one worker."""
    count = bed.deliveries
    rate, wrong = _drained(bed, ["worker"])
    four = [f"worker-{number}" for number in range(1, 5)] if bed.database == "postgresql" else ["worker"]
    rate_of_four, wrong_of_four = _drained(bed, four) if len(four) > 1 else (rate, wrong)
    return Drain(count, count // _EACH, rate, wrong, rate_of_four, wrong_of_four, rate_of_four / rate)


def _drained(bed: Bed, workers: list[str]) -> tuple[float, int]:
    """Puts the deliveries into the outbox while no worker runs, starts them and reads the ledger."""
    count = bed.deliveries
    with bed.stack() as stack:
        stack.stop("worker")
        _owe(stack, count)
        for name in workers:
            stack.start_worker(name)
        taken = _taken(stack.sandbox, count)
    texts = [entry["request"]["Body"] for entry in taken]
    moments = [datetime.fromisoformat(entry["real"]) for entry in taken]
    seconds = (max(moments) - min(moments)).total_seconds()
    return len(taken) / seconds, (count - len(set(texts))) + (len(texts) - len(set(texts)))


def _owe(stack: Stack, count: int) -> None:
    with engine_for(stack.environment["DATABASE_URL"]).begin() as connection:
        connection.execute(insert(Delivery), [_row(number, max(1, count // _EACH)) for number in range(count)])


def _row(number: int, addresses: int) -> dict[str, Any]:
    address = f"+3461{number % addresses:07}"
    payload = {"to": f"whatsapp:{address}", "text": f"news number {number:06}", "sender": f"whatsapp:{WHATSAPP}"}
    return {
        "kind": "SendText",
        "channel": "whatsapp",
        "destination": address,
        "thread": f"whatsapp:{address}",
        "lane": 1,
        "payload": payload,
        "created_at": datetime.now(UTC),
    }


def _taken(sandbox: Sandbox, wanted: int) -> list[dict[str, Any]]:
    """The messages Twilio took, once there are as many as wanted, or when patience ends."""
    end = time.monotonic() + _PATIENCE
    while sandbox.last < wanted and time.monotonic() < end:
        time.sleep(0.5)
    time.sleep(1)
    return sandbox.ledger(provider="twilio", flow="call", outcome=201)
