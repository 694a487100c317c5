"""Conversations with one address each, and their lines."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import JSON

from models.base import Base, Json, Key, partial
from models.studios import Address

if TYPE_CHECKING:
    from models.tickets import Ticket


class Conversation(Base):
    """Where we stand with one address. ``state`` is coded by ``conversations.states`` only.

    ``our_address`` is the one the customer wrote to last; ``ticket_id`` the ticket their lines go to.
    ``window_expires_at`` ends WhatsApp's 24 hours between these two addresses, None where nothing is known of it;
    ``window_warn_at`` is when the agents are to hear of the end coming, None once they have.
    ``late_told_at`` is when we last owned up to an outage.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        partial("ix_conversations_wake_at", "wake_at", where="wake_at IS NOT NULL"),
        partial("ix_conversations_window_warn_at", "window_warn_at", where="window_warn_at IS NOT NULL"),
    )

    id: Mapped[Key]
    address_id: Mapped[int] = mapped_column(ForeignKey(Address.id), unique=True)
    our_address: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    state: Mapped[Json]
    wake_at: Mapped[datetime | None]
    ticket_id: Mapped[int | None] = mapped_column(index=True)
    window_expires_at: Mapped[datetime | None]
    window_warn_at: Mapped[datetime | None]
    late_told_at: Mapped[datetime | None]

    address: Mapped[Address] = relationship(lazy="joined", innerjoin=True)
    # Loaded with the conversation, as every line needs it: one round trip instead of three.
    ticket: Mapped["Ticket | None"] = relationship(
        primaryjoin="foreign(Conversation.ticket_id) == Ticket.id", lazy="joined", viewonly=True
    )


class Message(Base):
    """A line of a conversation. ``author`` is customer, bot, agent or note (a note never leaves the group).

    ``media`` is a list of ``{kind, ref, content_type, name, seconds, size, album, sha256?}``; ``origin`` is the
    provider's id of the line where it was written, to quote it or react to it.
    """

    __tablename__ = "messages"

    id: Mapped[Key]
    conversation_id: Mapped[int] = mapped_column(ForeignKey(Conversation.id), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    author: Mapped[str]
    agent_id: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="")
    media: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    origin: Mapped[str] = mapped_column(default="", index=True)
    occurred_at: Mapped[datetime]
    ingested_at: Mapped[datetime]
