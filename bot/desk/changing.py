"""Severity and category changed by an agent: who, when and why are an event, and the clocks follow it."""

from bot import lanes, tickets
from bot.desk import keyboards
from bot.desk.asks import Ask, Tap, ticket_of, who
from bot.pager import pages
from bot.scene import Scene
from channels.wire import Option
from models import Agent
from triage import Category

_SEV = "Write the new severity and why: /sev 1 the whole studio cannot take payments"
_CAT = f"Write the new category, and why if you like: /cat payment. It is one of {', '.join(Category)}."


def change(tap: Tap) -> str:
    """Shows what it can be changed to."""
    return _shown(tap, keyboards.changes(tap.ticket))


def back(tap: Tap) -> str:
    """The card's own buttons again."""
    tickets.refresh(tap.scene)
    return ""


def tap_severity(tap: Tap) -> str:
    """``1`` asks why, ``1:more`` changes it."""
    level, _, reason = tap.argument.partition(":")
    if level not in ("1", "2", "3"):
        return "This button is from another version; use the newest card."
    if not reason:
        return _shown(tap, keyboards.reasons(tap.ticket, int(level)))
    if reason not in keyboards.REASONS:
        return f"Write it in this topic: /sev {level} and why."
    return _severity(tap.scene, tap.agent, int(level), keyboards.REASONS[reason].lower())


def tap_category(tap: Tap) -> str:
    if tap.argument not in list(Category):
        return "This button is from another version; use the newest card."
    return _category(tap.scene, tap.agent, tap.argument, "chosen on the card")


def severity(ask: Ask) -> str:
    """``/sev 1 reason``."""
    level, _, why = ask.args.partition(" ")
    level = level.upper().removeprefix("SEV")
    if level not in ("1", "2", "3") or not why.strip():
        return _SEV
    return _severity(ask.scene, ask.agent, int(level), why.strip())


def category(ask: Ask) -> str:
    """``/cat payment [reason]``."""
    name, _, why = ask.args.partition(" ")
    if name.lower() not in list(Category):
        return _CAT
    return _category(ask.scene, ask.agent, name.lower(), why.strip() or "chosen by an agent")


def _severity(scene: Scene, agent: Agent, to: int, why: str) -> str:
    ticket = ticket_of(scene)
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.severity == to:
        return f"#{ticket.id} is SEV{to} already."
    before, ticket.severity = ticket.severity, to
    ticket.reasons = [f"SEV{to} by {agent.name}: {why}"]
    tickets.record(scene, "severity_changed", scene.now, who(agent), {"from": before, "to": to, "why": why})
    tickets.refresh(scene)
    tickets.rename(scene)
    lanes.hurry(scene)
    pages.follow(scene)
    return f"#{ticket.id} is SEV{to} now: {why}."


def _category(scene: Scene, agent: Agent, to: str, why: str) -> str:
    ticket = ticket_of(scene)
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.category == to:
        return f"#{ticket.id} is about {to} already."
    before, ticket.category = ticket.category, to
    tickets.record(scene, "category_changed", scene.now, who(agent), {"from": before, "to": to, "why": why})
    tickets.refresh(scene)
    tickets.rename(scene)
    return f"#{ticket.id} is about {to} now."


def _shown(tap: Tap, buttons: tuple[Option, ...]) -> str:
    if tap.ticket.state != "open":
        return f"#{tap.ticket.id} is already resolved."
    keyboards.show(tap.scene, buttons)
    return ""
