"""What stands wrong with the program itself, told to people once."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key, partial
from models.deliveries import Delivery


class Alarm(Base):
    """One thing that is wrong, by its ``key``; it stands until ``cleared_at``, and may be raised again later.

    ``words`` say it as it is now, ``told`` as the group last read it; ``delivery_id`` owes its
    message, in the group ``chat_id`` (none: the main one).
    """

    __tablename__ = "alarms"
    __table_args__ = (partial("ix_alarms_standing", "raised_at", where="cleared_at IS NULL"),)

    id: Mapped[Key]
    key: Mapped[str] = mapped_column(unique=True)
    words: Mapped[str]
    told: Mapped[str] = mapped_column(default="")
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    chat_id: Mapped[int | None]
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey(Delivery.id))
