"""Keyboards under the card: its own buttons give way to choices, and come back with the tap on one."""

from bot import card, card_edits
from bot.desk.asks import ticket_of
from bot.scene import Scene
from channels.wire import Option
from models import Ticket
from triage import Category

REASONS = {"work": "Not blocked", "more": "More affected", "shoot": "Shoot now"}
CAUSES = {
    "ours": "Our fault, fixed",
    "setting": "A setting",
    "provider": "A provider's fault",
    "theirs": "Their side",
    "explained": "Explained",
    "other": "Other",
}


def show(scene: Scene, buttons: tuple[Option, ...]) -> None:
    """The same card with these buttons."""
    card_edits.show(scene, card.card(scene, ticket_of(scene)), buttons)


def changes(ticket: Ticket) -> tuple[Option, ...]:
    """Every severity and category but its own."""
    levels = [Option(_key("sev", ticket, level), f"SEV{level}") for level in (1, 2, 3) if level != ticket.severity]
    kinds = [Option(_key("cat", ticket, one), one) for one in Category if one != ticket.category]
    return (*levels, *kinds, _back(ticket))


def reasons(ticket: Ticket, level: int) -> tuple[Option, ...]:
    found = [Option(_key("sev", ticket, f"{level}:{key}"), label) for key, label in REASONS.items()]
    return (*found, Option(_key("sev", ticket, f"{level}:other"), "Other ..."), _back(ticket))


def causes(ticket: Ticket, *, affected: bool) -> tuple[Option, ...]:
    """What was wrong; the last toggles whether money or files were affected."""
    told = "yes" if affected else "no"
    found = [Option(_key("resolve", ticket, f"{key}:{told}"), label) for key, label in CAUSES.items()]
    other = "no" if affected else "yes"
    return (*found, Option(_key("causes", ticket, other), f"Money/files affected: {told}"), _back(ticket))


def _back(ticket: Ticket) -> Option:
    return Option(f"{card_edits.BACK}{ticket.id}", "Back")


def _key(action: str, ticket: Ticket, argument: object) -> str:
    return f"v1:{action}:{ticket.id}:{argument}"
