"""What happens to a ticket: every change is an event, and the clocks are folded from the events anew."""

from datetime import datetime

from bot import card, card_edits, digest, lanes, ledger, outbox, topics
from bot.alarms import clear_alarm
from bot.incidents import deciding, joining
from bot.late import found
from bot.pager import pages
from bot.scene import Scene
from models import Agent, Delivery, Message, Ticket
from sla import Happened
from triage import Triage

record = ledger.record


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
    opened |= {"line": str(said.id) if said else "opened", "mail": scene.address.channel == "email"}
    ledger.keep(scene, Happened("opened", at, said.ingested_at if said else scene.now, "customer", opened))
    heard_by(scene, at)
    with scene.session.no_autoflush:  # no look needs what this ticket has yet to write: that goes in one piece
        joining.known(scene, triage)
        deciding.branches(scene)
        shown = card.card(scene, ticket), card.buttons(scene, ticket)
        digest.gather(scene, topics.open_topic(scene, card.topic_name(scene, ticket), *shown))
    if ticket.severity == 1:
        pages.follow(scene)


def raise_severity(scene: Scene, triage: Triage) -> None:
    """Takes a worse guess over, and a category where none was known; never the other way."""
    ticket = scene.ticket
    if ticket is None:
        return
    if triage.safety and ticket.incident_id is not None:
        joining.leave(scene, "a safety topic", "bot")
    if ticket.category == "other" and triage.category.value != "other":
        ticket.category = triage.category.value
        record(scene, "category_changed", scene.now, "bot", {"to": ticket.category})
        refresh(scene)
        rename(scene)
    if int(triage.severity) < ticket.severity:
        before, ticket.severity = ticket.severity, int(triage.severity)
        ticket.reasons = list(triage.reasons)
        at = scene.message.occurred_at if scene.message else scene.now
        record(scene, "severity_changed", at, "bot", {"from": before, "to": ticket.severity, "why": ticket.reasons})
        refresh(scene)
        rename(scene)
        lanes.hurry(scene)
        deciding.branches(scene)
        pages.follow(scene)


def resolve(scene: Scene, agent: Agent, cause: str = "", affected: bool | None = None) -> None:
    """A person says it is solved; who resolves an unowned ticket owns it. ``affected``: money or files were."""
    ticket = _open(scene)
    ticket.state, ticket.resolved_at = "resolved", scene.now
    ticket.owner = ticket.owner or agent
    ticket.cause, ticket.affected, ticket.snoozed_until = cause, affected, None
    record(scene, "resolved", scene.now, f"agent:{agent.id}", {"cause": cause, "affected": affected})
    pages.follow(scene)
    kept(scene)


def reopen(scene: Scene, reason: str, actor: str = "customer") -> None:
    """Open again, with its owner; the agents are told in the topic."""
    ticket = scene.ticket
    if ticket is None or ticket.state == "open":
        return
    ticket.state, ticket.resolved_at = "open", None
    said = scene.message
    line: dict[str, object] = {"line": str(said.id)} if said else {}  # "no" asks for an answer, though no more is said
    at, had = (said.occurred_at, said.ingested_at) if said else (scene.now, scene.now)
    ledger.keep(scene, Happened("reopened", at, had, actor, {"why": reason} | line))
    outbox.notice(scene, f"Open again: {reason}.")
    if ticket.incident_id is not None:
        joining.leave(scene, reason, "customer")
        return
    refresh(scene)
    pages.follow(scene)


def said(scene: Scene, *, courtesy: bool) -> None:
    """The customer's next line; while they wait for a person anyway, one more moves no clock (rule 4)."""
    ticket, message = scene.ticket, scene.message
    if ticket is None or message is None:
        return
    since, at = ticket.awaited_since, message.occurred_at
    kind, line = "courtesy" if courtesy else "said", {"line": str(message.id)}
    keep = ledger.note if since and at >= since and ticket.state == "open" else ledger.keep
    keep(scene, Happened(kind, at, message.ingested_at, "customer", line))


def reached(scene: Scene, row: Delivery, message: Message) -> None:
    """The provider took words to the customer: a person's meet FR and NR, the bot's only ACK (rule 3)."""
    at = row.accepted_at or scene.now
    if message.author == "agent":
        written = message.ingested_at.isoformat()
        facts: dict[str, object] = {"delivery": row.id, "message": message.id, "written_at": written}
        record(scene, "replied", at, f"agent:{message.agent_id}", facts)
        kept(scene)
        refresh(scene)
    elif ledger.reckon(scene).running("ACK"):
        record(scene, "receipted", at, "bot", {"delivery": row.id})
    heard_by(scene, at)


def heard_by(scene: Scene, at: datetime) -> None:
    """The customer was told something at ``at``: from now on the silence ceiling counts anew (sla.md section 3)."""
    ticket = scene.ticket
    if ticket is None:
        return
    hotline = ledger.reckon(scene).hotline
    ceiling = scene.shell.policies.silence(ticket.tier, ticket.severity, hotline) if ticket.state == "open" else None
    ticket.silent_at = ceiling.dues(at).limit if ceiling else None


def promised(scene: Scene) -> datetime:
    """The moment the customer hears from a person: by the promise that runs, else by a fresh one of the same size."""
    ticket, shell = scene.ticket, scene.shell
    running = ledger.reckon(scene).running("FR", "NR", "UP") if ticket else None
    if running and running.target_due and running.target_due > scene.now:
        return running.target_due
    tier, severity = (ticket.tier, ticket.severity) if ticket else ("free", 3)
    return shell.policies.promised(tier, severity).next_response.dues(scene.now).target


def kept(scene: Scene) -> None:
    """Nothing is owed to the customer that came too late: a person's word has reached them, or the ticket is over."""
    clear_alarm(scene.shell, scene.session, overdue_key(scene))


def overdue_key(scene: Scene) -> str:
    """The alarm that stands while a promise to the ticket's customer is broken."""
    return f"promise:{scene.ticket.id if scene.ticket else ''}"


def batch_of(scene: Scene) -> datetime | None:
    """When the SEV3 cycle begins which the ticket has joined; None for others."""
    clock = ledger.reckon(scene).running("BATCH") if scene.ticket else None
    return clock.target_due if clock else None


def refresh(scene: Scene, *, soon: bool = True) -> None:
    """Shows the ticket as it now is on its card."""
    ticket = scene.ticket
    if ticket is not None and not scene.fresh:
        card_edits.show(scene, card.card(scene, ticket), card.buttons(scene, ticket), soon=soon)


def rename(scene: Scene) -> None:
    """Shows what the ticket has become in its topic's name."""
    ticket = scene.ticket
    if ticket is not None and not scene.fresh:
        topics.rename(scene, card.topic_name(scene, ticket))


def _open(scene: Scene) -> Ticket:
    assert scene.ticket is not None
    assert scene.ticket.state == "open"
    return scene.ticket
