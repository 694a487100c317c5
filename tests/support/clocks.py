"""The first rule of promises: what is stored of every clock equals what its events say (sla.md section 2, rule 1)."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from bot.claims import Database
from bot.policy import PolicyBook, read_policy
from models import Clock, Ticket, TicketEvent
from sla import Happened, fold, moves
from tests.support.sandbox import eventually
from tests.support.stack import Stack

_BEGUN = ("policy", "state", "reason", "started_at", "target_due", "limit_due")
_COMPARED = (*_BEGUN, "met_at", "missed_at", "breached_at", "detected_at", "cancelled_at")


def every_clock_agrees(stack: Stack) -> None:
    """Recomputes every clock of every ticket from its events alone and compares; gives a sweep under way its time."""
    db = Database(stack.environment["DATABASE_URL"], pool=1)
    try:
        book = PolicyBook(db, read_policy(Path(stack.environment["POLICY_FILE"])))
        eventually(lambda: not _differing(db, book), 10, "every stored clock equals its events")
    finally:
        found = _differing(db, book)
        db.close()
        assert not found, found


def _differing(db: Database, book: PolicyBook) -> list[Any]:
    with db.reading() as session:
        numbers = session.scalars(select(Ticket.id)).all()
        return [found for number in numbers for found in _of(session, book, number)]


def _of(session: Any, book: PolicyBook, number: int) -> list[Any]:
    rows = session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == number).order_by(TicketEvent.id)).all()
    stored = session.scalars(select(Clock).where(Clock.ticket_id == number)).all()
    events = [Happened(row.kind, row.occurred_at, row.ingested_at, row.actor, row.data, row.policy) for row in rows]
    now = max((event.ingested_at for event in events if moves(event.kind)), default=None)
    if now is None:
        return []
    folded = {(one.name, one.number): _plain(one) for one in fold(events, book, now).clocks}
    kept = {(one.name, one.number): _plain(one) for one in stored}
    return [
        (number, key, kept.get(key), folded.get(key)) for key in {*kept, *folded} if kept.get(key) != folded.get(key)
    ]


def _plain(clock: Any) -> dict[str, Any]:
    return {name: getattr(clock, name) for name in _COMPARED}
