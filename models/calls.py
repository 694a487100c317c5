"""Calls from studios: who rang, who was asked on the line, who talked or what was left on the tape."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, partial
from models.oncall import Person
from models.studios import Contact


class IncomingCall(Base):
    """One call to our number. ``provider_id`` is the provider's of it; ``caller`` empty where the number is hidden.

    ``state``: outside (told to write), ringing, taping, then taped, missed, talking (``taken_by`` has pressed 1),
    talked, or lost (they had hung up by then). ``legs`` are the people asked one after the other, ``{person, to,
    language}``; ``leg`` the one whose turn it is. ``told`` is the state that has been acted on; ``due_at`` when a sweep
    must look at it, in real time. ``seconds`` is the length of the talk or of the recording at ``recording``.
    """

    __tablename__ = "incoming_calls"
    __table_args__ = (
        UniqueConstraint("account", "provider_id"),
        partial("ix_incoming_calls_due_at", "due_at", where="due_at IS NOT NULL"),
    )

    id: Mapped[Key]
    account: Mapped[str]
    provider_id: Mapped[str]
    caller: Mapped[str] = mapped_column(index=True)
    called: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id))
    language: Mapped[str]
    state: Mapped[str]
    told: Mapped[str] = mapped_column(default="", server_default=text("''"))
    legs: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    leg: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    begun_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    taken_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    seconds: Mapped[int | None]
    recording: Mapped[str] = mapped_column(default="", server_default=text("''"))
    ticket_id: Mapped[int | None]
    texted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
