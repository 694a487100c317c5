"""Tickets, and those that wait for an agent."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client.core import Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.shell import Shell
from models import Ticket
from webhooks.figures.gauges import counted, seconds, single, written

(_OPEN,) = written("open")


def desk(shell: Shell, session: Session) -> Iterator[Metric]:
    states = session.execute(select(Ticket.state, func.count()).group_by(Ticket.state))
    yield counted("backstop_tickets", "tickets by state", ("state",), {(state,): many for state, many in states})
    unowned = Ticket.owner_id.is_(None)
    by = (Ticket.severity, Ticket.tier, unowned)
    opened = select(*by, func.count(), func.min(Ticket.awaited_since)).where(Ticket.state == _OPEN)
    found: Counter[tuple[str, ...]] = Counter()
    waits = []
    for severity, tier, free, many, since in session.execute(opened.group_by(*by)):
        found[str(severity), tier, "no" if free else "yes"] += many
        waits += [since] if since else []
    yield counted("backstop_tickets_open", "open tickets", ("severity", "tier", "owned"), found)
    words = "how long the customer who waits longest has waited for a person's answer"
    yield single("backstop_customer_waits_seconds", words, seconds(shell.clock.now(), min(waits, default=None)))
