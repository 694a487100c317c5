"""Which workers are alive, by the database's clock."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Worker(Base):
    """A worker process; ``ticked_at`` is real time by the database's clock."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(primary_key=True)
    started_at: Mapped[datetime]
    ticked_at: Mapped[datetime]
