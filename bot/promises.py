"""Promises to customers: the next update by a clock time, its nudges and the one holding message (sla.md section 3)."""

from datetime import datetime

from bot import alarms, leads, ledger, outbox, tickets
from bot.incidents import links
from bot.pager import pages
from bot.scene import Scene
from bot.speak import kept, say, told_time, worded
from channels.wire import Option, SendText
from conversations.phrases import clock_time, labels
from models import Agent
from sla import Clock


def promise(scene: Scene, agent: Agent, due_at: datetime) -> str:
    """A person names the next update: told to the customer; returns the echo in both zones."""
    assert scene.ticket is not None
    ledger.record(scene, "promised", scene.now, f"agent:{agent.id}", {"due_at": due_at.isoformat()})
    say(scene, "next_update", {"by": told_time(scene, due_at)})
    tickets.refresh(scene)
    return f"#{scene.ticket.id}: next update by {echo(scene, due_at)}."


def echo(scene: Scene, due_at: datetime) -> str:
    """A moment in the support zone, and in the customer's where that is another."""
    ours = scene.shell.policies.support_zone
    here, there = (clock_time(due_at, scene.now, zone, "en") for zone in (ours, scene.zone))
    return here if ours.key == scene.zone.key else f"{here} here, {there} for {scene.name or 'them'} ({scene.zone.key})"


def nudge(scene: Scene, clock: Clock) -> None:
    """A word to the people on it, with a draft that one tap sends."""
    ticket = scene.ticket
    if ticket is None or clock.limit_due is None or not clock.open or links.covered(scene):
        return
    due_at = clock_time(clock.limit_due, scene.now, scene.shell.policies.support_zone, "en")
    owner = f" @{ticket.owner.username}" if ticket.owner and ticket.owner.username else ""
    incident = links.running(scene)
    if incident is not None:
        words = (
            f"everybody in {links.name(incident)} was promised an update by {due_at}: /incident {incident.id} status"
        )
        outbox.notice(scene, f"⏳{owner} {words}")
        return
    text = f"⏳{owner} #{ticket.id}: an update is promised by {due_at}. Ready to send:\n“{draft(scene)}”"
    options = (Option(f"v1:send_draft:{ticket.id}:{clock.number}", "Send it"),)
    outbox.to_group(scene, SendText(scene.group, text, options=options))


def send_draft(scene: Scene, agent: Agent, text: str = "", asks: tuple[str, ...] = ()) -> None:
    """The draft, approved by a person, counts as theirs (S22), and its time is promised."""
    text, due_at = text or draft(scene), ledger.next_update(scene)
    message = kept(scene, text, author="agent", agent_id=agent.id)
    outbox.to_customer(scene, text, message, labels(scene.language, asks), "does_it_work" if asks else "")
    ledger.record(scene, "promised", scene.now, f"agent:{agent.id}", {"due_at": due_at.isoformat()})
    tickets.refresh(scene)


def overdue(scene: Scene, clock: Clock) -> None:
    """The promised moment passed: one honest holding message with a new time; a second in a row is forbidden."""
    ticket = scene.ticket
    assert ticket is not None
    if links.covered(scene):
        if clock.line != "held_over":
            hold(scene)
        return  # the ticket that leads the incident says it to the agents, once
    stepping_in = ticket.severity <= 2
    if clock.line == "held_over":
        words = f"#{ticket.id}: the promised update did not come twice in a row. A person must write now."
        alarms.raise_alarm(scene.shell, scene.session, tickets.overdue_key(scene), words, scene.group)
        outbox.notice(scene, words)
    else:
        hold(scene, stepping_in=stepping_in)
        outbox.notice(scene, f"The promised update of #{ticket.id} did not come. The bot has asked for patience, once.")
        leads.broken(scene, "The promised update did not come. The bot has asked for patience, once.")
    if stepping_in:
        pages.start(scene, "promise")


def hold(scene: Scene, *, stepping_in: bool = False) -> None:
    """The bot's holding message, and the new time it names; ``stepping_in``: the lead is rung for it."""
    due_at = min(ledger.next_update(scene), scene.now + scene.shell.policies.clocks["holding"])
    ledger.record(scene, "held_over", scene.now, "bot", {"due_at": due_at.isoformat()})
    now = told_time(scene, scene.now)
    say(scene, "holding_lead" if stepping_in else "holding", {"by": told_time(scene, due_at), "now": now})


def draft(scene: Scene, phrase: str = "draft_update", words: str = "") -> str:
    """Words for the customer, for a person to send."""
    return worded(scene, phrase, {"by": told_time(scene, ledger.next_update(scene)), "words": words})
