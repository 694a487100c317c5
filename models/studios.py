"""Studios and how to reach their people."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key


class Studio(Base):
    """A customer: its tier decides what we promise, its zone in which time we say it.

    ``hotline_until`` is when the window that is open now closes: here, so that a line need not ask for it.
    """

    __tablename__ = "studios"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    tier: Mapped[str]
    timezone: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    hotline_until: Mapped[datetime | None]


class Contact(Base):
    """A person of a studio; ``role`` is owner or assistant, ``branch`` empty for the whole studio."""

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("studio_id", "name"),)

    id: Mapped[Key]
    studio_id: Mapped[int] = mapped_column(ForeignKey(Studio.id), index=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(default="owner")
    branch: Mapped[str] = mapped_column(default="")

    studio: Mapped[Studio] = relationship(lazy="joined", innerjoin=True)


class Address(Base):
    """One way to reach somebody. ``value`` is opaque: a number, a chat id, a mailbox, a hidden WhatsApp id.

    ``contact`` is None while we do not know who it is; ``claim`` is what they said, not yet believed;
    ``stopped_at`` is when they said STOP, and nothing is sent after it.
    """

    __tablename__ = "addresses"
    __table_args__ = (UniqueConstraint("channel", "value"),)

    id: Mapped[Key]
    channel: Mapped[str]
    value: Mapped[str]
    contact_id: Mapped[int | None] = mapped_column(ForeignKey(Contact.id), index=True)
    profile_name: Mapped[str] = mapped_column(default="")
    claim: Mapped[str] = mapped_column(default="")
    stopped_at: Mapped[datetime | None]

    contact: Mapped[Contact | None] = relationship(lazy="joined")
