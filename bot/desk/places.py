"""Which ticket a message in an agent group is about: by its topic, or by the line it replies to."""

import re
from typing import Any, TypeVar

from sqlalchemy import literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot import moving, outbox
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from conversations.events import DeskSaid
from models import Delivery, Topic
from models.deliveries import PENDING

T = TypeVar("T")
_NAME = re.compile(r"(?:URGENT )?#([0-9]{1,18}) ")  # card.topic_name


class Opening(Exception):
    """A topic nobody knows yet, while one is being opened in that group: its number will be told in a moment."""


def scene_of(shell: Shell, session: Session, event: DeskSaid) -> Scene | None:
    """The scene of the ticket whose topic this is, or was; past all topics, of the ticket whose line is answered.
    Raises Opening."""
    number = None
    if event.topic is not None:
        where = select(Topic.ticket_id).where(Topic.chat_id == event.chat, Topic.thread_id == event.topic)
        number = session.scalar(where) or _former(session, event)
    if number is None and event.reply_to is not None:
        number = quoted(session, event, Delivery.ticket_id)
    if number is None and event.topic is not None and _opening(session, event.chat):
        raise Opening
    return open_ticket_scene(shell, session, number)


def point_on(scene: Scene, event: DeskSaid) -> None:
    """In a topic that is no longer the ticket's, or was opened twice, says once where it goes on, and closes it."""
    now = outbox.topic_of(scene)
    if now is not None and event.topic not in (None, now.thread_id):
        moving.point(scene, event.chat, event.topic or 0, f"#{now.ticket_id} goes on in another topic:")


def _former(session: Session, event: DeskSaid) -> int | None:
    """The ticket that had this topic before another one; one Telegram opened unheard is known by its name."""
    opened = (Delivery.kind == "OpenTopic", Delivery.destination == str(event.chat))
    of = select(Delivery.ticket_id).where(*opened).limit(1)
    named = _NAME.match(event.quoted) if event.reply_to is None else None
    twin = of.where(Delivery.ticket_id == int(named[1]), Delivery.doubt) if named else None
    return session.scalar(of.where(Delivery.provider_id == str(event.topic))) or (
        session.scalar(twin) if twin is not None else None
    )


def _opening(session: Session, chat: int) -> bool:
    """Whether a topic is just being opened there, or may have been."""
    states: list[Any] = [literal_column(f"'{state}'") for state in PENDING]  # written in, for the partial index
    calls = (Delivery.kind == "OpenTopic", Delivery.destination == str(chat), Delivery.attempts > 0)
    return session.scalar(select(Delivery.id).where(Delivery.state.in_(states), *calls).limit(1)) is not None


def quoted(session: Session, event: DeskSaid, column: InstrumentedAttribute[T]) -> T | None:
    """A column of our own delivery that this message replies to."""
    ours = select(column).where(Delivery.destination == str(event.chat), Delivery.provider_id == str(event.reply_to))
    return session.scalar(ours.order_by(Delivery.id.desc()).limit(1))
