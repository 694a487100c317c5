"""The numbers of a period: what happened to each ticket opened in it, read for ``sla.numbers``."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.shell import Shell
from bot.ticks import CARRIERS
from models import Delivery, Incident, Message, Rating, Ticket, TicketEvent
from sla import Happened, fold
from sla.numbers import Heard, Life, Row, rows

_CHUNK = 500  # tickets read at once


def report(shell: Shell, since: datetime, until: datetime) -> list[Row]:
    """Every number over the tickets opened from ``since`` to before ``until``; merged ones count once."""
    with shell.db.reading() as session:
        wanted = select(Ticket).where(Ticket.opened_at >= since, Ticket.opened_at < until).order_by(Ticket.id)
        found = session.scalars(wanted).unique().all()
        lives = [life for n in range(0, len(found), _CHUNK) for life in _lives(shell, session, found[n : n + _CHUNK])]
    return list(rows(lives))


def _lives(shell: Shell, session: Session, tickets: Sequence[Ticket]) -> Iterable[Life]:
    numbers = [ticket.id for ticket in tickets]
    events, heard = _events(session, numbers), _heard(session, numbers)
    rated = select(Rating).where(Rating.ticket_id.in_(numbers))
    ratings = {rating.ticket_id: rating for rating in session.scalars(rated)}
    now, zone, spells = shell.clock.now(), shell.policies.support_zone, _spells(session, tickets)
    for ticket in tickets:
        mine = events[ticket.id]
        if any(event.kind == "merged_into" for event in mine):
            continue
        rating, local = ratings.get(ticket.id), ticket.opened_at.astimezone(zone).isocalendar()
        severities = [event.data[key] for event in mine for kind, key in _SEVERITIES if event.kind == kind]
        yield Life(
            number=ticket.id,
            tier=ticket.tier,
            severity=min([ticket.severity, *severities]),
            category=ticket.category,
            week=f"{local.year}-W{local.week:02}",
            opened_at=ticket.opened_at,
            until=ticket.resolved_at or now,
            resolved=ticket.state == "resolved",
            ledger=fold(mine, shell.book, now),
            events=mine,
            heard=heard[ticket.id],
            solved=rating.solved if rating else "",
            stars=rating.stars if rating else None,
            during=_during(spells, ticket),
        )


def _spells(session: Session, tickets: Sequence[Ticket]) -> Sequence[Incident]:
    """The incidents people confirmed that stood while any of these tickets was opened."""
    first, last = (pick(ticket.opened_at for ticket in tickets) for pick in (min, max))
    stood = (Incident.state.in_(("open", "clear", "closed")), Incident.began_at <= last)
    ended = Incident.closed_at.is_(None) | (Incident.closed_at >= first)
    return session.scalars(select(Incident).where(*stood, ended)).all()


def _during(spells: Sequence[Incident], ticket: Ticket) -> str:
    """From an incident's first report to its end, whoever wrote; what is linked later belongs to it too."""
    at = ticket.opened_at
    within = any(one.began_at <= at and (one.closed_at is None or at <= one.closed_at) for one in spells)
    return "incident" if within or ticket.incident_id is not None else "calm"


_SEVERITIES = (("opened", "severity"), ("severity_changed", "to"))


def _events(session: Session, numbers: list[int]) -> dict[int, list[Happened]]:
    found = defaultdict[int, list[Happened]](list)
    theirs = select(TicketEvent).where(TicketEvent.ticket_id.in_(numbers)).order_by(TicketEvent.id)
    for row in session.scalars(theirs):
        event = Happened(row.kind, row.occurred_at, row.ingested_at, row.actor, row.data, row.policy)
        found[row.ticket_id].append(event)
    return found


def _heard(session: Session, numbers: list[int]) -> dict[int, list[Heard]]:
    """What the provider took for the customer, the first piece of each message."""
    taken = select(Delivery.ticket_id, Delivery.accepted_at, Message.author).join(Message)
    mine = taken.where(Delivery.ticket_id.in_(numbers), Delivery.kind.in_(CARRIERS), Delivery.accepted_at.is_not(None))
    found = defaultdict[int, list[Heard]](list)
    for ticket, at, author in session.execute(mine.where(Message.author.in_(("agent", "bot")))):
        if ticket is not None and at is not None:
            found[ticket].append(Heard(at, author == "agent"))
    return found
