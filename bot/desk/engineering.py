"""What engineers answer, by a button or typed, and the buttons under the drafts that come of it."""

from bot.desk.asks import Ask, Tap
from bot.desk.rights import Actor
from bot.pager import engineers, pages, status
from bot.scene import Scene
from models import Message


def answer(tap: Tap) -> str:
    """An engineer, or who has the page: [No change] [Found cause] [Fix is out]."""
    if not _may(tap.scene, tap.by):
        return "Only an engineer can say that; a lead gives the role: /role @name engineer."
    return status.answered(tap.scene, pages.person_of(tap.scene, tap.agent), tap.agent.name, tap.argument)


def typed(ask: Ask, note: Message) -> bool:
    """``found cause: the partner refuses our tokens`` in the topic is the same; whether it was such an answer."""
    said = status.typed(note.text)
    if not said or engineers.on_it(ask.scene) is None or not _may(ask.scene, ask.by):
        return False
    status.answered(ask.scene, pages.person_of(ask.scene, ask.agent), ask.agent.name, said, note)
    return True


def approve(tap: Tap) -> str:
    return status.approve(tap.scene, tap.agent, tap.argument)


def still_broken(tap: Tap) -> str:
    """The check has failed: engineering hears of it, the customer does not."""
    if tap.ticket.state != "open":
        return f"#{tap.ticket.id} is already resolved."
    engineers.unfixed(tap.scene, tap.agent.name)
    return "Engineering knows; the customer has heard nothing of it."


def _may(scene: Scene, by: Actor) -> bool:
    page = engineers.on_it(scene)
    mine = pages.person_of(scene, by.agent)
    return by.has(scene.session, "engineer") or (page is not None and page.acknowledged_by == mine)
