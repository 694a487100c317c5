"""How far a provider's own list of messages has been compared with the inbox."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Watermark(Base):
    """``seen_to`` is business time, as providers tell it; ``next_at``, real time, is moved on by whoever compares."""

    __tablename__ = "watermarks"

    channel: Mapped[str] = mapped_column(primary_key=True)
    seen_to: Mapped[datetime]
    next_at: Mapped[datetime]
