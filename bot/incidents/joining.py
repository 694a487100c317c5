"""A ticket joins an incident and leaves it again: its level, its pages, its card; each under its own lock."""

from datetime import datetime

from sqlalchemy import select

from bot import card, card_edits, lanes, ledger, outbox, topics
from bot.incidents import links
from bot.pager import pages
from bot.scene import Scene
from models import Incident, IncidentTicket, StatusLine, Ticket
from triage import Triage
from triage.incidents import Signal, fits


def link(scene: Scene, incident: Incident, by: str) -> IncidentTicket:
    """Writes down that the ticket belongs to it; the ticket itself learns of it by ``join``."""
    found = links.link_of(scene.session, incident.id, _ticket(scene).id)
    if found is not None:
        return found
    made = IncidentTicket(incident_id=incident.id, ticket_id=_ticket(scene).id, linked_at=scene.now, linked_by=by)
    scene.session.add(made)
    scene.session.flush()
    return made


def join(scene: Scene, incident: Incident, made: IncidentTicket) -> None:
    """The ticket takes the incident's level, keeps its own clocks and thread, and rings for itself no more."""
    ticket, other = _ticket(scene), links.running(scene)
    elsewhere = other is not None and other.id != incident.id
    made.joined_at = scene.now
    if ticket.state != "open" or elsewhere:
        made.left_at, made.left_why = scene.now, "in another incident" if elsewhere else "resolved"
        return
    if ticket.incident_id != incident.id:
        made.severity, ticket.incident_id = ticket.severity, incident.id
        ledger.record(scene, "incident_joined", scene.now, made.linked_by, {"incident": incident.id})
        _promised(scene, incident)
    raised = incident.severity < ticket.severity
    if raised:
        _level(scene, incident.severity, made.linked_by, f"part of {links.name(incident)}")
        lanes.hurry(scene)
    if not scene.fresh:
        page(scene, raised=raised)
        refresh(scene)


def page(scene: Scene, *, raised: bool) -> None:
    """One incident pages once: the lead rings if this is what made it a SEV1, the others fall silent."""
    if links.covered(scene) or raised:
        pages.follow(scene)
    elif _ticket(scene).severity == 1:
        pages.engineer(scene)


def leave(scene: Scene, why: str, by: str) -> Incident | None:
    """A ticket of its own again, with its own level and its own page; the incident it was in, if any."""
    ticket, session = _ticket(scene), scene.session
    incident = session.get(Incident, ticket.incident_id) if ticket.incident_id is not None else None
    if incident is None:
        return None
    held = links.link_of(session, incident.id, ticket.id)
    ticket.incident_id = None
    ledger.record(scene, "incident_left", scene.now, by, {"incident": incident.id, "why": why})
    if held is not None:
        held.left_at, held.left_why = scene.now, why
        if held.severity and held.severity > ticket.severity == incident.severity:
            _level(scene, held.severity, by, f"left {links.name(incident)}")
    pages.silence(scene)
    pages.follow(scene)
    outbox.notice(scene, f"#{ticket.id} has left {links.name(incident)} ({why}): it is a ticket of its own.")
    refresh(scene)
    return incident


def known(scene: Scene, triage: Triage) -> None:
    """A fresh ticket that tells of an incident people know joins it at once, and so wakes nobody again; its customer is
    asked whether it is the same. Safety topics stay alone."""
    ticket = _ticket(scene)
    if triage.safety:
        return
    signal = Signal(ticket.id, "", ticket.opened_at, ticket.category, ticket.severity, ticket.words)
    for incident in links.standing(scene.session, "open"):
        if incident.confirmed_by is not None and fits(incident.category, incident.marks, signal):
            join(scene, incident, link(scene, incident, "bot"))
            return


def refresh(scene: Scene, *, soon: bool = True) -> None:
    ticket = _ticket(scene)
    if not scene.fresh:
        card_edits.show(scene, card.card(scene, ticket), card.buttons(scene, ticket), soon=soon)


def _level(scene: Scene, severity: int, by: str, why: str) -> None:
    ticket = _ticket(scene)
    change: dict[str, object] = {"from": ticket.severity, "to": severity, "why": why}
    ticket.severity = severity
    ledger.record(scene, "severity_changed", scene.now, by, change)
    if not scene.fresh:
        topics.rename(scene, card.topic_name(scene, ticket))


def _promised(scene: Scene, incident: Incident) -> None:
    """The next update a person has promised to everybody is promised to this one too."""
    newest = select(StatusLine.agent_id).where(StatusLine.incident_id == incident.id, StatusLine.next_at.is_not(None))
    agent = scene.session.scalar(newest.order_by(StatusLine.id.desc()).limit(1))
    if agent is not None and incident.next_at is not None and incident.next_at > scene.now:
        promise(scene, agent, incident.next_at)


def promise(scene: Scene, agent: int, due_at: datetime) -> None:
    ledger.record(scene, "promised", scene.now, f"agent:{agent}", {"due_at": due_at.isoformat()})


def _ticket(scene: Scene) -> Ticket:
    assert scene.ticket is not None
    return scene.ticket
