"""Incidents: tickets with one cause, who is in them, and the status lines their customers get."""

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from models.base import Base, Key, partial
from models.deliveries import Delivery
from models.desk import Agent
from models.tickets import Ticket


class Incident(Base):
    """``state``: proposed, open, clear (the all-clear was said), closed, refused. By ``marks`` (stems of words, error
    codes) further tickets are known. ``lead_id`` is the ticket whose pages stand for all; ``confirmed_by`` is None for
    branches of one studio, which nobody need confirm; ``next_at`` is the next update as a person promised it.

    Its card is message ``message_id`` of ``chat_id``, None until Telegram told it; ``delivery_id`` the newest call for
    it, ``shown`` the hash of what that shows, ``shown_at`` when it was asked for (real time by the database's clock).
    """

    __tablename__ = "incidents"
    __table_args__ = (partial("ix_incidents_standing", "state", where="closed_at IS NULL"),)

    id: Mapped[Key]
    title: Mapped[str]
    category: Mapped[str]
    severity: Mapped[int]
    marks: Mapped[list[str]]
    reasons: Mapped[list[str]]
    state: Mapped[str]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id))
    began_at: Mapped[datetime]
    proposed_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey(Agent.id))
    clear_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    next_at: Mapped[datetime | None]
    chat_id: Mapped[int | None]
    message_id: Mapped[int | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey(Delivery.id))
    shown: Mapped[str] = mapped_column(default="")
    shown_at: Mapped[datetime | None]


class IncidentTicket(Base):
    """A ticket of an incident, linked by the bot, by ``agent:<id>`` or by the customer's own word.

    ``joined_at`` is when the ticket itself learnt of it, with the ``severity`` it had; ``left_at`` ends it. ``answer``
    is what its customer said to "does yours work?": works or still_not.
    """

    __tablename__ = "incident_tickets"
    __table_args__ = (
        partial("ix_incident_tickets_joining", "incident_id", where="joined_at IS NULL AND left_at IS NULL"),
        partial("ix_incident_tickets_linked", "ticket_id", where="left_at IS NULL"),
    )

    id: Mapped[Key]
    incident_id: Mapped[int] = mapped_column(ForeignKey(Incident.id), index=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), index=True)
    linked_at: Mapped[datetime]
    linked_by: Mapped[str]
    severity: Mapped[int | None]
    joined_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_why: Mapped[str] = mapped_column(default="", server_default=text("''"))
    answer: Mapped[str] = mapped_column(default="", server_default=text("''"))


class StatusLine(Base):
    """What a person tells everybody in an incident. ``kind``: status, clear (and asks "does yours work?") or close.

    ``texts`` are by language, "" for all others; with none it is the phrase book's own. ``next_at`` is the next update
    it promises, None for what each ticket's own terms say; ``done_at`` when the last of its copies was dealt with.
    """

    __tablename__ = "status_lines"
    __table_args__ = (partial("ix_status_lines_owed", "incident_id", where="done_at IS NULL"),)

    id: Mapped[Key]
    incident_id: Mapped[int] = mapped_column(ForeignKey(Incident.id), index=True)
    kind: Mapped[str]
    texts: Mapped[dict[str, str]] = mapped_column(JSON)
    cause: Mapped[str] = mapped_column(default="", server_default=text("''"))
    agent_id: Mapped[int] = mapped_column(ForeignKey(Agent.id))
    said_at: Mapped[datetime]
    next_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class StatusCopy(Base):
    """A status line for one ticket's customer: written down with the line, dealt with in one transaction, so once.

    ``outcome``: owed, queued (``message_id`` is what was said), or why nothing was said: left, resolved, stopped.
    """

    __tablename__ = "status_copies"
    __table_args__ = (partial("ix_status_copies_owed", "line_id", where="outcome = 'owed'"),)

    line_id: Mapped[int] = mapped_column(ForeignKey(StatusLine.id), primary_key=True, autoincrement=False)
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), primary_key=True, autoincrement=False)
    outcome: Mapped[str]
    message_id: Mapped[int | None]
    told_at: Mapped[datetime | None]
