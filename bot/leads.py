"""What the leads read in their own chat: broken promises, low ratings with the conversation (conversations.md, 7)."""

from html import escape

from sqlalchemy import select

from bot import outbox
from bot.lanes import Lane
from bot.scene import Scene
from bot.topics import place, told
from channels.wire import Option, SendText
from conversations.phrases import shortened
from models import Message

_LAST, _WORDS = 9, 300  # lines of the conversation, characters of each


def rated(scene: Scene, stars: int) -> None:
    """One or two stars: the rating, the last of the conversation, and a button for who writes to them in person."""
    ticket, chat = scene.ticket, scene.shell.desk.leads
    assert ticket is not None
    if chat is None:
        outbox.notice(scene, f"Rated {stars} of 5: the lead should read this one.")
        return
    outbox.notice(scene, f"Rated {stars} of 5: the leads have it.")
    said = select(Message).where(Message.ticket_id == ticket.id, Message.author != "note").order_by(Message.id.desc())
    lines = [_line(scene, one) for one in reversed(scene.session.scalars(said.limit(_LAST)).all())]
    text = "\n".join([f"<b>RATED {stars} of 5</b>: {_about(scene)}", *lines])
    _tell(scene, text, (Option(f"v1:write:{ticket.id}", "I'll write"),))


def broken(scene: Scene, words: str) -> None:
    """A promise to a customer was broken: which, whose, and what they were told last."""
    ticket = scene.ticket
    if ticket is None or scene.shell.desk.leads is None:
        return
    spoken = select(Message).where(Message.ticket_id == ticket.id, Message.author.in_(("bot", "agent")))
    last = scene.session.scalar(spoken.order_by(Message.id.desc()).limit(1))
    heard = f"Told last: {_line(scene, last)}" if last else "They were told nothing yet."
    _tell(scene, f"⏰ {_about(scene)}\n{escape(words)}\n{heard}")


def _about(scene: Scene) -> str:
    ticket = scene.ticket
    assert ticket is not None
    studio = ticket.studio.name if ticket.studio else "unknown sender"
    owner = ticket.owner.name if ticket.owner else "nobody has it"
    facts = f"SEV{ticket.severity} {ticket.category} · {studio} · {ticket.tier} · {owner}"
    return f"{place(ticket)} {escape(facts)}"


def _line(scene: Scene, message: Message) -> str:
    if message.author == "bot":
        return f"<i>Bot: {escape(shortened(message.text, _WORDS))}</i>"
    return escape(shortened(told(scene, message), _WORDS))


def _tell(scene: Scene, text: str, options: tuple[Option, ...] = ()) -> None:
    chat = str(scene.shell.desk.leads)
    call = SendText(chat, text, options=options, html=True)
    outbox.queue(scene, call, channel="telegram", destination=chat, thread=f"leads:{chat}", lane=Lane.TO_GROUP)
