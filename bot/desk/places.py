"""Which ticket a message in an agent group is about: by its topic, or by the line it replies to."""

from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from conversations.events import DeskSaid
from models import Delivery, Topic

T = TypeVar("T")


def scene_of(shell: Shell, session: Session, event: DeskSaid) -> Scene | None:
    """The scene of the ticket whose topic this is; past its topic, of the ticket whose line is answered."""
    where = select(Topic.ticket_id).where(Topic.chat_id == event.chat, Topic.thread_id == event.topic)
    number = session.scalar(where) if event.topic is not None else quoted(session, event, Delivery.ticket_id)
    return open_ticket_scene(shell, session, number)


def quoted(session: Session, event: DeskSaid, column: InstrumentedAttribute[T]) -> T | None:
    """A column of our own delivery that this message replies to."""
    ours = select(column).where(Delivery.destination == str(event.chat), Delivery.provider_id == str(event.reply_to))
    return session.scalar(ours.order_by(Delivery.id.desc()).limit(1))
