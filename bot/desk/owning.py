"""Taking a ticket and resolving it: exactly one owner, one end."""

from bot import tickets
from bot.desk.asks import Tap, current
from bot.perform import play
from bot.scene import Scene
from conversations.events import Closed, Taken

_NEWER = "They have a newer ticket, so nobody asks them."


def take(tap: Tap) -> str:
    """Exactly one owner: the conversation is locked, so the second tap sees the first."""
    scene, ticket, agent = tap.scene, tap.ticket, tap.agent
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.owner is not None:
        return "You already have it." if ticket.owner.id == agent.id else f"{ticket.owner.name} has it."
    ticket.owner = agent
    tickets.record(scene, "taken", scene.now, f"agent:{agent.id}", {"by": "button"})
    if current(scene):
        play(scene, Taken(scene.facts()))
    tickets.refresh(scene)
    return f"#{ticket.id} is yours."


def resolve(tap: Tap) -> str:
    scene, ticket = tap.scene, tap.ticket
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    tickets.resolve(scene, tap.agent)
    if current(scene):
        play(scene, Closed(scene.facts()))
    tickets.refresh(scene)
    return f"#{ticket.id} resolved. {_asked(scene) if current(scene) else _NEWER}"


def _asked(scene: Scene) -> str:
    if scene.window_open:
        return "The customer is asked whether it is."
    return "The customer is asked when they next write: WhatsApp's 24 hours are over."
