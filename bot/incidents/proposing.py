"""Looks whether fresh tickets are one problem, and proposes it to the agents; people decide."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.incidents import links
from bot.shell import Shell
from models import Incident, IncidentTicket, Message, Ticket, Topic
from triage.incidents import HISTORY, Proposal, Signal, busy, fits, propose

_MOST = 500  # fresh tickets looked at: a storm is one incident long before
_PAST = 20_000  # tickets that tell what is usual
_KEPT = timedelta(minutes=10)  # what is usual is read this often


class Proposer:
    """Called by the ticker; what is usual is kept a while, as it takes the most reading."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._past: tuple[datetime, list[Signal]] | None = None

    def __call__(self) -> None:
        shell = self._shell
        if shell.desk.group is None:
            return
        with shell.db.reading() as session:
            fresh = recent(shell, session)
            waiting = links.standing(session, "proposed")
        for incident in waiting:
            more = [one for one in fresh if fits(incident.category, incident.marks, one)]
            if more:
                _grow(shell, incident.id, more)
                fresh = [one for one in fresh if one not in more]
        if not busy(fresh, shell.incidents):
            return
        for proposal in propose(fresh, self._usual(), shell.clock.now(), shell.incidents):
            _put(shell, proposal)

    def _usual(self) -> list[Signal]:
        now = self._shell.clock.now()
        if self._past is None or not timedelta(0) <= now - self._past[0] < _KEPT:
            with self._shell.db.reading() as session:
                self._past = (now, past(self._shell, session))
        return self._past[1]


def recent(shell: Shell, session: Session) -> list[Signal]:
    """The open tickets of the last minutes that no incident has had, with all their customers said by now."""
    since = shell.clock.now() - shell.incidents.within
    had = select(IncidentTicket.id).where(IncidentTicket.ticket_id == Ticket.id)
    wanted = select(Ticket).where(Ticket.opened_at >= since, Ticket.state == "open", ~had.exists())
    found = session.scalars(wanted.order_by(Ticket.id).limit(_MOST)).unique().all()
    said: dict[int, list[str]] = {}
    lines = select(Message.ticket_id, Message.text).where(
        Message.ticket_id.in_([ticket.id for ticket in found]), Message.author == "customer"
    )
    for number, text in session.execute(lines) if found else ():
        said.setdefault(number or 0, []).append(text)
    return [_signal(ticket, "\n".join(said.get(ticket.id, [ticket.words]))) for ticket in found]


def past(shell: Shell, session: Session) -> list[Signal]:
    """What came before, but for what was an incident."""
    now = shell.clock.now()
    before = (Ticket.opened_at >= now - HISTORY, Ticket.opened_at < now - shell.incidents.within)
    calm = Ticket.id.not_in(select(IncidentTicket.ticket_id).where(IncidentTicket.joined_at.is_not(None)))
    facts = select(Ticket.id, Ticket.opened_at, Ticket.category, Ticket.severity, Ticket.words).where(*before, calm)
    rows = session.execute(facts.order_by(Ticket.opened_at.desc()).limit(_PAST))
    return [Signal(number, "", at, category, severity, words) for number, at, category, severity, words in rows]


def _signal(ticket: Ticket, words: str) -> Signal:
    whose = links.whose(ticket)
    return Signal(ticket.id, whose, ticket.opened_at, ticket.category, ticket.severity, words)


def _put(shell: Shell, proposal: Proposal) -> None:
    """Writes it down, unless another worker was faster."""
    with shell.db.writing() as session:
        tickets = _locked(session, proposal.tickets)
        if len(tickets) < len(proposal.tickets):
            return
        chat = session.scalar(select(Topic.chat_id).where(Topic.ticket_id == tickets[0].id))
        incident = Incident(
            title=proposal.title,
            category=proposal.category,
            severity=proposal.severity,
            marks=list(proposal.marks),
            reasons=list(proposal.reasons),
            state="proposed",
            began_at=min(ticket.opened_at for ticket in tickets),
            proposed_at=shell.clock.now(),
            chat_id=chat,
        )
        session.add(incident)
        session.flush()
        _add(shell, session, incident, proposal.tickets)


def _grow(shell: Shell, number: int, more: Sequence[Signal]) -> None:
    """Further reports of what people have yet to decide."""
    with shell.db.writing() as session:
        tickets = _locked(session, [one.ticket for one in more])
        incident = links.locked(session, number)
        if incident is not None and incident.state == "proposed":
            _add(shell, session, incident, [ticket.id for ticket in tickets])


def _locked(session: Session, numbers: Sequence[int]) -> list[Ticket]:
    """Those of the tickets that no incident has had, held against another worker's same proposal."""
    held = select(Ticket).where(Ticket.id.in_(numbers)).order_by(Ticket.id).with_for_update(of=Ticket)
    found = session.scalars(held).unique().all()
    had = set(session.scalars(select(IncidentTicket.ticket_id).where(IncidentTicket.ticket_id.in_(numbers))))
    return [ticket for ticket in found if ticket.id not in had]


def _add(shell: Shell, session: Session, incident: Incident, numbers: Sequence[int]) -> None:
    for number in numbers:
        made = IncidentTicket(incident_id=incident.id, ticket_id=number, linked_by="bot")
        made.linked_at = shell.clock.now()
        session.add(made)
