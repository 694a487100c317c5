"""The inbox: every webhook that was answered 2xx, raw, once."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, partial


class Inbound(Base):
    """One webhook. ``state`` is waiting, done, silent (read, nothing to do) or parked; ``reason`` says why.

    ``target`` and ``body`` are the request as it came, enough to parse it again. ``source`` orders: rows of
    one source are worked on in the order of their ids (a row found late goes first: ``bot.reconcile``).
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "account", "provider_id"),
        partial("ix_inbox_waiting", "id", where="state = 'waiting'"),
        partial("ix_inbox_source_waiting", "source", "id", where="state = 'waiting'"),
        partial("ix_inbox_parked", "id", where="state = 'parked'"),
    )

    id: Mapped[Key]
    channel: Mapped[str]
    account: Mapped[str]
    provider_id: Mapped[str]
    source: Mapped[str]
    target: Mapped[str]
    content_type: Mapped[str]
    body: Mapped[bytes]
    ingested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    reason: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    retry_at: Mapped[datetime | None]
