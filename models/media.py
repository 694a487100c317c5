"""Pictures and files, stored once by hash so that every host and one backup has them."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Media(Base):
    """One file of at most 20 MB; ``sha256`` is the hex digest of ``data``."""

    __tablename__ = "media"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content_type: Mapped[str]
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    fetched_at: Mapped[datetime]
