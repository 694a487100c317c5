"""Taking a ticket and resolving it: exactly one owner, one end."""

from bot import tickets
from bot.desk.asks import Tap, current
from bot.perform import play
from conversations.events import Closed, Taken


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
    asked = (
        "The customer is asked whether it is." if current(scene) else "They have a newer ticket, so nobody asks them."
    )
    return f"#{ticket.id} resolved. {asked}"
