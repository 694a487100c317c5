"""Said, and then changed or taken back: a customer's line in the topic, an agent's answer at the customer."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import attachments, outbox, quotes, reach, relay, tickets
from bot.hear import hear
from bot.scene import BY_NUMBER, Scene, open_scene, open_ticket_scene
from bot.shell import Shell
from bot.ticks import CARRIERS
from channels.wire import Delete, EditText
from conversations.events import DeskEdited, Edited, Line
from conversations.phrases import book
from models import Address, Conversation, Delivery, Inbound, Message
from triage import Triage

_WAITING = ("queued", "held")
_EDITED = "edited: "  # goes before what a line shown already reads now
_COMMAND = re.compile(r"/r(@\w+)?\s+")


def line_edited(shell: Shell, session: Session, row: Inbound, event: Edited, triage: Triage) -> str:
    """Shows how a customer's line now reads; a line we never had is heard as new."""
    line = event.line
    known = _line(session, line)
    if known is None:
        return hear(shell, session, row, line, triage)
    scene = open_ticket_scene(shell, session, known.ticket_id) or open_scene(
        shell, session, BY_NUMBER, number=known.conversation_id
    )
    assert scene is not None
    new = [media for media in attachments.files(line.media) if media.ref not in {one["ref"] for one in known.media}]
    if known.text == line.text and not new:
        return "an edit that changes nothing"
    before, known.text = known.text, line.text
    if known.ticket_id is None or scene.ticket is None:
        return "an edit of a line outside any ticket"
    if scene.ticket.words == before:
        scene.ticket.words = line.text
        tickets.refresh(scene)
    if scene.ticket.state == "open":
        tickets.raise_severity(scene, triage)
    _show(scene, known)
    for media in new:
        attachments.to_topic(scene, media, relay.said_by(scene, "edited"), known, None)
    return "an edit, shown to the people on the ticket"


def answer_edited(shell: Shell, session: Session, event: DeskEdited) -> str:
    """An agent's change reaches the customer: in place where the channel can, else as a correction."""
    said = event.said
    message = _written(session, said.chat, said.message)
    scene = open_ticket_scene(shell, session, message.ticket_id) if message else None
    if message is None or scene is None:
        return "an edit of something that was no line"
    text = _COMMAND.sub("", said.text, count=1)
    if text == message.text:
        return "an edit that changes nothing"
    message.text = text
    if message.author != "agent":
        return "a note was edited"
    if not text:
        return "an answer edited to nothing; /unsend takes it back"
    _correct(scene, message, text)
    return ""


def unsend(scene: Scene, message: Message) -> str:
    """Takes an answer back, as far as that is still possible; what the agent is told."""
    rows = _pieces(scene, message)
    waiting = [row for row in rows if row.state in _WAITING and not row.attempts]
    for row in waiting:
        row.state, row.retry_at = "superseded", None
    gone = [row for row in rows if row not in waiting and row.state not in ("failed", "superseded")]
    who = scene.name or "the customer"
    if not gone:
        return f"Taken back before it went out: {who} never sees it." if waiting else "It had not reached anybody."
    if scene.address.channel != "telegram":
        channel = reach.NAMES[scene.address.channel]
        return f"{channel} cannot take back what was sent. Edit your message and {who} gets a correction."
    for row in gone:
        outbox.customer_row(scene, Delete(scene.address.value, _number(row)), message)
        if row.accepted_at:
            tickets.record(scene, "reply_failed", scene.now, "bot", {"delivery": row.id, "code": "unsent"})
    tickets.refresh(scene)
    return f"Taken back: it disappears from {who}'s chat."


def written(scene: Scene, chat: int, number: int | None) -> Message | None:
    """The answer an agent gave with this message of the group, on this very ticket."""
    message = _written(scene.session, chat, number) if number else None
    ours = message is not None and scene.ticket is not None and message.ticket_id == scene.ticket.id
    return message if ours and message is not None and message.author == "agent" else None


def _line(session: Session, line: Line) -> Message | None:
    here = (Address.channel == line.channel, Address.value == line.address)
    mine = select(Conversation.id).join(Address, Conversation.address_id == Address.id).where(*here).scalar_subquery()
    said = select(Message).where(Message.origin == line.provider_id, Message.conversation_id == mine)
    return session.scalars(said.limit(1)).first()


def _written(session: Session, chat: int, number: int | None) -> Message | None:
    return session.scalars(select(Message).where(Message.origin == f"{chat}/{number}").limit(1)).first()


def _show(scene: Scene, message: Message) -> None:
    """The line under itself, or in its own place while it still waits to be shown."""
    topic = outbox.topic_of(scene)
    waiting = [row for row in _rows(scene, message, "topic:") if row.state == "queued" and not row.attempts]
    if len(waiting) == 1 and waiting[0].kind == "SendText":
        edited = waiting[0].payload["text"].startswith(relay.said_by(scene, _EDITED))
        words = f"{_EDITED}{message.text}" if edited else message.text
        waiting[0].payload = {**waiting[0].payload, "text": relay.said_by(scene, words)}
        return
    under = quotes.shown(scene, message) or (topic.card_id if topic else None)
    relay.pieces(scene, relay.said_by(scene, f"{_EDITED}{message.text}"), message, under)


def _correct(scene: Scene, message: Message, text: str) -> None:
    rows = [row for row in _pieces(scene, message) if row.kind == "SendText" or row.payload.get("caption")]
    alone, address = rows[0] if len(rows) == 1 else None, scene.address
    field = "text" if alone is not None and alone.kind == "SendText" else "caption"
    most = outbox.LONGEST[address.channel] if field == "text" else attachments.CAPTION
    fits = alone is not None and alone.kind != "SendAlbum" and len(text) <= most
    if fits and alone is not None and alone.state in _WAITING and not alone.attempts:
        alone.payload = {**alone.payload, field: text}
    elif all(row.state in (*_WAITING, "failed") and not row.attempts for row in rows):
        for row in rows:
            row.state = "superseded"
        outbox.answer(scene, text, message)
    elif fits and alone is not None and address.channel == "telegram" and alone.state != "failed":
        call = EditText(address.value, _number(alone), text, html=False, caption=field == "caption")
        outbox.customer_row(scene, call, message)
    else:
        outbox.answer(scene, f"{book(scene.language).say['correction']} {text}", message)
        if address.channel != "telegram":
            outbox.notice_once(
                scene,
                "edit",
                f"{reach.NAMES[address.channel]} cannot change what was sent: edits go out as a correction.",
            )


def _number(row: Delivery) -> int:
    """0 while the provider has not told it: then it is filled in when this is sent."""
    return int(row.provider_id) if row.provider_id.isdecimal() else 0


def _pieces(scene: Scene, message: Message) -> list[Delivery]:
    """The calls that carry an agent's answer to the customer."""
    return _rows(scene, message, f"{scene.address.channel}:")


def _rows(scene: Scene, message: Message, prefix: str) -> list[Delivery]:
    """Without those whose place another took; locked, so that none goes out unseen meanwhile."""
    owed = select(Delivery).where(
        Delivery.message_id == message.id, Delivery.kind.in_(CARRIERS), Delivery.thread.startswith(prefix)
    )
    locked = owed.order_by(Delivery.id).with_for_update().execution_options(populate_existing=True)
    rows = {row.id: row for row in scene.session.scalars(locked)}
    return [row for row in rows.values() if row.successor_id not in rows and row.state != "superseded"]
