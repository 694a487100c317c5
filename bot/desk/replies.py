"""An agent's words: a reply goes to the customer, anything else stays a note in the group."""

from dataclasses import asdict

from bot import outbox, tickets
from bot.desk.asks import Ask, current
from bot.desk.places import quoted
from bot.perform import play
from conversations.events import Answered
from models import Delivery, Message


def keep(ask: Ask) -> str:
    """A line without a command: an answer if it replies to the customer's line or to the card, else a note."""
    if not _answers(ask):
        _message(ask, author="note")
        return "a note: it stays in the group"
    _send(ask)
    return ""


def reply(ask: Ask) -> str:
    """``/r text``: to the customer, without a quotation."""
    if not ask.args and not ask.event.media:
        return "Write the words for the customer behind it: /r We are looking into it."
    _send(ask)
    return ""


def _answers(ask: Ask) -> bool:
    if ask.event.reply_to is None:
        return False
    number = quoted(ask.session, ask.event, Delivery.id)
    answered = ask.session.get(Delivery, number) if number else None
    if answered is None or answered.ticket_id != ask.ticket.id:
        return False
    line = ask.session.get(Message, answered.message_id) if answered.message_id else None
    theirs = line is not None and line.author == "customer"
    return theirs or answered.coalesce_key == outbox.card_key(ask.ticket.id)


def _send(ask: Ask) -> None:
    """An agent's words to the customer; answering an unowned ticket takes it."""
    scene, ticket, agent, text = ask.scene, ask.ticket, ask.agent, ask.args
    message = _message(ask, author="agent")
    if ticket.owner is None:
        ticket.owner = agent
        tickets.record(scene, "taken", scene.now, f"agent:{agent.id}", {"by": "answering"})
        tickets.refresh(scene)
    if current(scene):
        play(scene, Answered(scene.facts()))
    media = ask.event.media
    files = [one for one in media if one.kind not in outbox.PLACES]
    words = "\n".join(filter(None, [text, *(outbox.place(one) for one in media if one.kind in outbox.PLACES)]))
    caption = words if files and len(words) <= outbox.CAPTION else ""
    for number, one in enumerate(files):
        outbox.media_to_customer(scene, one, caption if number == 0 else "", message)
    if words and not caption:
        outbox.to_customer(scene, words, message)


def _message(ask: Ask, *, author: str) -> Message:
    event, row = ask.event, ask.row
    message = Message(
        conversation_id=ask.scene.conversation.id,
        ticket_id=ask.ticket.id,
        author=author,
        agent_id=event.person.id,
        text=ask.args,
        media=[asdict(media) for media in event.media],
        origin=f"{event.chat}/{event.message}",
        occurred_at=min(event.occurred_at, row.ingested_at),
        ingested_at=row.ingested_at,
    )
    ask.session.add(message)
    ask.session.flush()
    return message
