"""A look along a long inbox: an outage in a customer's words, and what an agent does, do not wait their turn."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot import turns
from bot.shell import Glance
from models import Inbound

_AT_ONCE = 500  # rows looked at between two batches


def urgent_first(
    session: Session, now: datetime, glance: Glance, rows: Sequence[Inbound], cannot_wait: Callable[[Inbound], bool]
) -> list[Inbound]:
    """As many rows as came, with all that waits of urgent sources first; within a source the order stays."""
    for row in turns.beyond(session, glance.seen, _AT_ONCE):
        glance.seen = row.id  # first: a row that crashes here is looked at once
        if row.source and cannot_wait(row):
            glance.sources.add(row.source)
    urgent = turns.waiting_of(session, now, glance.sources, len(rows)) if glance.sources else []
    if not urgent:
        glance.sources.clear()
    return list({row.id: row for row in (*urgent, *rows)}.values())[: len(rows)]
