"""Snoozing: a ticket is out of sight until a moment, or until the customer writes."""

from datetime import timedelta

from bot import outbox, tickets
from bot.scene import Scene

LONGEST = timedelta(days=31)


def wake(scene: Scene, why: str) -> None:
    """In sight again, and said in the topic."""
    ticket = scene.ticket
    if ticket is None or ticket.snoozed_until is None:
        return
    ticket.snoozed_until = None
    outbox.notice(scene, f"#{ticket.id} is back: {why}.")
    tickets.refresh(scene)
