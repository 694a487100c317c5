"""An agent's words: a reply goes to the customer, anything else stays a note in the group."""

import re
from dataclasses import asdict, fields

from sqlalchemy import or_, select

from bot import amend, attachments, card_edits, outbox, quotes, tickets
from bot.desk import canned, colleagues, engineering
from bot.desk.asks import Ask, Tap, current, ticket_of, who
from bot.desk.places import quoted
from bot.desk.silence import waits_since
from bot.pager import acks
from bot.perform import play
from bot.scene import Scene
from bot.ticks import CARRIERS
from channels.wire import Option, SendText
from conversations.events import Answered, Media
from models import Agent, Delivery, Message

_COPIES = 20  # rows looked through for it
_PARTS = {field.name for field in fields(Media)}


def keep(ask: Ask) -> str:
    """A line without a command: an answer if it replies to the customer's line or to the card, else a note."""
    answered, to_customer = _answers(ask)
    if to_customer:
        return answer(ask, ask.args, answered)
    note = _message(ask, ask.args, author="note")
    if not engineering.typed(ask, note):
        _offer(ask, note)
    acks.worked(ask.scene, ask.agent, "engineering")
    return "a note: it stays in the group"


def reply(ask: Ask) -> str:
    """``/r text`` or ``/r name`` of a canned reply: to the customer, without a quotation."""
    if not ask.args and not ask.event.media:
        return "Write the words for the customer behind it, or the name of a canned reply: /r We can see it now."
    words = canned.filled(ask.scene, ask.agent, ask.args)
    meant = "" if words else canned.meant(ask.session, ask.args)
    if meant:
        own = f"A word of your own goes with a full stop: /r {ask.args}."
        return f"NOT SENT: did you mean the canned reply /r {meant}? {own}"
    answer(ask, words or ask.args)
    return ""


def answer(ask: Ask, text: str, answered: Message | None = None) -> str:
    """The agent's words to the customer; returns why they did not go out."""
    cannot = attachments.refused(ask.scene, ask.event.media)
    if cannot:
        _message(ask, text, author="note")
        words = f"NOT SENT to {ask.scene.name or 'the customer'}: {cannot}."
        outbox.notice(ask.scene, words, reply_to=ask.event.message)
        return "nothing the customer's channel carries"
    _deliver(ask.scene, ask.agent, _message(ask, text, author="agent"), answered)
    return ""


def unsend(ask: Ask) -> str:
    """``/unsend`` under an answer takes it back."""
    message = amend.written(ask.scene, ask.event.chat, ask.event.reply_to)
    if message is None:
        return "Write /unsend as a reply to an answer of yours in this topic."
    return amend.unsend(ask.scene, message)


def send_note(tap: Tap) -> str:
    """The note goes to the customer as it stands, in the name of who wrote it."""
    note = tap.scene.session.get(Message, int(tap.argument)) if re.fullmatch("[0-9]{1,18}", tap.argument) else None
    if note is None or note.ticket_id != tap.ticket.id or note.author not in ("note", "agent"):
        return "This button is from another version; use the newest card."
    if note.author == "agent":
        return "It has been sent already."
    cannot = attachments.refused(tap.scene, _media(note))
    if cannot:
        return f"Not sent: {cannot}."
    note.author = "agent"
    _deliver(tap.scene, tap.scene.session.get_one(Agent, note.agent_id), note)
    return "Sent to the customer."


def _answers(ask: Ask) -> tuple[Message | None, bool]:
    """(the customer's line that is replied to, whether this goes to the customer)."""
    if ask.event.reply_to is None:
        return None, _goes_on(ask)
    number = quoted(ask.session, ask.event, Delivery.id)
    answered = ask.session.get(Delivery, number) if number else _copy(ask)
    if answered is None or answered.ticket_id != ask.ticket.id:
        return None, False
    line = ask.session.get(Message, answered.message_id) if answered.message_id else None
    theirs = line is not None and line.author == "customer"
    return line if theirs else None, theirs or answered.coalesce_key == card_edits.key_of(ask.ticket.id)


def _copy(ask: Ask) -> Delivery | None:
    """What is replied to, by its words, where Telegram has not told its number: yet, or of a line it took twice."""
    here = (Delivery.ticket_id == ask.ticket.id, Delivery.destination == str(ask.event.chat))
    taken = (or_(Delivery.doubt, Delivery.provider_id == ""), Delivery.attempts > 0, Delivery.kind.in_(CARRIERS))
    rows = ask.session.scalars(select(Delivery).where(*here, *taken).order_by(Delivery.id.desc()).limit(_COPIES))
    words = ask.event.quoted
    return next((row for row in rows if words and words in (row.payload.get("text"), row.payload.get("caption"))), None)


def _goes_on(ask: Ask) -> bool:
    """Whether this is a further picture of an album whose first one went to the customer."""
    album = next((media.album for media in ask.event.media), "")
    if not album:
        return False
    before = select(Message).where(Message.ticket_id == ask.ticket.id, Message.agent_id == ask.agent.id)
    latest = ask.session.scalars(before.order_by(Message.id.desc()).limit(10))
    return any(one.author == "agent" and one.media and one.media[0].get("album") == album for one in latest)


def _offer(ask: Ask, note: Message) -> None:
    """Asks whether the customer should have it, once after the line they wait with; of a mere sign nothing is asked."""
    waiting = waits_since(ask.session, ask.ticket.id)
    if waiting is None or ask.ticket.state != "open":
        return
    if not note.media and not any(sign.isalnum() for sign in note.text):
        return
    key = f"offer:{ask.ticket.id}:{waiting.id}"
    if ask.session.scalar(select(Delivery.id).where(Delivery.coalesce_key == key).limit(1)) is not None:
        return
    button = Option(f"v1:send:{ask.ticket.id}:{note.id}", "Send to customer")
    text = f"{ask.scene.name or 'The customer'} is waiting. Send this to them?"
    row = outbox.to_group(ask.scene, SendText(str(ask.event.chat), text, reply_to=ask.event.message, options=(button,)))
    if row is not None:
        row.coalesce_key = key


def _deliver(scene: Scene, agent: Agent, message: Message, answered: Message | None = None) -> None:
    """Answering an unowned ticket takes it."""
    ticket, media = ticket_of(scene), _media(message)
    colleagues.tell(scene, agent, message)
    if ticket.owner is None:
        ticket.owner, ticket.nudged_at = agent, None
        tickets.record(scene, "taken", scene.now, who(agent), {"by": "answering"})
        tickets.refresh(scene)
    acks.answered(scene, agent)
    if current(scene):
        play(scene, Answered(scene.facts()))
    files, quoted = attachments.files(media), quotes.at_customer(scene, answered)
    words = "\n".join(filter(None, [message.text, *attachments.words(media)]))
    quotes.tell_unquoted(scene, answered)
    caption = words if attachments.fits(scene.address.channel, files, words) else ""
    if words and not caption:
        outbox.answer(scene, words, message, quoted)
    for number, one in enumerate(files):
        attachments.to_customer(scene, one, caption if number == 0 else "", message, quoted)


def _media(message: Message) -> tuple[Media, ...]:
    return tuple(Media(**{key: value for key, value in one.items() if key in _PARTS}) for one in message.media)


def _message(ask: Ask, text: str, *, author: str) -> Message:
    event, row = ask.event, ask.row
    message = Message(
        conversation_id=ask.scene.conversation.id,
        ticket_id=ask.ticket.id,
        author=author,
        agent_id=event.person.id,
        text=text,
        media=[asdict(media) for media in event.media],
        origin=f"{event.chat}/{event.message}",
        occurred_at=min(event.occurred_at, row.ingested_at),
        ingested_at=row.ingested_at,
    )
    ask.session.add(message)
    ask.session.flush()
    return message
