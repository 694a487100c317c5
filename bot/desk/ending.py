"""Resolving: what was wrong, whether money or files were affected, and perhaps a last word to the customer."""

from bot import tickets
from bot.desk import keyboards, replies
from bot.desk.asks import Ask, Tap, current, ticket_of
from bot.desk.rights import Actor
from bot.perform import play
from bot.scene import Scene
from conversations.events import Closed

_USAGE = (
    f"Write what was wrong, and a last word if you like: /resolve ours It works again, nothing was charged.\n"
    f"It is one of {', '.join(keyboards.CAUSES)}; put affected behind it if money or files were: "
    "/resolve ours affected ..."
)
_PRIVATE = "Legal matters are closed by somebody with the role privacy, or by a lead."


def tapped(tap: Tap) -> str:
    """``ours:no`` is the cause and whether money or files were affected; a card of an earlier version tells neither."""
    cause, _, affected = tap.argument.partition(":")
    return _end(tap.scene, tap.by, cause, {"yes": True, "no": False}.get(affected))


def resolve(ask: Ask) -> str:
    """``/resolve cause [affected] [text]``; the text goes to the customer before the question."""
    cause, _, rest = ask.args.partition(" ")
    if cause.lower() not in keyboards.CAUSES:
        return _USAGE
    told, _, text = rest.strip().partition(" ")
    affected = told.lower() == "affected"
    text = text if affected else rest
    why_not = refused(ask.scene, ask.by)
    if why_not:
        return why_not
    if text.strip():
        replies.answer(ask, text.strip())
    _end(ask.scene, ask.by, cause.lower(), affected)
    return ask.done()


def _end(scene: Scene, by: Actor, cause: str, affected: bool | None) -> str:
    why_not = refused(scene, by)
    if why_not:
        return why_not
    ticket = ticket_of(scene)
    tickets.resolve(scene, by.agent, cause, affected)
    if current(scene):
        play(scene, Closed(scene.facts(), cause, affected))
    tickets.refresh(scene)
    return f"#{ticket.id} resolved. {_asked(scene)}"


def _asked(scene: Scene) -> str:
    if not current(scene):
        return "They have a newer ticket, so nobody asks them."
    if scene.window_open:
        return "The customer is asked whether it is."
    return "The customer is asked when they next write: WhatsApp's 24 hours are over."


def refused(scene: Scene, by: Actor) -> str:
    """Why this person cannot resolve the ticket; "" if they can."""
    ticket = ticket_of(scene)
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.category == "compliance" and not by.has(scene.session, "privacy") and not by.leads():
        return _PRIVATE
    return ""
