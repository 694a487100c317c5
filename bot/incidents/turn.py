"""What time does for incidents: tickets learn that they are in one, somebody leads it, it is told, shown and ended."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.incidents import deciding, joining, links, showing, telling
from bot.scene import open_ticket_scene
from bot.shell import Shell
from bot.sweeps import BATCH, sweep_each
from models import Incident, IncidentTicket, Ticket

_LASTING = ("proposed", *links.RUNNING)
_CLOSING = timedelta(minutes=10)  # for which a card that is over is still looked after


def turn(shell: Shell) -> None:
    """Each step is a transaction of its own under one ticket's lock, and looks again whether it is still to be done."""
    with shell.db.reading() as session:
        numbers = [(incident.id,) for incident in links.standing(session, *_LASTING)]
        moves = _moving(session) if numbers else []
        ended = _ended(session, shell)
    sweep_each(shell, moves, _move, "incidents")
    sweep_each(shell, numbers, _lead, "incidents")
    if numbers:
        telling.carry_out(shell)
    sweep_each(shell, [*numbers, *ended], _show, "incidents")


def _moving(session: Session) -> list[tuple[int, int]]:
    """The tickets that have yet to learn that they are in an incident, or were taken out of one."""
    moves = IncidentTicket.joined_at.is_(None) | (IncidentTicket.left_why != "")
    waiting = (moves, IncidentTicket.left_at.is_(None), Incident.state.in_(links.RUNNING))
    found = select(IncidentTicket.incident_id, IncidentTicket.ticket_id).join(Incident).where(*waiting)
    return [(row[0], row[1]) for row in session.execute(found.order_by(IncidentTicket.id).limit(BATCH))]


def _move(shell: Shell, number: int, ticket: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, ticket)
        incident = links.locked(session, number)
        made = links.link_of(session, number, ticket)
        if scene is None or incident is None or made is None:
            return
        if made.left_why and made.joined_at is not None:
            joining.leave(scene, made.left_why, "bot")
        elif made.left_why:
            made.left_at = scene.now
        elif made.joined_at is None:
            joining.join(scene, incident, made)


def _lead(shell: Shell, number: int) -> None:
    """Its lead has left or is resolved: the next one rings in its place, unless somebody has had the page."""
    with shell.db.reading() as session:
        incident = session.get_one(Incident, number)
        if incident.state not in links.RUNNING or _led(session, incident):
            return
        following = deciding.lead(session, incident)
        if following is None:
            return
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, following)
        fresh = links.locked(session, number)
        if scene is None or fresh is None or fresh.lead_id != incident.lead_id:
            return
        fresh.lead_id = following
        if scene.ticket and scene.ticket.incident_id == number and not deciding.had(session, fresh):
            joining.page(scene, raised=scene.ticket.severity == 1)


def _led(session: Session, incident: Incident) -> bool:
    """Whether its lead is open and still in it; asked at every look, so without a look at all the others."""
    lead = session.get(Ticket, incident.lead_id) if incident.lead_id else None
    if lead is None or lead.state != "open" or lead.incident_id not in (incident.id, None):
        return False
    return links.link_of(session, incident.id, lead.id) is not None


def _ended(session: Session, shell: Shell) -> list[tuple[int]]:
    """Those whose card may not say yet that they are over."""
    just = select(Incident.id).where(Incident.closed_at > shell.clock.now() - _CLOSING)
    return [(number,) for number in session.scalars(just)]


def _show(shell: Shell, number: int) -> None:
    with shell.db.reading() as session:
        incident = session.get_one(Incident, number)
        call, over = showing.due(shell, session, incident), _over(session, incident)
    if call is None and not over:
        return
    with shell.db.writing() as session:
        fresh = links.locked(session, number)
        if fresh is None or fresh.delivery_id != incident.delivery_id:
            return  # another worker was faster
        if _over(session, fresh):
            fresh.state, fresh.closed_at = "closed", shell.clock.now()
        elif call is not None:
            showing.owe(shell, session, fresh, call)
        shell.db.ring(session)


def _over(session: Session, incident: Incident) -> bool:
    """After the all-clear it ends with its last open ticket."""
    members = links.members(session, incident) if incident.state == "clear" else ()
    return incident.state == "clear" and not any(ticket.state == "open" for _, ticket in members)
