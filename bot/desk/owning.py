"""Taking a ticket: exactly one owner."""

from bot import tickets
from bot.desk.asks import Tap, current, who
from bot.pager import acks
from bot.perform import play
from conversations.events import Taken


def take(tap: Tap) -> str:
    """Exactly one owner: the conversation is locked, so the second tap sees the first."""
    scene, ticket, agent = tap.scene, tap.ticket, tap.agent
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.owner is not None:
        return "You already have it." if ticket.owner.id == agent.id else f"{ticket.owner.name} has it."
    ticket.owner, ticket.nudged_at = agent, None
    tickets.record(scene, "taken", scene.now, who(agent), {"by": "button"})
    if current(scene):
        play(scene, Taken(scene.facts()))
    other = acks.held_by_another(scene, agent)
    acks.by_agent(scene, agent, "button")
    tickets.refresh(scene)
    return f"#{ticket.id} is yours to answer. On call: {other}" if other else f"#{ticket.id} is yours."
