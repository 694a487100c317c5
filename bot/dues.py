"""Which clocks have come due: claimed by one worker for a moment, so that several share the work."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam, or_, select, update

from bot.shell import Shell
from models import Clock
from models.base import Moment

_HOLD = timedelta(seconds=30)  # a worker that dies with a claim gives it back after this
_NOW, _AT = bindparam("now", type_=Moment()), bindparam("at", type_=Moment())


def claim(shell: Shell, most: int) -> list[int]:
    """The tickets of at most so many due clocks, the longest due first; business time decides, real time claims."""
    now, at = shell.clock.now(), shell.clock.real()
    with shell.db.reading() as session:
        if session.execute(_due(), {"now": now, "at": at, "most": 1}).first() is None:
            return []
    with shell.db.claiming() as session:
        values = {"now": now, "at": at, "most": most, "until": at + _HOLD}
        rows = session.execute(_claim(), values).all()
    return list(dict.fromkeys(ticket for _, ticket in sorted((due_at, ticket) for due_at, ticket in rows)))


@cache
def _due() -> Any:
    free = or_(Clock.claimed_until.is_(None), Clock.claimed_until < _AT)
    due = select(Clock.id).where(Clock.due_at.is_not(None), Clock.due_at < _NOW, free)
    return due.order_by(Clock.due_at).limit(bindparam("most", type_=Integer))


@cache
def _claim() -> Any:
    mine = _due().with_for_update(skip_locked=True).cte("mine")
    taken = update(Clock).where(Clock.id.in_(select(mine.c.id)))
    taken = taken.values(claimed_until=bindparam("until", type_=Moment())).returning(Clock.due_at, Clock.ticket_id)
    return taken.execution_options(synchronize_session=False)
