"""Merging tickets of one customer, and splitting lines off into one of their own. Source: sla.md rule 9, S9, S18."""

from sqlalchemy import select

from bot import ledger, outbox, relay, tickets
from bot.pager import acks, pages
from bot.scene import Scene, open_ticket_scene
from models import Agent, Message, Ticket
from oncall.pages import from_json
from sla import Happened, ledger_json
from triage import Facts, classify


class Impossible(ValueError):
    """Why two tickets cannot be one, or a line cannot go; said to the agent."""


def merge(scene: Scene, into: int, agent: Agent) -> Ticket:
    """This ticket goes into the other, which keeps the earliest start and the strictest due of both; the customer
    notices nothing. Raises Impossible."""
    gone = scene.ticket
    assert gone is not None
    if into == gone.id:
        raise Impossible(f"This is #{into} itself: name the ticket it goes into.")
    other = open_ticket_scene(scene.shell, scene.session, into)
    if other is None or other.ticket is None:
        raise Impossible(f"There is no other ticket #{into}.")
    kept = other.ticket
    if gone.state != "open" or kept.state != "open":
        raise Impossible("Both tickets must be open to become one.")
    theirs_too = gone.contact_id is not None and gone.contact_id == kept.contact_id
    if scene.conversation.id != other.conversation.id and not theirs_too:
        raise Impossible(f"#{into} is of somebody else: each customer keeps a ticket of their own.")
    theirs = [ledger_json.dump(clock) for clock in ledger.reckon(scene).clocks if clock.open or clock.name == "FR"]
    actor = f"agent:{agent.id}"
    had = {row.ladder: from_json(row.state).holder for row in pages.still(scene)}
    ledger.record(scene, "merged_into", scene.now, actor, {"ticket": kept.id})
    gone.state, gone.resolved_at, gone.linked_id = "resolved", scene.now, kept.id
    tickets.heard_by(scene, scene.now)
    facts: dict[str, object] = {"ticket": gone.id, "severity": gone.severity, "clocks": theirs}
    ledger.record(other, "merged_from", scene.now, actor, facts)
    worse = gone.severity < kept.severity
    kept.severity = min(kept.severity, gone.severity)
    for one in (scene, other) if worse else (scene,):
        pages.follow(one)
    acks.carried(other, had)
    if scene.conversation.ticket_id == gone.id:
        scene.conversation.ticket_id = kept.id
    outbox.notice(scene, f"Merged into #{kept.id}: it goes on there.")
    outbox.notice(other, f"#{gone.id} is part of this one now: “{gone.words[:200]}”")
    tickets.refresh(scene)
    tickets.refresh(other)
    if worse:
        tickets.rename(other)
    tickets.kept(scene)
    return kept


def split(scene: Scene, first: Message, agent: Agent) -> Ticket:
    """The line and what the customer wrote behind it become a ticket of their own, from the line's own time; files
    stay where they were shown. Raises Impossible."""
    parent = scene.ticket
    assert parent is not None
    said = _said(scene, parent)
    moved = [message for message in said if message.id >= first.id]
    if parent.state != "open":
        raise Impossible(f"#{parent.id} is resolved: there is nothing to split off.")
    if not moved or len(moved) == len(said):
        raise Impossible("The ticket would be left without a line; change its category instead.")
    child = _open(scene, moved)
    scene.ticket, scene.message, scene.fresh = parent, None, False
    facts: dict[str, object] = {"lines": [str(message.id) for message in moved], "ticket": child.id}
    ledger.record(scene, "split_off", scene.now, f"agent:{agent.id}", facts)
    outbox.notice(scene, f"{len(moved)} of their lines are #{child.id} now.")
    tickets.refresh(scene)
    return child


def _said(scene: Scene, ticket: Ticket) -> list[Message]:
    """The customer's lines of a ticket, oldest first."""
    theirs = select(Message).where(Message.ticket_id == ticket.id, Message.author == "customer")
    return list(scene.session.scalars(theirs.order_by(Message.id)))


def _open(scene: Scene, moved: list[Message]) -> Ticket:
    first, *others = moved
    scene.message = first
    tickets.open_ticket(scene, classify(first.text, Facts(media=len(first.media)), scene.shell.model))
    child = scene.ticket
    assert child is not None
    for message in moved:
        message.ticket_id = child.id
    for message in others:
        line = {"line": str(message.id)}
        ledger.keep(scene, Happened("said", message.occurred_at, message.ingested_at, "customer", line))
        relay.pieces(scene, relay.said_by(scene, message.text or "(a file, shown in the first topic)"), message, None)
    return child
