"""What waits and for whom: the queue of unowned tickets, one's own, and who is on duty."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, joinedload

from bot.desk.asks import Ask, Told
from channels.wire import Option
from conversations.phrases import clock_time
from models import Agent, Clock, Ticket

_SHOWN = 15  # lines; more is no list one reads on a phone
_BUTTONS = 6


def queue(ask: Ask) -> Told:
    """Unowned tickets, the most urgent first, with a button to take each of the first."""
    free = (Ticket.owner_id.is_(None), Ticket.snoozed_until.is_(None))
    tickets, count = _open(ask.session, *free)
    lines = [_line(ask, ticket) for ticket in tickets]
    more = [f"and {count - len(tickets)} more"] if count > len(tickets) else []
    head = f"{count} waiting for somebody:" if count else "Nobody waits: every open ticket has an owner."
    takes = tuple(
        Option(f"v1:take:{one.id}", f"Take #{one.id}")
        for one in tickets[:_BUTTONS]
        if one.topic and one.topic.chat_id == ask.event.chat
    )
    return Told("\n".join([head, *lines, *more, escape(duty(ask.session))]), html=True, options=takes)


def mine(ask: Ask) -> Told:
    """The open tickets of whoever asks."""
    tickets, count = _open(ask.session, Ticket.owner_id == ask.agent.id)
    lines = [_line(ask, ticket) for ticket in tickets]
    more = [f"and {count - len(tickets)} more"] if count > len(tickets) else []
    return Told("\n".join([f"{count} of yours:" if count else "No open ticket is yours.", *lines, *more]), html=True)


def duty(session: Session) -> str:
    """Who is on, by name."""
    on = session.scalars(select(Agent.name).where(Agent.on_duty_since.is_not(None)).order_by(Agent.on_duty_since)).all()
    return f"On duty: {', '.join(on)}" if on else "Nobody is on duty (/on)."


def place(ticket: Ticket) -> str:
    """``#12`` as a link to its topic."""
    topic, number = ticket.topic, f"#{ticket.id}"
    if topic is None or topic.thread_id is None:
        return number
    return f'<a href="https://t.me/c/{str(topic.chat_id).removeprefix("-100")}/{topic.thread_id}">{number}</a>'


def _open(session: Session, *which: ColumnElement[bool]) -> tuple[Sequence[Ticket], int]:
    """(the first in queue order, how many in all): severity, tier, then due (sla.md section 1)."""
    wanted = (Ticket.state == "open", *which)
    tier = case({"agency": 0, "pro": 1}, value=Ticket.tier, else_=2)
    soonest = _due(Ticket.id).correlate(Ticket).scalar_subquery()
    order = (Ticket.severity, tier, soonest.is_(None), soonest, Ticket.id)
    found = select(Ticket).where(*wanted).order_by(*order).limit(_SHOWN).options(joinedload(Ticket.studio))
    count = session.scalar(select(func.count()).select_from(Ticket).where(*wanted)) or 0
    return session.scalars(found).unique().all(), count


def _due(ticket: object) -> Select[datetime]:
    """The soonest promise to the customer that still runs."""
    promises = (Clock.ticket_id == ticket, Clock.state == "running", Clock.name.in_(("FR", "NR", "UP", "BATCH")))
    return select(func.min(func.coalesce(Clock.target_due, Clock.limit_due))).where(*promises)


def _line(ask: Ask, ticket: Ticket) -> str:
    """``#12 SEV1 payment · Adeyemi Photo · agency · by 14:37``."""
    now, zone = ask.shell.clock.now(), ask.shell.policies.support_zone
    due = ask.session.scalar(_due(ticket.id))
    by = f" · by {clock_time(due, now, zone, 'en')}" if due else ""
    late = " LATE" if due and due < now else ""
    until = f" · snoozed until {clock_time(ticket.snoozed_until, now, zone, 'en')}" if ticket.snoozed_until else ""
    studio = escape(ticket.studio.name) if ticket.studio else "unknown sender"
    return f"{place(ticket)} SEV{ticket.severity} {ticket.category} · {studio} · {ticket.tier}{by}{late}{until}"
