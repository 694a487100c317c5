"""What waits and for whom: the queue of unowned tickets, one's own, and who is on duty."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from bot.desk.asks import Ask, Told
from bot.duty import on_duty
from bot.shell import Shell
from bot.topics import place
from channels.wire import Option
from conversations.phrases import clock_time
from models import Clock, Conversation, Studio, Ticket

_SHOWN = 15  # lines; more is no list one reads on a phone
_BUTTONS = 6


def queue(ask: Ask) -> Told:
    """Unowned tickets, the most urgent first, with a button to take each of the first."""
    free = (Ticket.owner_id.is_(None), Ticket.snoozed_until.is_(None))
    tickets, count = ordered(ask.shell, ask.session, _SHOWN, *free)
    lines = [line(ask.shell, ask.session, ticket) for ticket in tickets]
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
    tickets, count = ordered(ask.shell, ask.session, _SHOWN, Ticket.owner_id == ask.agent.id)
    lines = [line(ask.shell, ask.session, ticket) for ticket in tickets]
    more = [f"and {count - len(tickets)} more"] if count > len(tickets) else []
    return Told("\n".join([f"{count} of yours:" if count else "No open ticket is yours.", *lines, *more]), html=True)


def duty(session: Session) -> str:
    """Who is on, by name."""
    on = on_duty(session)
    return f"On duty: {', '.join(one.name for one in on)}" if on else "Nobody is on duty (/on)."


def ordered(shell: Shell, session: Session, most: int, *which: ColumnElement[bool]) -> tuple[Sequence[Ticket], int]:
    """(the first open tickets in queue order, how many in all): hotline, severity, tier, then the smaller of due and
    the end of WhatsApp's window (sla.md section 1)."""
    now, wanted = shell.clock.now(), (Ticket.state == "open", *which)
    hotline = case((Studio.hotline_until > now, 0), else_=1)
    tier = case({"agency": 0, "pro": 1}, value=Ticket.tier, else_=2)
    ends = case((Conversation.window_expires_at > now, Conversation.window_expires_at), else_=None)
    soonest = case((or_(Ticket.due_at.is_(None), ends < Ticket.due_at), ends), else_=Ticket.due_at)
    order = (hotline, Ticket.severity, tier, soonest.is_(None), soonest, Ticket.id)
    found = select(Ticket).outerjoin(Ticket.studio).join(Conversation, Conversation.id == Ticket.conversation_id)
    shown = found.where(*wanted).order_by(*order).limit(most).options(contains_eager(Ticket.studio))
    count = session.scalar(select(func.count()).select_from(Ticket).where(*wanted)) or 0
    return session.scalars(shown).unique().all(), count


def _due(ticket: object) -> Select[datetime]:
    """The soonest promise to the customer that still runs."""
    promises = (Clock.ticket_id == ticket, Clock.state == "running", Clock.name.in_(("FR", "NR", "UP", "BATCH")))
    return select(func.min(func.coalesce(Clock.target_due, Clock.limit_due))).where(*promises)


def line(shell: Shell, session: Session, ticket: Ticket) -> str:
    """``#12 SEV1 payment · Adeyemi Photo · agency · by 14:37``."""
    now, zone = shell.clock.now(), shell.policies.support_zone
    due = session.scalar(_due(ticket.id))
    by = f" · by {clock_time(due, now, zone, 'en')}" if due else ""
    late = " LATE" if due and due < now else ""
    until = f" · snoozed until {clock_time(ticket.snoozed_until, now, zone, 'en')}" if ticket.snoozed_until else ""
    studio = escape(ticket.studio.name) if ticket.studio else "unknown sender"
    return f"{place(ticket)} SEV{ticket.severity} {ticket.category} · {studio} · {ticket.tier}{by}{late}{until}"
