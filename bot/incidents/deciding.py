"""People decide: an incident is confirmed, refused, begun by hand; tickets are linked and taken out."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.incidents import joining, links
from bot.scene import Scene
from bot.shell import Shell
from models import Agent, Contact, Incident, IncidentTicket, Page, Ticket
from triage import Category
from triage.incidents import marks_of

LONGEST = 120  # characters of a title
_STOPPED = (Category.PAYMENT, Category.BOOKING, Category.UPLOAD, Category.ACCESS)


def confirm(shell: Shell, session: Session, number: int, agent: Agent, severity: int) -> str:
    """The tickets are one incident of this level; each learns of it at the next look. What the agent is told."""
    incident = links.locked(session, number)
    if incident is None or incident.state != "proposed":
        return stands(session, incident)
    incident.state, incident.severity = "open", severity
    incident.confirmed_at, incident.confirmed_by = shell.clock.now(), agent.id
    incident.lead_id = lead(session, incident)
    return f"{links.name(incident)} stands: it pages once, and what you write goes to all of them."


def refuse(shell: Shell, session: Session, number: int, agent: Agent) -> str:
    """They are not one: nobody is asked about these tickets again."""
    incident = links.locked(session, number)
    if incident is None or incident.state != "proposed":
        return stands(session, incident)
    now = shell.clock.now()
    incident.state, incident.closed_at = "refused", now
    incident.confirmed_at, incident.confirmed_by = now, agent.id
    for made, _ in links.members(session, incident):
        made.left_at, made.left_why = now, "not one"
    return "Noted: they stay apart."


def stands(session: Session, incident: Incident | None) -> str:
    """What somebody who decides too late is told."""
    if incident is None:
        return "There is no such incident; /incident lists them."
    agent = session.get(Agent, incident.confirmed_by) if incident.confirmed_by else None
    by = f" by {agent.name}" if agent else ""
    states = {"proposed": "is not decided yet", "refused": f"was taken apart{by}", "closed": "is over"}
    return f"{links.name(incident)} {states.get(incident.state, f'stands, confirmed{by}')}."


def by_hand(scene: Scene, agent: Agent, title: str) -> Incident:
    """An incident by a person's own word, with this ticket in it."""
    ticket = scene.ticket
    assert ticket is not None
    incident = _made(scene, title[:LONGEST], sorted(marks_of(ticket.words)), [f"said by {agent.name}"])
    incident.confirmed_by, incident.severity = agent.id, ticket.severity
    joining.join(scene, incident, joining.link(scene, incident, f"agent:{agent.id}"))
    return incident


def branches(scene: Scene) -> None:
    """Two or more branches of one studio that are stopped are one SEV1, which nobody need confirm (issue 7)."""
    ticket, contact = scene.ticket, scene.address.contact
    if ticket is None or contact is None or not contact.branch or ticket.incident_id is not None:
        return
    if ticket.severity != 1 or ticket.category not in _STOPPED:
        return
    if ticket.studio_id is not None:  # of two branches that write in one instant the second sees the first
        scene.shell.db.one_of(scene.session, "branches", ticket.studio_id)
    same = (Ticket.studio_id == ticket.studio_id, Ticket.category == ticket.category, Ticket.severity == 1)
    others = select(Ticket).join(Contact, Contact.id == Ticket.contact_id).where(*same, Ticket.state == "open")
    apart = others.where(Contact.branch.not_in(("", contact.branch)), Ticket.id != ticket.id).order_by(Ticket.id)
    first = scene.session.scalars(apart.limit(1)).unique().first()
    if first is None:
        return
    incident = scene.session.get(Incident, first.incident_id) if first.incident_id else None
    if incident is None or incident.state not in links.RUNNING:
        incident = _of_studio(scene, first)
    joining.join(scene, incident, joining.link(scene, incident, "bot"))


def _of_studio(scene: Scene, first: Ticket) -> Incident:
    """The other branch's ticket learns of it at the next look, as its conversation is not held here."""
    assert scene.ticket is not None
    known = select(Incident).join(IncidentTicket, IncidentTicket.incident_id == Incident.id)
    mine = known.where(IncidentTicket.ticket_id == first.id, IncidentTicket.left_at.is_(None))
    incident = scene.session.scalars(mine.where(Incident.state.in_(links.RUNNING))).first()
    if incident is not None:
        return incident
    studio = first.studio.name if first.studio else ""
    incident = _made(scene, f"{studio}: {first.category}", [], ["branches of one studio are stopped"])
    incident.lead_id, incident.severity, incident.began_at = first.id, 1, first.opened_at
    made = IncidentTicket(incident_id=incident.id, ticket_id=first.id, linked_at=scene.now, linked_by="bot")
    scene.session.add(made)
    return incident


def _made(scene: Scene, title: str, marks: list[str], reasons: list[str]) -> Incident:
    ticket = scene.ticket
    assert ticket is not None
    incident = Incident(
        title=title,
        category=ticket.category,
        severity=ticket.severity,
        marks=marks,
        reasons=reasons,
        state="open",
        lead_id=ticket.id,
        began_at=ticket.opened_at,
        proposed_at=scene.now,
        confirmed_at=scene.now,
        chat_id=int(scene.group) if scene.group else None,
    )
    scene.session.add(incident)
    scene.session.flush()
    return incident


def lead(session: Session, incident: Incident) -> int | None:
    """Whose pages stand for all: a ticket somebody has been paged for and has, else one that rings, else the first."""
    open_ones = [ticket.id for _, ticket in links.members(session, incident) if ticket.state == "open"]
    rung = select(Page).where(Page.ticket_id.in_(open_ones), Page.ladder == "response", Page.ended_at.is_(None))
    pages = session.scalars(rung.order_by(Page.acknowledged_at.is_(None), Page.id)).all()
    return pages[0].ticket_id if pages else open_ones[0] if open_ones else None


def had(session: Session, incident: Incident) -> bool:
    """Whether somebody has had the incident's page: then its next lead does not ring."""
    mine = (IncidentTicket.incident_id == incident.id, Page.ladder == "response", Page.acknowledged_at.is_not(None))
    within = (IncidentTicket.left_at.is_(None)) | (Page.acknowledged_at <= IncidentTicket.left_at)
    found = select(Page.id).join(IncidentTicket, IncidentTicket.ticket_id == Page.ticket_id).where(*mine, within)
    return session.scalar(found.limit(1)) is not None
