"""Pages: somebody is asked to take a ticket, and asked again, until somebody has it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Json, Key, partial
from models.deliveries import Delivery
from models.oncall import Person
from models.tickets import Ticket


class Page(Base):
    """One climb of one ladder for one ticket; ``state`` is ``oncall.kinds.Page``. ``code`` is what acknowledges it
    from a phone, ``due_at`` when it must be looked at next; ``acknowledged_by`` is who has it: a person's id, or minus
    the Telegram user id of an agent whom the rota does not know."""

    __tablename__ = "pages"
    __table_args__ = (
        partial("ix_pages_due_at", "due_at", where="due_at IS NOT NULL"),
        Index(
            "ix_pages_open",
            "ticket_id",
            "ladder",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[Key]
    ticket_id: Mapped[int] = mapped_column(ForeignKey(Ticket.id), index=True)
    ladder: Mapped[str]
    code: Mapped[str] = mapped_column(index=True)
    state: Mapped[Json]
    begun_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]


class Ring(Base):
    """One page to one person on one channel; rings that go together share a delivery. ``state``: ringing, failed (and
    the page has yet to hear of it), over."""

    __tablename__ = "rings"
    __table_args__ = (
        Index("ix_rings_person_id_channel_goes_at", "person_id", "channel", "goes_at"),
        partial("ix_rings_failed", "page_id", where="state = 'failed'"),
        partial("ix_rings_ringing", "page_id", where="state = 'ringing'"),
    )

    id: Mapped[Key]
    page_id: Mapped[int] = mapped_column(ForeignKey(Page.id))
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id))
    channel: Mapped[str]
    rung: Mapped[int]
    goes_at: Mapped[datetime]
    delivery_id: Mapped[int] = mapped_column(ForeignKey(Delivery.id), index=True)
    state: Mapped[str] = mapped_column(default="ringing")
