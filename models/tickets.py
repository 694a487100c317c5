"""Tickets, their append-only history, their clocks and ratings."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship
from sqlalchemy.types import JSON

from models.base import Base, Json, Key, partial
from models.conversations import Conversation
from models.desk import Agent, Topic
from models.studios import Contact, Studio


class Ticket(Base):
    """One case; ``id`` is its number. ``state`` is open or resolved; ``reasons`` say why this category and severity.

    ``cause`` and ``affected`` (money or files) are what the agent said when resolving; ``snoozed_until`` hides it from
    the queue; ``nudged_at`` is when a silent owner was last reminded; ``call_back`` the number the customer wants to
    be called on; ``found_at`` is when its first line reached us, if an outage kept it from us. ``due_at`` is the next
    target or limit of its clocks; ``awaited_since`` the start of the answer clock that runs, None when nobody waits for
    us; ``silent_at`` when its customer will have heard nothing for too long; ``incident_id`` the incident it is in.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        partial("ix_tickets_snoozed_until", "snoozed_until", where="snoozed_until IS NOT NULL"),
        partial("ix_tickets_owned", "owner_id", where="state = 'open' AND owner_id IS NOT NULL"),
        partial("ix_tickets_silent_at", "silent_at", where="silent_at IS NOT NULL"),
        partial("ix_tickets_in_incident", "incident_id", where="incident_id IS NOT NULL"),
        Index("ix_tickets_opened_at", "opened_at"),
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
    due_at: Mapped[datetime | None]
    awaited_since: Mapped[datetime | None]
    silent_at: Mapped[datetime | None]
    incident_id: Mapped[int | None]

    studio: Mapped[Studio | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    owner: Mapped[Agent | None] = relationship(lazy="joined")
    topic: Mapped[Topic | None] = relationship(
        primaryjoin=lambda: foreign(Ticket.id) == Topic.ticket_id, lazy="joined", viewonly=True
    )


class TicketEvent(Base):
    """One thing that happened to a ticket; rows are only ever added. ``actor`` is customer, bot or agent:<id>;
    ``policy`` the version of the policy in force then. The kinds are listed in ``sla.events``."""

    __tablename__ = "ticket_events"

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), index=True)
    kind: Mapped[str]
    occurred_at: Mapped[datetime]
    ingested_at: Mapped[datetime]
    actor: Mapped[str]
    data: Mapped[Json]
    policy: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Clock(Base):
    """The stored fold of one promise, a cache of the events; ``due_at`` is when the watch must look at it next.

    ``number`` counts the clocks of one name; ``calendar`` is a version; ``pauses`` a list of [from, to]. A worker
    that looks at it keeps others off until ``claimed_until``, by the database's clock.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("ticket_id", "name", "number"),
        partial("ix_clocks_due_at", "due_at", where="due_at IS NOT NULL"),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id))
    name: Mapped[str]
    number: Mapped[int] = mapped_column(default=1, server_default="1")
    policy: Mapped[str]
    calendar: Mapped[str] = mapped_column(default="", server_default=text("''"))
    state: Mapped[str]
    started_at: Mapped[datetime]
    target_due: Mapped[datetime | None]
    limit_due: Mapped[datetime | None]
    met_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    detected_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    pauses: Mapped[list[list[str | None]] | None] = mapped_column(JSON)
    alarm: Mapped[str] = mapped_column(default="", server_default=text("''"))
    due_at: Mapped[datetime | None]
    claimed_until: Mapped[datetime | None]


class Policy(Base):
    """The text of a policy file by its version, so that a promise is reckoned as it was made (sla.md rule 7)."""

    __tablename__ = "policies"

    version: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    kept_at: Mapped[datetime]


class Batch(Base):
    """A SEV3 cycle that has begun; ``delivery_id`` is its card in the group, ``closed_at`` when its end was told."""

    __tablename__ = "batches"

    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]
    delivery_id: Mapped[int | None]
    closed_at: Mapped[datetime | None]


class Rating(Base):
    """What the customer said at the end: solved is yes, partly or no; stars 1 to 5 only after yes."""

    __tablename__ = "ratings"

    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True, autoincrement=False)
    solved: Mapped[str]
    stars: Mapped[int | None]
    answered_at: Mapped[datetime]
