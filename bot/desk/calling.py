"""Asking the customer for a number, and engineering for help."""

from dataclasses import replace

from sqlalchemy import select

from bot import tickets
from bot.desk.asks import Ask, Tap, Told, current, ticket_of, who
from bot.desk.rights import Actor
from bot.pager import acks, pages
from bot.perform import play
from bot.reach import text_only
from bot.scene import Scene
from channels.wire import Option
from conversations.events import CallOffered
from models import TicketEvent

_ENGINEERS = "Only an engineer can say that; a lead gives the role: /role @name engineer."


def call(ask: Ask) -> str:
    """Asks in the customer's language and the asker's name; the answer stands on the card. Who chose "Text only"
    is asked only by ``/call anyway``."""
    ticket = ask.ticket
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if not current(ask.scene):
        return "They have a newer ticket: ask there."
    if not ask.scene.window_open:
        return "WhatsApp's 24 hours are over, so the question cannot be sent; answer first, and ask when they write."
    if text_only(ask.scene) and ask.args.casefold() != "anyway":
        return "They chose “Text only, please”: they cannot talk, so write. To ask all the same: /call anyway"
    play(ask.scene, CallOffered(replace(ask.scene.facts(), owner=ask.agent.name)))
    tickets.record(ask.scene, "call_offered", ask.scene.now, who(ask.agent), {})
    return ask.done()


def escalate(ask: Ask) -> str | Told:
    """``/escalate [why]``, for SEV1 and SEV2 (sla.md section 1)."""
    ticket, scene = ask.ticket, ask.scene
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.severity not in (1, 2):
        return (
            f"#{ticket.id} is SEV{ticket.severity}: engineering is asked only for SEV1 and SEV2. "
            "If it is worse: /sev 2 and why."
        )
    last = _last(scene)
    if last is not None and last.kind == "escalated":
        return f"Engineering was asked already, and nobody has it yet: {last.data.get('why') or 'no reason told'}."
    tickets.record(scene, "escalated", scene.now, who(ask.agent), {"why": ask.args})
    pages.start(scene, "engineering")
    tickets.refresh(scene)
    why = f": {ask.args}" if ask.args else ""
    button = Option(f"v1:engineer:{ticket.id}", "Engineer has it")
    return Told(f"{ask.agent.name} asks engineering about #{ticket.id} (SEV{ticket.severity}){why}", options=(button,))


def acknowledge(tap: Tap) -> str:
    """By an engineer, or by a lead in an engineer's name."""
    last = _last(tap.scene)
    if last is None:
        return "Engineering was not asked."
    page = pages.open_page(tap.scene, "engineering")
    if last.kind == "escalation_acknowledged" and (page is None or page.acknowledged_at):
        return "Somebody has it already; the card says who."
    if tap.ticket.state != "open":
        return f"#{tap.ticket.id} is already resolved."
    if not _engineers(tap.scene, tap.by):
        return _ENGINEERS
    told = acks.by_agent(tap.scene, tap.agent, "button", "engineering")
    if told:
        return told
    tickets.record(tap.scene, "escalation_acknowledged", tap.scene.now, who(tap.agent), {})
    tickets.refresh(tap.scene)
    return f"You have #{tap.ticket.id}."


def take_page(tap: Tap) -> str:
    """The button of a page: the ladder it belongs to stands behind the ticket's number."""
    if tap.argument == "engineering":
        return acknowledge(tap)
    told = acks.by_agent(tap.scene, tap.agent, "button", tap.argument)
    return told or f"#{tap.ticket.id} needs nobody any more."


def ack(ask: Ask) -> str:
    """``/ack``: the page that rings; engineers mean theirs."""
    ladders = ["response", "promise"]
    ladders.insert(0 if ask.by.has(ask.session, "engineer") else 2, "engineering")
    for ladder in ladders:
        if pages.open_page(ask.scene, ladder) is not None:
            if ladder == "engineering" and not _engineers(ask.scene, ask.by):
                return _ENGINEERS
            return acks.by_agent(ask.scene, ask.agent, "command", ladder)
    return f"Nobody is called for #{ask.ticket.id}."


def _engineers(scene: Scene, by: Actor) -> bool:
    return by.has(scene.session, "engineer") or by.leads()


def _last(scene: Scene) -> TicketEvent | None:
    kinds = TicketEvent.kind.in_(("escalated", "escalation_acknowledged"))
    told = select(TicketEvent).where(TicketEvent.ticket_id == ticket_of(scene).id, kinds)
    return scene.session.scalar(told.order_by(TicketEvent.id.desc()).limit(1))
