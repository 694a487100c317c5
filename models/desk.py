"""The agents' side: who they are, and the forum topic of each ticket."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Agent(Base):
    """A person seen writing in an agent group; ``id`` is the Telegram user id, which alone decides."""

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    username: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]


class Topic(Base):
    """A ticket's forum topic. ``thread_id`` and ``card_id`` are None until Telegram told them."""

    __tablename__ = "topics"
    __table_args__ = (Index("ix_topics_chat_id_thread_id", "chat_id", "thread_id"),)

    ticket_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chat_id: Mapped[int]
    thread_id: Mapped[int | None]
    card_id: Mapped[int | None]
