"""Promises: clocks by name and state, how they ended, and how late time was noticed."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prometheus_client.core import Metric
from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.shell import Shell
from models import Clock, Conversation, HotlineWindow, Ticket, TicketEvent
from webhooks.figures.gauges import NEWEST, RECENT, ages, counted, quantiles, written

(_OPEN,) = written("open")
# What time does next, each by its own index; all business time.
_AHEAD: dict[str, InstrumentedAttribute[Any]] = {
    "burst": Conversation.wake_at,
    "clock": Clock.due_at,
    "hotline": HotlineWindow.due_at,
    "silence": Ticket.silent_at,
    "snooze": Ticket.snoozed_until,
    "window": Conversation.window_warn_at,
}


def promises(shell: Shell, session: Session) -> Iterator[Metric]:
    now = shell.clock.now()
    clocks, outcomes = _clocks(session)
    yield counted("backstop_clocks", "clocks of the open tickets by name and state", ("clock", "state"), clocks)
    words = "promised next updates of the open tickets by what became of them"
    yield counted("backstop_promises", words, ("outcome",), outcomes)
    first = ((what, session.scalar(select(func.min(at)).where(at.is_not(None)))) for what, at in _AHEAD.items())
    words = "how long ago the oldest moment came that nobody has acted on yet"
    yield ages("backstop_overdue_seconds", words, "what", now, first)
    words = "from a moment to its being noticed, of the last hour; breach: a limit passed, mark: a target or warning"
    yield quantiles("backstop_lateness_seconds", words, "what", _lateness(session, now))


def _clocks(session: Session) -> tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]]:
    """(clocks by name and state, promises by outcome as ``sla.Clock.outcome`` has it) of the open tickets."""
    ended = case((and_(Clock.name == "UP", Clock.reason.in_(("rescued", "moved"))), Clock.reason), else_="")
    by = (Clock.name, Clock.state, ended)
    clocks: Counter[tuple[str, ...]] = Counter()
    outcomes: Counter[tuple[str, ...]] = Counter()
    opened = select(*by, func.count()).join(Ticket, Ticket.id == Clock.ticket_id).where(Ticket.state == _OPEN)
    for name, state, reason, many in session.execute(opened.group_by(*by)):
        clocks[name, state] += many
        if name == "UP":
            outcomes[(_outcome(state, reason),)] += many
    return clocks, outcomes


def _outcome(state: str, reason: str) -> str:
    if reason == "rescued":
        return reason
    return {"breached": "broken", "met_late": "broken", "met": "kept"}.get(state, reason or "open")


def _lateness(session: Session, now: datetime) -> dict[str, list[float]]:
    newest = select(TicketEvent.id).order_by(TicketEvent.id.desc()).limit(NEWEST).subquery()
    columns = (TicketEvent.occurred_at, TicketEvent.ingested_at, TicketEvent.data)
    told = select(*columns).join(newest, newest.c.id == TicketEvent.id).where(TicketEvent.kind == "told")
    late: defaultdict[str, list[float]] = defaultdict(list)
    for at, seen, data in session.execute(told):
        if now - seen <= RECENT:
            late["breach" if data.get("mark") == "limit" else "mark"].append((seen - at).total_seconds())
    return late
