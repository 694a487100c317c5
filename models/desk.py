"""The agents' side: who they are, and the forum topic of each ticket."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, partial


class Agent(Base):
    """A person seen writing in an agent group; ``id`` is the Telegram user id, which alone decides.

    ``on_duty_since`` is None for who is off.
    """

    __tablename__ = "agents"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    username: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]
    on_duty_since: Mapped[datetime | None]


class Member(Base):
    """What Telegram told of one person in one agent group: ``standing`` is lead, agent, gone, or "" not known yet.

    ``checked_at`` is real time by the database's clock.
    """

    __tablename__ = "members"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    agent_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    standing: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime | None]
    seen_at: Mapped[datetime]


class Role(Base):
    """``name`` (engineer or privacy), given to an agent by a lead."""

    __tablename__ = "roles"

    agent_id: Mapped[int] = mapped_column(ForeignKey(Agent.id), primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(primary_key=True)
    given_by: Mapped[int]
    given_at: Mapped[datetime]


class Canned(Base):
    """A reply agents wrote once for many; it hides the one of the same name that ships, and without text removes it."""

    __tablename__ = "canned"
    __table_args__ = (UniqueConstraint("name", "language"),)

    id: Mapped[Key]
    name: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    changed_by: Mapped[int]
    changed_at: Mapped[datetime]


class Audit(Base):
    """Who asked for what in an agent group, and what became of it; rows are only ever added.

    ``agent_id`` is the Telegram user id, also of a stranger; ``ticket_id`` None for what is about no ticket.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_ticket_id", "ticket_id"), Index("ix_audit_agent_id", "agent_id"))

    id: Mapped[Key]
    at: Mapped[datetime]
    agent_id: Mapped[int]
    chat_id: Mapped[int]
    ticket_id: Mapped[int | None]
    what: Mapped[str]
    outcome: Mapped[str]


class Topic(Base):
    """A ticket's forum topic. ``thread_id`` and ``card_id`` are None until Telegram told them; ``closed`` by a
    person, until the next line opens it again; ``asked_at`` is when who closed it was asked what was wrong, until they
    say so."""

    __tablename__ = "topics"
    __table_args__ = (
        Index("ix_topics_chat_id_thread_id", "chat_id", "thread_id"),
        partial("ix_topics_asked_at", "asked_at", where="asked_at IS NOT NULL"),
    )

    ticket_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    chat_id: Mapped[int]
    thread_id: Mapped[int | None]
    card_id: Mapped[int | None]
    closed: Mapped[bool] = mapped_column(default=False, server_default=false())
    asked_at: Mapped[datetime | None]


class Overview(Base):
    """The pinned overview of an agent group: its message, None until Telegram told it or when it is gone; the newest
    call owed for it, the hash of what that shows, and when it was asked for (real time by the database's clock)."""

    __tablename__ = "overviews"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    message_id: Mapped[int | None]
    delivery_id: Mapped[int | None]
    text_hash: Mapped[str] = mapped_column(default="")
    edited_at: Mapped[datetime]


class Group(Base):
    """An agent group that has another id now. ``rebuilt``: its open tickets have been given topics there."""

    __tablename__ = "groups"

    chat_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    moved_to: Mapped[int]
    moved_at: Mapped[datetime]
    rebuilt: Mapped[bool] = mapped_column(default=False)
