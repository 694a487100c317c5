"""Which workers are alive, by the database's clock."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Worker(Base):
    """A worker process; ``ticked_at`` is real time by the database's clock, ``ended_at`` when it ended as it was told
    to, ``failing`` names the sweeps that come round without a success."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ticked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    failing: Mapped[str] = mapped_column(default="", server_default=text("''"))


class Anchor(Base):
    """What the time since one ``boot`` of a machine stands for (``bot/steady.py``).

    Add ``offset`` to it for our time; ``followed_at`` is when that was last set; microseconds.
    """

    __tablename__ = "anchors"

    boot: Mapped[str] = mapped_column(primary_key=True)
    offset: Mapped[int]
    followed_at: Mapped[int]
