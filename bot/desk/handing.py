"""Handing over and duty: a ticket changes hands only when the other one accepts it."""

from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import ledger, tickets
from bot.desk.asks import Ask, Tap, Told, current, ticket_of, who
from bot.desk.people import named_first
from bot.desk.queue import duty, line, ordered
from bot.duty import mention, on_duty, promised
from bot.offers import offer
from bot.perform import play
from bot.scene import Scene, open_ticket_scene
from bot.speak import told_time
from channels.wire import Option
from conversations.events import HandedOver
from conversations.phrases import shortened
from models import Agent, Ticket

_FORM = 1500  # characters of the words of who goes
_NAMED = 10  # tickets one sentence names, or one list shows


def handover(ask: Ask) -> str | Told:
    """``/handover @x what is next``: asked for, not done; the words are for the other one to read."""
    ticket = ask.ticket
    to, form = named_first(ask.session, ask.event.chat, ask.args)
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if isinstance(to, str):
        return to
    if ticket.owner is None or ticket.owner.id != ask.agent.id:
        has = f"{ticket.owner.name} has it" if ticket.owner else "nobody has it yet"
        return f"Only its owner hands #{ticket.id} over: {has}."
    if to.id == ask.agent.id:
        return f"#{ticket.id} is yours already."
    head, button = offer(ask.scene, ask.agent, to, form)
    lines = [head, line(ask.shell, ask.session, ticket), *_form(form)]
    return Told("\n".join(lines), html=True, options=(button,))


def accept(tap: Tap) -> str:
    """The one it was offered to takes it, if it is still the other's."""
    before, to = _pair(tap.argument)
    ticket = tap.ticket
    if tap.agent.id != to:
        other = tap.scene.session.get(Agent, to)
        return f"This is for {other.name if other else 'somebody else'}."
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.owner_id == to:
        return "You already have it."
    if ticket.owner is None or ticket.owner.id != before:
        return f"{ticket.owner.name if ticket.owner else 'Nobody'} has #{ticket.id} now; it was not handed over."
    _hand(tap.scene, tap.agent)
    return f"#{ticket.id} is yours."


def on(ask: Ask) -> str:
    ask.agent.on_duty_since = ask.agent.on_duty_since or ask.shell.clock.now()
    ask.session.flush()
    return f"You are on duty. {duty(ask.session)}.{_waiting(ask.session)}"


def off(ask: Ask) -> str | Told:
    """``/off``, with open tickets ``/off @x``: off as soon as the other accepts them all."""
    owned = _owned(ask.session, ask.agent.id)
    numbers = ", ".join(f"#{one.id}" for one in owned)
    if not owned:
        ask.agent.on_duty_since = None
        ask.session.flush()
        left = "" if on_duty(ask.session) else _waiting(ask.session)
        return f"You are off duty. {duty(ask.session)}{left}"
    if not ask.args:
        offers = "/off @tomas, with what is next behind it, offers them to Tomas"
        return f"You still have {numbers}. {offers}, and you are off when they are accepted."
    to, form = named_first(ask.session, ask.event.chat, ask.args)
    if isinstance(to, str):
        return to
    if to.id == ask.agent.id:
        return f"You still have {numbers}: name somebody else."
    button = Option(f"v1:relieve:{owned[0].id}:{ask.agent.id}:{to.id}", f"I take over {len(owned)}")
    name = escape(ask.agent.name)
    first, count = ordered(ask.shell, ask.session, _NAMED, Ticket.owner_id == ask.agent.id)
    lines = [line(ask.shell, ask.session, ticket) for ticket in first]
    more = [f"and {count - len(lines)} more"] if count > len(lines) else []
    head = f"{mention(to)}: {name} goes off duty and hands you {numbers}."
    return Told("\n".join([head, *lines, *more, *_form(form)]), html=True, options=(button,))


def relieve(tap: Tap) -> str:
    """All open tickets of who goes off change hands at once."""
    before, to = _pair(tap.argument)
    leaving = tap.scene.session.get(Agent, before)
    if tap.agent.id != to or leaving is None:
        other = tap.scene.session.get(Agent, to)
        return f"This is for {other.name if other else 'somebody else'}."
    owned = _owned(tap.scene.session, before)
    for ticket in owned:
        scene = open_ticket_scene(tap.scene.shell, tap.scene.session, ticket.id)
        if scene is not None and ticket_of(scene).owner_id == before and ticket_of(scene).state == "open":
            _hand(scene, tap.agent)
    leaving.on_duty_since = None
    tap.agent.on_duty_since = tap.agent.on_duty_since or tap.scene.now
    numbers = ", ".join(f"#{one.id}" for one in owned)
    return (
        f"{numbers} yours; {leaving.name} is off duty." if owned else f"{leaving.name} has nothing left to hand over."
    )


def _form(words: str) -> list[str]:
    """What the one who goes says: what was tried, what is next, when, how they are (users.md script 2.16)."""
    said = words if len(words) <= _FORM else shortened(words, _FORM)
    return [f"“{escape(said)}”"] if words else []


def _waiting(session: Session) -> str:
    """What was promised to customers and nobody has taken on."""
    numbers = promised(session)
    named = ", ".join(f"#{number}" for number in numbers[:_NAMED]) + (" ..." if len(numbers) > _NAMED else "")
    return f" An answer is promised, and nobody has it: {named} (/queue)." if numbers else ""


def _hand(scene: Scene, agent: Agent) -> None:
    ticket = ticket_of(scene)
    before, ticket.owner, ticket.nudged_at = ticket.owner_id, agent, None
    tickets.record(scene, "handed_over", scene.now, who(agent), {"from": before, "to": agent.id})
    if current(scene):
        update = ledger.reckon(scene).running("UP")
        by = told_time(scene, update.limit_due) if update and update.limit_due else ""
        play(scene, HandedOver(scene.facts(), by))
    tickets.refresh(scene)


def _pair(argument: str) -> tuple[int, int]:
    before, _, to = argument.partition(":")
    return (int(before), int(to)) if before.isdecimal() and to.isdecimal() else (0, 0)


def _owned(session: Session, agent: int) -> list[Ticket]:
    """In the order of their conversations, so that two who lock them at once cannot block each other."""
    mine = select(Ticket).where(Ticket.owner_id == agent, Ticket.state == "open")
    return list(session.scalars(mine.order_by(Ticket.conversation_id, Ticket.id)).unique())
