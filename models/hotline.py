"""The shoot calendar and the hotline windows that follow from it."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Key, partial
from models.studios import Studio


class Shoot(Base):
    """One booked shoot. ``uid`` names it in the file it came from, ``series`` the event it is a repetition of."""

    __tablename__ = "shoots"
    __table_args__ = (UniqueConstraint("studio_id", "uid"),)

    id: Mapped[Key]
    studio_id: Mapped[int] = mapped_column(ForeignKey(Studio.id))
    uid: Mapped[str]
    series: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    zone: Mapped[str]

    studio: Mapped[Studio] = relationship(lazy="joined", innerjoin=True)


class HotlineWindow(Base):
    """A studio on the hotline. ``due_at`` is the next moment a sweep must act: opening, then closing, then None.

    ``known_at`` is when we learned of it: only from then on can an opening be late.
    """

    __tablename__ = "hotline_windows"
    __table_args__ = (partial("ix_hotline_windows_due_at", "due_at", where="due_at IS NOT NULL"),)

    id: Mapped[Key]
    studio_id: Mapped[int] = mapped_column(ForeignKey(Studio.id), index=True)
    zone: Mapped[str]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    known_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]

    studio: Mapped[Studio] = relationship(lazy="joined", innerjoin=True)
