"""Which incident a ticket is in, and who is in an incident."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.scene import Scene
from models import Incident, IncidentTicket, Ticket

RUNNING = ("open", "clear")  # people have confirmed it, and it is not over


def name(incident: Incident) -> str:
    """``I-7``, as people write it."""
    return f"I-{incident.id}"


def standing(session: Session, *states: str) -> Sequence[Incident]:
    """The incidents that are not over, oldest first."""
    wanted = select(Incident).where(Incident.closed_at.is_(None), Incident.state.in_(states))
    return session.scalars(wanted.order_by(Incident.id)).all()


def locked(session: Session, number: int) -> Incident | None:
    """The incident as it now is; conversations are locked before it, never behind it."""
    found = select(Incident).where(Incident.id == number).with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one_or_none()


def running(scene: Scene) -> Incident | None:
    """The incident the ticket is in, while it is not over."""
    number = scene.ticket.incident_id if scene.ticket else None
    incident = scene.session.get(Incident, number) if number is not None else None
    return incident if incident is not None and incident.state in RUNNING else None


def covered(scene: Scene) -> bool:
    """Whether another ticket's pages stand for this one too (sla.md section 6: one incident pages once)."""
    incident = running(scene)
    return incident is not None and scene.ticket is not None and incident.lead_id != scene.ticket.id


def leads(scene: Scene) -> bool:
    """Whether this ticket's pages stand for its incident."""
    incident = running(scene)
    return incident is not None and scene.ticket is not None and incident.lead_id == scene.ticket.id


def link_of(session: Session, incident: int, ticket: int) -> IncidentTicket | None:
    """The link that holds a ticket in an incident."""
    mine = (IncidentTicket.incident_id == incident, IncidentTicket.ticket_id == ticket)
    return session.scalars(select(IncidentTicket).where(*mine, IncidentTicket.left_at.is_(None))).first()


def held(session: Session, ticket: int) -> IncidentTicket | None:
    """The link of a ticket to whatever incident stands or is proposed."""
    lasting = (Incident.closed_at.is_(None), IncidentTicket.left_at.is_(None), IncidentTicket.ticket_id == ticket)
    return session.scalars(select(IncidentTicket).join(Incident).where(*lasting)).first()


def members(session: Session, incident: Incident) -> Sequence[tuple[IncidentTicket, Ticket]]:
    """The tickets in an incident, in the order they came; without those that are about to leave it."""
    mine = (IncidentTicket.incident_id == incident.id, IncidentTicket.left_at.is_(None), IncidentTicket.left_why == "")
    found = select(IncidentTicket, Ticket).join(Ticket, Ticket.id == IncidentTicket.ticket_id).where(*mine)
    return [(row[0], row[1]) for row in session.execute(found.order_by(IncidentTicket.id)).unique()]


def whose(ticket: Ticket) -> str:
    """What counts as one studio; of an unknown sender it is their conversation."""
    return f"studio {ticket.studio_id}" if ticket.studio_id else f"sender {ticket.conversation_id}"


def studios(tickets: Sequence[Ticket]) -> int:
    return len({whose(ticket) for ticket in tickets})
