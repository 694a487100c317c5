"""Roll-calls that have begun, and the test pages by which telephones are tried."""

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Key
from models.deliveries import Delivery
from models.oncall import Channel


class Muster(Base):
    """The roll-call before one stretch of hotline. ``rung`` is what rings next, at ``due_at``; ``shown`` the words of
    its card in the group, whose newest call is ``delivery_id``."""

    __tablename__ = "musters"

    id: Mapped[Key]
    opens_at: Mapped[datetime] = mapped_column(unique=True)
    closes_at: Mapped[datetime]
    rung: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    shown: Mapped[str] = mapped_column(default="")
    delivery_id: Mapped[int | None]


class Trial(Base):
    """A test page to one channel at the ``address`` it had then; an answer proves it. ``muster_id``: the roll-call that
    sent it, None when its owner asked for it; without ``delivery_id`` it waits for its code, as we may
    not begin. ``choices`` are what it offers a lead to do, by number: ``ring:7 put:engineer:3 take``."""

    __tablename__ = "trials"

    id: Mapped[Key]
    channel_id: Mapped[int] = mapped_column(ForeignKey(Channel.id), index=True)
    address: Mapped[str]
    muster_id: Mapped[int | None] = mapped_column(ForeignKey(Muster.id), index=True)
    delivery_id: Mapped[int | None] = mapped_column(ForeignKey(Delivery.id), index=True)
    choices: Mapped[str] = mapped_column(default="", server_default=text("''"))
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
