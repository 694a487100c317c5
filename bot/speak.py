"""The bot's own sentences to a customer: a line of the conversation, a call owed, and shown on the card."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select

from bot import outbox, tickets
from bot.scene import Scene
from conversations.phrases import clock_time, labels, render
from models import Message


def say(
    scene: Scene, phrase: str, values: Mapping[str, str | int] | None = None, options: tuple[str, ...] = ()
) -> Message:
    """One phrase of the customer's book; name, agent, the promise (by) and the batch are filled in unless given."""
    message = kept(scene, worded(scene, phrase, values or {}), author="bot")
    outbox.to_customer(scene, message.text, message, labels(scene.language, options), phrase)
    tickets.refresh(scene, soon=False)
    return message


def say_once(scene: Scene, phrase: str) -> None:
    """One phrase, unless it is the last thing that we said: of ten files in a row one is answered."""
    ours = (Message.conversation_id == scene.conversation.id, Message.author.in_(("bot", "agent")))
    last = scene.session.scalar(select(Message.text).where(*ours).order_by(Message.id.desc()).limit(1))
    if last != worded(scene, phrase, {}):
        say(scene, phrase)


def worded(scene: Scene, phrase: str, values: Mapping[str, str | int]) -> str:
    """The phrase in the customer's language and time."""
    owner = scene.ticket.owner if scene.ticket else None
    known = {"name": scene.name, "agent": owner.name if owner else "a person", "batch": _batch(scene)}
    by = {} if "by" in values else {"by": told_time(scene, tickets.promised(scene))}
    return render(scene.language, phrase, {**known, **by, **values})


def told_time(scene: Scene, moment: datetime) -> str:
    """A moment as the customer reads it: in their zone, with the day if it is not today."""
    return clock_time(moment, scene.now, scene.zone, scene.language)


def kept(scene: Scene, text: str, *, author: str, agent_id: int | None = None) -> Message:
    """A line of ours in the conversation."""
    message = Message(
        conversation_id=scene.conversation.id,
        ticket_id=scene.ticket.id if scene.ticket else None,
        author=author,
        agent_id=agent_id,
        text=text,
        occurred_at=scene.now,
        ingested_at=scene.now,
    )
    scene.session.add(message)
    scene.session.flush()
    return message


def _batch(scene: Scene) -> str:
    """Which cycle a SEV3 ticket has joined, for a receipt."""
    starts = tickets.batch_of(scene)
    return render(scene.language, "batch", {"by": told_time(scene, starts)}) if starts else ""
