"""An agent's words: a reply goes to the customer, anything else stays a note in the group."""

from dataclasses import asdict

from sqlalchemy import select

from bot import amend, attachments, outbox, quotes, tickets
from bot.desk.asks import Ask, current
from bot.desk.places import quoted
from bot.perform import play
from conversations.events import Answered
from models import Delivery, Message


def keep(ask: Ask) -> str:
    """A line without a command: an answer if it replies to the customer's line or to the card, else a note."""
    answered, to_customer = _answers(ask)
    if not to_customer:
        _message(ask, author="note")
        return "a note: it stays in the group"
    return _send(ask, answered)


def reply(ask: Ask) -> str:
    """``/r text``: to the customer, without a quotation."""
    if not ask.args and not ask.event.media:
        return "Write the words for the customer behind it: /r We are looking into it."
    _send(ask)
    return ""


def unsend(ask: Ask) -> str:
    """``/unsend`` under an answer takes it back."""
    message = amend.written(ask.scene, ask.event.chat, ask.event.reply_to)
    if message is None:
        return "Write /unsend as a reply to an answer of yours in this topic."
    return amend.unsend(ask.scene, message)


def _answers(ask: Ask) -> tuple[Message | None, bool]:
    """(the customer's line that is replied to, whether this goes to the customer)."""
    if ask.event.reply_to is None:
        return None, _goes_on(ask)
    number = quoted(ask.session, ask.event, Delivery.id)
    answered = ask.session.get(Delivery, number) if number else None
    if answered is None or answered.ticket_id != ask.ticket.id:
        return None, False
    line = ask.session.get(Message, answered.message_id) if answered.message_id else None
    theirs = line is not None and line.author == "customer"
    return line if theirs else None, theirs or answered.coalesce_key == outbox.card_key(ask.ticket.id)


def _goes_on(ask: Ask) -> bool:
    """Whether this is a further picture of an album whose first one went to the customer."""
    album = next((media.album for media in ask.event.media), "")
    if not album:
        return False
    before = select(Message).where(Message.ticket_id == ask.ticket.id, Message.agent_id == ask.agent.id)
    latest = ask.session.scalars(before.order_by(Message.id.desc()).limit(10))
    return any(one.author == "agent" and one.media and one.media[0].get("album") == album for one in latest)


def _send(ask: Ask, answered: Message | None = None) -> str:
    """An agent's words to the customer; answering an unowned ticket takes it."""
    scene, ticket, agent, text, media = ask.scene, ask.ticket, ask.agent, ask.args, ask.event.media
    cannot = attachments.refused(scene, media)
    if cannot:
        _message(ask, author="note")
        words = f"NOT SENT to {scene.name or 'the customer'}: {cannot}."
        outbox.notice(scene, words, reply_to=ask.event.message)
        return "nothing the customer's channel carries"
    message = _message(ask, author="agent")
    if ticket.owner is None:
        ticket.owner = agent
        tickets.record(scene, "taken", scene.now, f"agent:{agent.id}", {"by": "answering"})
        tickets.refresh(scene)
    if current(scene):
        play(scene, Answered(scene.facts()))
    files = attachments.files(media)
    words = "\n".join(filter(None, [text, *attachments.words(media)]))
    caption, quoted = words if files and len(words) <= attachments.CAPTION else "", quotes.at_customer(scene, answered)
    for number, one in enumerate(files):
        attachments.to_customer(scene, one, caption if number == 0 else "", message, quoted)
    if words and not caption:
        outbox.answer(scene, words, message, quoted)
    return ""


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
