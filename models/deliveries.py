"""The outbox: one row is one provider call owed."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, Key, partial
from models.conversations import Message
from models.tickets import Ticket

PENDING = ("queued", "leased", "unknown")
_PENDING = "state IN ('queued', 'leased', 'unknown')"
# True of every row, and asked for by a claim's own walk alone: PostgreSQL must not take this index for the look at what
# is before a row in its thread, though both seem to cost nothing while nothing waits (and plans are made then).
WALKED = "lane < 100"


class Delivery(Base):
    """One provider call owed, and what became of it.

    ``kind`` names the ``channels.wire`` call which ``payload`` holds; ``sender`` is our own number that it goes out
    from, if it has one; ``thread`` keeps the order (one at a time, by id); of several waiting with one
    ``coalesce_key`` only the newest goes. ``state``: queued, leased, unknown, then accepted, sent, delivered, read or
    failed, superseded; ``held`` waits for the customer to open WhatsApp's window. ``successor_id`` is the row that
    took its place, or says its failure. ``fault`` keeps the last refusal; ``doubt``: an earlier attempt may have been
    taken, so this one may be a repetition. ``retry_at``, ``lease_until`` and ``begun_at`` (the first attempt) are
    real time by the database's clock, the other moments business time.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        partial("ix_deliveries_pending", "lane", "id", where=f"{_PENDING} AND {WALKED}"),
        partial("ix_deliveries_thread_pending", "thread", "id", where=_PENDING),
        partial("ix_deliveries_held", "thread", "id", where="state = 'held'"),
        partial("ix_deliveries_successor_id", "successor_id", where="successor_id IS NOT NULL"),
        Index("ix_deliveries_destination_provider_id", "destination", "provider_id"),
    )

    id: Mapped[Key]
    kind: Mapped[str]
    channel: Mapped[str]
    destination: Mapped[str]
    sender: Mapped[str] = mapped_column(default="", server_default=text("''"))
    thread: Mapped[str]
    lane: Mapped[int]
    coalesce_key: Mapped[str] = mapped_column(default="", index=True)
    payload: Mapped[Json]
    message_id: Mapped[int | None] = mapped_column(ForeignKey(Message.id), index=True)
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey(Ticket.id), index=True)
    state: Mapped[str] = mapped_column(default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    owner: Mapped[str] = mapped_column(default="")
    provider_id: Mapped[str] = mapped_column(default="")
    fault: Mapped[str] = mapped_column(default="")
    doubt: Mapped[bool] = mapped_column(default=False)
    successor_id: Mapped[int | None]
    created_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
