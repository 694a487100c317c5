"""What may still be sent where: the tokens all processes share."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import JSON

from models.base import Base


class Bucket(Base):
    """The spent tokens of one destination (``telegram>-100...``) or one number of ours (``sms<+1555...``).

    ``out`` are the moments, in microseconds of real time, at which spent tokens come back; ``held_until`` is what a
    429 asked for. ``urgent_at``, ``open_at`` and ``edits_at`` follow from both: from when on a SEV1 call, any other
    call and an edit may be claimed again; the last is never the earliest.
    """

    __tablename__ = "buckets"

    name: Mapped[str] = mapped_column(primary_key=True)
    out: Mapped[list[int]] = mapped_column(JSON)
    held_until: Mapped[datetime]
    urgent_at: Mapped[datetime]
    open_at: Mapped[datetime]
    edits_at: Mapped[datetime] = mapped_column(index=True)
