"""Tickets, their append-only history, their clocks and ratings."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from models.base import Base, Json, Key, partial
from models.conversations import Conversation
from models.desk import Agent, Topic
from models.studios import Contact, Studio


class Ticket(Base):
    """One case; ``id`` is its number. ``state`` is open or resolved; ``reasons`` say why this category and severity.

    ``cause`` and ``affected`` (money or files) are what the agent said when resolving; ``snoozed_until`` hides it from
    the queue; ``nudged_at`` is when a silent owner was last reminded; ``call_back`` the number the customer wants to
    be called on; ``found_at`` is when its first line reached us, if an outage kept it from us.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        partial("ix_tickets_snoozed_until", "snoozed_until", where="snoozed_until IS NOT NULL"),
        partial("ix_tickets_owned", "owner_id", where="state = 'open' AND owner_id IS NOT NULL"),
    )

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id), index=True)
    studio_id: Mapped[int | None] = mapped_column(ForeignKey(Studio.id), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id))
    tier: Mapped[str]
    category: Mapped[str]
    severity: Mapped[int]
    reasons: Mapped[list[str]]
    words: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open", index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey(Agent.id))
    linked_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"))
    opened_at: Mapped[datetime]
    found_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    cause: Mapped[str | None]
    affected: Mapped[bool | None]
    snoozed_until: Mapped[datetime | None]
    nudged_at: Mapped[datetime | None]
    call_back: Mapped[str | None]

    studio: Mapped[Studio | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    owner: Mapped[Agent | None] = relationship(lazy="joined")
    topic: Mapped[Topic | None] = relationship(
        primaryjoin=lambda: foreign(Ticket.id) == Topic.ticket_id, lazy="joined", viewonly=True
    )


class TicketEvent(Base):
    """One thing that happened to a ticket; rows are only ever added. ``actor`` is customer, bot or agent:<id>."""

    __tablename__ = "ticket_events"

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), index=True)
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    ingested_at: Mapped[datetime]
    actor: Mapped[str]
    data: Mapped[Json]


class Clock(Base):
    """The stored fold of one promise, a cache of the events; ``due_at`` is when the watch must look at it next."""

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("ticket_id", "name"),
        partial("ix_clocks_due_at", "due_at", where="due_at IS NOT NULL"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id))
    name: Mapped[str]
    policy: Mapped[str]
    state: Mapped[str]
    started_at: Mapped[datetime]
    target_due: Mapped[datetime]
    limit_due: Mapped[datetime]
    met_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    detected_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    due_at: Mapped[datetime | None]


class Rating(Base):
    """What the customer said at the end: solved is yes, partly or no; stars 1 to 5 only after yes."""

    __tablename__ = "ratings"

    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True, autoincrement=False)
    solved: Mapped[str]
    stars: Mapped[int | None]
    answered_at: Mapped[datetime]
