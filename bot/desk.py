"""The agents' side: replies and notes in a topic, taps on the card. Source: desk.md."""

import re
from dataclasses import asdict
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot import outbox, tickets
from bot.perform import play
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from conversations.events import Answered, Closed, DeskSaid, DeskTapped, Person, Taken
from models import Agent, Delivery, Inbound, Message, Ticket, Topic

T = TypeVar("T")
ANONYMOUS = (
    "Telegram hides who you are here, so this did nothing. Switch off “Remain anonymous” in the group's admin rights."
)


def said(shell: Shell, session: Session, row: Inbound, event: DeskSaid) -> str:
    """A reply to a customer's line goes out, anything else stays a note; returns why nothing went out."""
    scene = _scene(shell, session, event)
    if scene is None:
        return "not in a ticket's topic"
    if event.person.is_bot:
        return "written by a bot"
    if event.person.anonymous:
        outbox.notice(scene, ANONYMOUS, reply_to=event.message)
        return "written by an anonymous admin"
    agent = _agent(scene, event.person)
    text, to_customer = _addressed(scene, event)
    message = _message(scene, row, event, text, author="agent" if to_customer else "note")
    if not to_customer:
        return "a note: it stays in the group"
    _reply(scene, agent, message, event, text)
    return ""


def _addressed(scene: Scene, event: DeskSaid) -> tuple[str, bool]:
    """(the text, whether it is for the customer): ``/r text``, or a reply to their line or to the card."""
    if command := re.match(r"/r(@\w+)?(\s+|$)", event.text):
        rest = event.text[command.end() :].strip()
        return rest, bool(rest or event.media)
    if event.reply_to is None or event.text.startswith("/"):
        return event.text, False
    number = _quoted(scene.session, event, Delivery.id)
    answered = scene.session.get(Delivery, number) if number else None
    if answered is None or answered.ticket_id != _ticket(scene).id:
        return event.text, False
    line = scene.session.get(Message, answered.message_id) if answered.message_id else None
    theirs = line is not None and line.author == "customer"
    return event.text, theirs or answered.coalesce_key == outbox.card_key(_ticket(scene).id)


def _reply(scene: Scene, agent: Agent, message: Message, event: DeskSaid, text: str) -> None:
    """An agent's words to the customer; answering an unowned ticket takes it."""
    ticket = _ticket(scene)
    if ticket.owner is None:
        ticket.owner = agent
        tickets.record(scene, "taken", scene.now, f"agent:{agent.id}", {"by": "answering"})
        tickets.refresh(scene)
    if _current(scene):
        play(scene, Answered(scene.facts()))
    files = [media for media in event.media if media.kind not in outbox.PLACES]
    words = "\n".join(filter(None, [text, *(outbox.place(one) for one in event.media if one.kind in outbox.PLACES)]))
    caption = words if files and len(words) <= outbox.CAPTION else ""
    for number, media in enumerate(files):
        outbox.media_to_customer(scene, media, caption if number == 0 else "", message)
    if words and not caption:
        outbox.to_customer(scene, words, message)


def tapped(shell: Shell, session: Session, event: DeskTapped) -> str:
    """I take it and Resolve; whoever tapped is told what became of it, also on a stale button."""
    version, _, rest = event.data.partition(":")
    action, _, number = rest.partition(":")
    topic = session.get(Topic, int(number)) if version == "v1" and re.fullmatch(r"[0-9]{1,18}", number) else None
    scene = open_ticket_scene(shell, session, topic.ticket_id) if topic and topic.chat_id == event.chat else None
    if scene is None:
        outbox.answer_tap(shell, session, event.query)
        return "a tap on a button of no ticket here"
    if event.person.anonymous or event.person.is_bot:
        outbox.answer_tap(shell, session, event.query, ANONYMOUS)
        return "tapped by an anonymous admin"
    agent = _agent(scene, event.person)
    outbox.answer_tap(shell, session, event.query, _ACTIONS.get(action, _unknown)(scene, agent))
    return ""


def _take(scene: Scene, agent: Agent) -> str:
    """Exactly one owner: the conversation is locked, so the second tap sees the first."""
    ticket = _ticket(scene)
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    if ticket.owner is not None:
        return "You already have it." if ticket.owner.id == agent.id else f"{ticket.owner.name} has it."
    ticket.owner = agent
    tickets.record(scene, "taken", scene.now, f"agent:{agent.id}", {"by": "button"})
    if _current(scene):
        play(scene, Taken(scene.facts()))
    tickets.refresh(scene)
    return f"#{ticket.id} is yours."


def _resolve(scene: Scene, agent: Agent) -> str:
    ticket = _ticket(scene)
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    tickets.resolve(scene, agent)
    if _current(scene):
        play(scene, Closed(scene.facts()))
    tickets.refresh(scene)
    asked = (
        "The customer is asked whether it is." if _current(scene) else "They have a newer ticket, so nobody asks them."
    )
    return f"#{ticket.id} resolved. {asked}"


def _unknown(_: Scene, __: Agent) -> str:
    return "This button is from another version; use the newest card."


_ACTIONS = {"take": _take, "resolve": _resolve}


def _current(scene: Scene) -> bool:
    """Whether the customer's conversation is about this ticket (not about a later one)."""
    return scene.conversation.ticket_id == _ticket(scene).id


def _scene(shell: Shell, session: Session, event: DeskSaid) -> Scene | None:
    """The scene of the ticket whose topic this is; past its topic, of the ticket whose line is answered."""
    where = select(Topic.ticket_id).where(Topic.chat_id == event.chat, Topic.thread_id == event.topic)
    number = session.scalar(where) if event.topic is not None else _quoted(session, event, Delivery.ticket_id)
    return open_ticket_scene(shell, session, number)


def _quoted(session: Session, event: DeskSaid, column: InstrumentedAttribute[T]) -> T | None:
    """A column of our own delivery that this message replies to."""
    ours = select(column).where(Delivery.destination == str(event.chat), Delivery.provider_id == str(event.reply_to))
    return session.scalar(ours.order_by(Delivery.id.desc()).limit(1))


def _ticket(scene: Scene) -> Ticket:
    assert scene.ticket is not None
    return scene.ticket


def _agent(scene: Scene, person: Person) -> Agent:
    """Whoever writes in an agent group is an agent; the name shown is the newest."""
    agent = scene.session.get(Agent, person.id) or Agent(id=person.id)
    agent.name, agent.username, agent.seen_at = person.name, person.username, scene.now
    scene.session.add(agent)
    return agent


def _message(scene: Scene, row: Inbound, event: DeskSaid, text: str, *, author: str) -> Message:
    message = Message(
        conversation_id=scene.conversation.id,
        ticket_id=_ticket(scene).id,
        author=author,
        agent_id=event.person.id,
        text=text,
        media=[asdict(media) for media in event.media],
        origin=f"{event.chat}/{event.message}",
        occurred_at=min(event.occurred_at, row.ingested_at),
        ingested_at=row.ingested_at,
    )
    scene.session.add(message)
    scene.session.flush()
    return message
