"""From a SEV1 line to the first page at the provider: one by one among many open tickets; a flood for one person."""

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from bench.bed import Bed
from bench.customers import first_lines
from bench.engine import engine_for
from bench.load import fire, spread
from bot.hotline.enrol import import_roster
from conversations.states import Idle, to_json
from models import Address, Base, Clock, Conversation, Ticket, TicketEvent
from tests.support.sandbox import Sandbox
from tests.support.stack import Stack

_PHONE = "+34600000011"
_ROTA = f"""
[[person]]
name = "Lena"
roles = ["primary"]
phone = "{_PHONE}"
verified = true
"""
_URGENT = "PAYMENT NOT WORKING brides dad card failed twice"
_SETTLES = 40.0  # seconds after the last line: more than two bundles
_ALONE = ("alone = 5 ", "alone = 1000 ")  # each page by itself, so that each can be told from the others


@dataclass(frozen=True)
class Paging:
    """Seconds from posting the line to Twilio having the page. ``paged`` are the SEV1 lines whose page went out, of
    ``lines``, with so many tickets ``open``; ``flood_first`` is the first page of the flood, ``flood_texts`` all texts
    and messages that one person got from it."""

    open: int
    lines: int
    paged: int
    p50: float
    p99: float
    flood: int
    flood_first: float
    flood_texts: int

    @property
    def missing(self) -> int:
        return self.lines - self.paged


def measure(bed: Bed) -> Paging:
    """Calmly first, two a second; then the flood, on a stack of its own."""
    many, count, flood = 10_000, bed.size(120, 20), bed.size(500, 100)
    with bed.stack() as stack:
        _stand_by(stack, many)
        stack.stop("worker")
        stack.start_worker(POLICY_FILE=_each_alone(stack))
        posted, pages = _written(stack, count, 2.0, 5.0)
    took = [pages[number] - at for number, at in enumerate(posted, 1) if number in pages]
    with bed.stack() as stack:
        _stand_by(stack, 0)
        posted, pages = _written(stack, flood, flood / bed.size(60, 12), _SETTLES)
        first, texts = min(pages.values(), default=float("inf")) - posted[0], len(_texts(stack.sandbox))
    calm = spread(took)
    return Paging(many, count, len(took), calm.p50 / 1000, calm.p99 / 1000, flood, first, texts)


def _stand_by(stack: Stack, many: int) -> None:
    """One person is on call, and so many tickets are open."""
    with stack.shell() as shell:
        import_roster(shell, _ROTA.encode())
    with engine_for(stack.environment["DATABASE_URL"]).begin() as connection:
        _open(connection, many)


def _each_alone(stack: Stack) -> str:
    """A policy by which no page waits for others."""
    file = Path(stack.environment["POLICY_FILE"])
    before = file.read_text()
    assert _ALONE[0] in before
    alone = file.with_name("alone.toml")
    alone.write_text(before.replace(*_ALONE))
    return str(alone)


def _written(stack: Stack, count: int, rate: float, settles: float) -> tuple[list[float], dict[int, float]]:
    """(when each studio's line was posted, studio's number → when the first page that names it was taken)."""
    answers = fire(first_lines(stack, [_URGENT] * count), rate)
    time.sleep(settles)
    found: dict[int, float] = {}
    for entry in _texts(stack.sandbox):
        for number in re.findall(r"Studio (\d{5})", entry["request"]["Body"]):
            found.setdefault(int(number), datetime.fromisoformat(entry["real"]).timestamp())
    return answers.posted, found


def _texts(sandbox: Sandbox) -> list[dict[str, Any]]:
    calls = sandbox.ledger(provider="twilio", flow="call", outcome=201)
    return [entry for entry in calls if _PHONE in entry["request"].get("To", "") and "Body" in entry["request"]]


def _open(connection: Connection, many: int) -> None:
    """Tickets of strangers, whose first answer is due tomorrow."""
    now = datetime.now(UTC)
    values = [{"channel": "bench", "value": str(number), "profile_name": "", "claim": ""} for number in range(many)]
    addresses = _made(connection, Address, values)
    state = to_json(Idle())
    conversations = _made(connection, Conversation, [{"address_id": number, "state": state} for number in addresses])
    common = {"tier": "free", "category": "other", "severity": 3, "reasons": [], "state": "open", "opened_at": now}
    tickets = _made(connection, Ticket, [{"conversation_id": number, **common} for number in conversations])
    facts = {"kind": "opened", "occurred_at": now, "ingested_at": now, "actor": "customer"}
    _made(
        connection,
        TicketEvent,
        [{"ticket_id": one, "data": {"tier": "free", "severity": 3}, **facts} for one in tickets],
    )
    clock = {"name": "FR", "policy": "", "state": "running", "reason": "", "started_at": now}
    due = {"due_at": now + timedelta(days=1)}
    _made(connection, Clock, [{"ticket_id": one, **clock, **due} for one in tickets])


def _made(connection: Connection, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """Inserts; the numbers of all rows of the table."""
    if rows:
        connection.execute(insert(model), rows)
    return list(connection.scalars(select(model.__table__.c.id)))
