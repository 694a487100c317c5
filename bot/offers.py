"""An owner's offer to hand a ticket over: it stays theirs until the other one accepts."""

from html import escape

from bot import tickets
from bot.duty import mention
from bot.scene import Scene
from channels.wire import Option
from models import Agent


def offer(scene: Scene, by: Agent, to: Agent, form: str = "") -> tuple[str, Option]:
    """Writes the offer down; the HTML line that rings ``to`` in the topic, and the button under it. ``form`` are the
    words of who goes."""
    assert scene.ticket is not None
    number, name = scene.ticket.id, escape(by.name)
    tickets.record(scene, "handover_offered", scene.now, f"agent:{by.id}", {"to": to.id, "form": form})
    words = f"{mention(to)}: {name} hands #{number} over to you. It is {name}'s until you accept."
    return words, Option(f"v1:accept:{number}:{by.id}:{to.id}", "I take it over")
