"""What happens to a ticket: every change is an event, and the clock is folded from the events anew."""

from datetime import datetime

from sqlalchemy import select

from bot import card, lanes, outbox, topics
from bot.late import found
from bot.scene import Scene
from models import Agent, Clock, Ticket, TicketEvent
from sla import Happened, fold
from triage import Triage


def open_ticket(scene: Scene, triage: Triage) -> None:
    """A ticket with its first event, clock, topic and card, for the line just said."""
    contact, said = scene.address.contact, scene.message
    at = said.occurred_at if said else scene.now
    ticket = Ticket(
        conversation_id=scene.conversation.id,
        studio_id=contact.studio_id if contact else None,
        contact_id=contact.id if contact else None,
        tier=contact.studio.tier if contact else "free",
        category=triage.category.value,
        severity=int(triage.severity),
        reasons=list(triage.reasons),
        words=said.text if said else "",
        linked_id=scene.conversation.ticket_id,
        opened_at=at,
        found_at=said.ingested_at if said and found(scene) else None,
    )
    scene.session.add(ticket)
    scene.session.flush()
    scene.ticket, scene.fresh = ticket, True
    scene.conversation.ticket_id = ticket.id
    opened: dict[str, object] = {"tier": ticket.tier, "severity": ticket.severity, "category": ticket.category}
    opened |= {"linked": ticket.linked_id} | ({"hotline": True} if scene.hotline else {})
    record(scene, "opened", at, "customer", opened)
    topics.open_topic(scene, card.topic_name(scene, ticket), card.card(scene, ticket), card.buttons(ticket))


def raise_severity(scene: Scene, triage: Triage) -> None:
    """Takes a worse guess over, and a category where none was known; never the other way."""
    ticket = scene.ticket
    if ticket is None:
        return
    if ticket.category == "other" and triage.category.value != "other":
        ticket.category = triage.category.value
        record(scene, "category_changed", scene.now, "bot", {"to": ticket.category})
        refresh(scene)
    if int(triage.severity) < ticket.severity:
        before, ticket.severity = ticket.severity, int(triage.severity)
        ticket.reasons = list(triage.reasons)
        at = scene.message.occurred_at if scene.message else scene.now
        record(scene, "severity_changed", at, "bot", {"from": before, "to": ticket.severity, "why": ticket.reasons})
        refresh(scene)
        if ticket.severity == 1:
            lanes.hurry(scene)


def resolve(scene: Scene, agent: Agent) -> None:
    """A person says it is solved; who resolves an unowned ticket owns it."""
    ticket = _open(scene)
    ticket.state, ticket.resolved_at = "resolved", scene.now
    ticket.owner = ticket.owner or agent
    record(scene, "resolved", scene.now, f"agent:{agent.id}", {})


def reopen(scene: Scene, reason: str) -> None:
    """Open again, with its owner; the agents are told in the topic."""
    ticket = scene.ticket
    if ticket is None or ticket.state == "open":
        return
    ticket.state, ticket.resolved_at = "open", None
    record(scene, "reopened", scene.now, "customer", {"why": reason})
    outbox.notice(scene, f"Open again: {reason}.")
    refresh(scene)


def record(scene: Scene, kind: str, occurred_at: datetime, actor: str, data: dict[str, object]) -> None:
    """Adds one event to the history and folds the clock."""
    ticket = scene.ticket
    if ticket is None:
        return
    event = TicketEvent(
        ticket_id=ticket.id, kind=kind, occurred_at=occurred_at, ingested_at=scene.now, actor=actor, data=data
    )
    scene.session.add(event)
    scene.session.flush()
    refold(scene)


def refold(scene: Scene) -> None:
    """Computes the clock from the events and stores it; a breach gets the moment it was seen."""
    ticket = scene.ticket
    assert ticket is not None
    rows = scene.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id))
    events = [Happened(row.kind, row.occurred_at, row.data) for row in rows]
    folded = fold(events, scene.shell.policies, scene.now)
    if folded is None:
        return
    stored = scene.session.scalar(select(Clock).where(Clock.ticket_id == ticket.id, Clock.name == folded.name))
    if stored is None:
        stored = Clock(ticket_id=ticket.id, name=folded.name)
        scene.session.add(stored)
    for column in ("policy", "started_at", "target_due", "limit_due", "met_at", "missed_at", "breached_at", "reason"):
        setattr(stored, column, getattr(folded, column))
    stored.cancelled_at, stored.state = folded.cancelled_at, folded.state
    stored.due_at = folded.due[0] if folded.due else None
    if folded.breached_at and stored.detected_at is None:
        stored.detected_at = scene.now
    scene.session.flush()


def promised(scene: Scene) -> datetime:
    """The moment a person answers by: the running promise, else a fresh one of the same size."""
    ticket = scene.ticket
    clock = ticket and scene.session.scalar(select(Clock).where(Clock.ticket_id == ticket.id, Clock.name == "FR"))
    if clock and clock.state == "running" and clock.target_due > scene.now:
        due: datetime = clock.target_due
        return due
    key = (ticket.tier, ticket.severity) if ticket else ("free", 3)
    return scene.shell.policies.first_response[key].target_due(scene.now)


def refresh(scene: Scene, *, soon: bool = True) -> None:
    """Shows the ticket as it now is on its card."""
    ticket = scene.ticket
    if ticket is not None and not scene.fresh:
        outbox.edit_card(scene, card.card(scene, ticket), card.buttons(ticket), soon=soon)


def _open(scene: Scene) -> Ticket:
    assert scene.ticket is not None
    assert scene.ticket.state == "open"
    return scene.ticket
