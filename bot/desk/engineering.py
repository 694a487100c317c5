"""Buttons under what engineers are asked, and under the drafts that come of it."""

from bot import outbox, pages, status
from bot.desk.asks import Tap


def answer(tap: Tap) -> str:
    """An engineer, or who has the page: [No change] [Found cause] [Fix is out]."""
    page = status.engineer(tap.scene)
    mine = pages.person_of(tap.scene, tap.agent)
    if not tap.by.has(tap.scene.session, "engineer") and (page is None or page.acknowledged_by != mine):
        return "Only an engineer can say that; a lead gives the role: /role @name engineer."
    return status.answered(tap.scene, mine, tap.agent.name, tap.argument)


def approve(tap: Tap) -> str:
    return status.approve(tap.scene, tap.agent, tap.argument)


def still_broken(tap: Tap) -> str:
    """The check has failed: engineering hears of it, the customer does not."""
    if tap.ticket.state != "open":
        return f"#{tap.ticket.id} is already resolved."
    outbox.notice(tap.scene, f"{tap.agent.name} has checked: #{tap.ticket.id} is still broken. Engineering goes on.")
    status.tell_engineer(tap.scene, f"#{tap.ticket.id}: {tap.agent.name} has checked, and it is still broken.")
    return "Engineering knows; the customer has heard nothing of it."
