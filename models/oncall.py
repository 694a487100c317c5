"""Who can be woken, on what, and when it is their turn; ``bot.roster`` reads it as one ``oncall.rota.Rota``."""

from datetime import date, datetime

from sqlalchemy import JSON, Date, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from models.base import Base, Key
from models.desk import Agent


class Person(Base):
    """Somebody who can be woken. ``agent_id`` is their Telegram user id, seen in the group or not; no ``roles``: off.

    ``quiet`` is ``22:00-07:00`` in ``zone``, or empty. ``filed`` is what the file last said of language and quiet: what
    they set themselves stays until that changes.
    """

    __tablename__ = "people"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    agent_id: Mapped[int | None] = mapped_column(unique=True)
    roles: Mapped[list[str]]
    language: Mapped[str] = mapped_column(default="en")
    quiet: Mapped[str] = mapped_column(default="")
    zone: Mapped[str]
    filed: Mapped[str] = mapped_column(default="", server_default=text("''"))

    agent: Mapped[Agent | None] = relationship(
        primaryjoin=lambda: foreign(Person.agent_id) == Agent.id, lazy="joined", viewonly=True
    )
    channels: Mapped[list["Channel"]] = relationship(lazy="selectin", order_by="Channel.id")


class Channel(Base):
    """One way to wake a person; pages go to verified ones only. ``kind`` is one of ``oncall.people.CHANNELS``;
    ``window_expires_at``: until then their WhatsApp takes free text; ``stopped_at``: they said STOP there; ``filed`` is
    the address of the file, which they may have changed themselves."""

    __tablename__ = "channels"
    __table_args__ = (UniqueConstraint("person_id", "kind"),)

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    kind: Mapped[str]
    address: Mapped[str] = mapped_column(index=True)
    verified_at: Mapped[datetime | None]
    window_expires_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    filed: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Rotation(Base):
    """Turns in a role; ``people`` are ids in order, ``at`` is ``09:00`` in ``zone``."""

    __tablename__ = "rotations"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    people: Mapped[list[int]] = mapped_column(JSON)
    every: Mapped[str]
    starts: Mapped[date] = mapped_column(Date)
    at: Mapped[str]
    zone: Mapped[str]


class Shift(Base):
    """One person in one role for once; ``source`` is file (the next import replaces it) or desk."""

    __tablename__ = "shifts"

    id: Mapped[Key]
    role: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(default="desk")


class Override(Base):
    """Somebody standing in: for everybody in the role, or for ``instead_of_id`` only."""

    __tablename__ = "overrides"

    id: Mapped[Key]
    role: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    source: Mapped[str] = mapped_column(default="desk")


class Confirmation(Base):
    """Somebody said "I'm on" for a role and time."""

    __tablename__ = "confirmations"

    id: Mapped[Key]
    role: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    said_at: Mapped[datetime]


class Absence(Base):
    """Somebody said "I can't" for a role and time."""

    __tablename__ = "absences"

    id: Mapped[Key]
    role: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    said_at: Mapped[datetime]
