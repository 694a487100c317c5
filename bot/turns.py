"""Whose turn it is: what waits in the inbox, and the heads of the outbox's threads, leased to one worker."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, func, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.claims import Database
from models import Delivery, Inbound
from models.base import Moment
from models.deliveries import PENDING

# Written into the statement, not bound: only then may either database use the partial indexes.
_PENDING: list[Any] = [literal_column(f"'{state}'") for state in PENDING]
_WAITING: Any = literal_column("'waiting'")
_AT, _MOST = bindparam("at", type_=Moment()), bindparam("most", type_=Integer)


def waiting(session: Session, now: datetime, most: int) -> list[Inbound]:
    """The inbox rows whose turn has come, oldest first; what queues behind a crashed one must not fill the batch."""
    return list(session.scalars(_waiting(), {"at": now, "most": most}))


def take(session: Session, number: int) -> Inbound | None:
    """Locks one inbox row that still waits and has none of its source before it; None if it is not its turn."""
    return session.scalars(_take(), {"number": number}).first()


def nothing_due(db: Database, now: datetime) -> bool:
    """A look that takes no lock, worth it on SQLite, where a claim that finds nothing still locks the file."""
    if db.postgresql:
        return False
    with db.reading() as session:
        return session.execute(_heads(), {"at": now, "most": 1}).first() is None


def claim(session: Session, owner: str, most: int, now: datetime, lease: timedelta) -> list[Delivery]:
    """Leases the heads of threads, most urgent lane first. A row left leased or unknown by an earlier attempt comes
    back with ``doubt``: the provider may have taken it."""
    values = {"at": now, "most": most, "by": owner, "until": now + lease}
    return sorted(session.scalars(_claim(), values), key=lambda row: (row.lane, row.id))


# The statements are built once: building one anew costs more than running it.
@cache
def _waiting() -> Any:
    due = or_(Inbound.retry_at.is_(None), Inbound.retry_at <= _AT)
    crashed = aliased(Inbound)
    behind = select(crashed.id).where(
        crashed.source == Inbound.source, crashed.source != "", crashed.state == _WAITING, crashed.retry_at > _AT
    )
    wanted = select(Inbound).where(Inbound.state == _WAITING, due, ~behind.exists())
    return wanted.order_by(Inbound.id).limit(_MOST)


@cache
def _take() -> Any:
    earlier = aliased(Inbound)
    blocked = select(earlier.id).where(
        earlier.source == Inbound.source, earlier.source != "", earlier.state == _WAITING, earlier.id < Inbound.id
    )
    mine = select(Inbound).where(Inbound.id == bindparam("number"), Inbound.state == _WAITING, ~blocked.exists())
    return mine.with_for_update(skip_locked=True).execution_options(populate_existing=True)


@cache
def _heads() -> Any:
    """Deliveries that are first of their thread and due."""
    before = aliased(Delivery)
    blocked = select(before.id).where(
        before.thread == Delivery.thread, before.state.in_(_PENDING), before.id < Delivery.id
    )
    ready = or_(
        and_(Delivery.state.in_(("queued", "unknown")), or_(Delivery.retry_at.is_(None), Delivery.retry_at <= _AT)),
        and_(Delivery.state == "leased", Delivery.lease_until < _AT),
    )
    heads = select(Delivery.id).where(Delivery.state.in_(_PENDING), ready, ~blocked.exists())
    return heads.order_by(Delivery.lane, Delivery.id).limit(_MOST)


@cache
def _claim() -> Any:
    heads = _heads().with_for_update(skip_locked=True).cte("heads")
    changed = {
        "state": "leased",
        "owner": bindparam("by"),
        "lease_until": bindparam("until", type_=Moment()),
        "attempts": Delivery.attempts + 1,
        "begun_at": func.coalesce(Delivery.begun_at, _AT),
        "doubt": case((Delivery.state == "queued", Delivery.doubt), else_=True),
    }
    leased = update(Delivery).where(Delivery.id.in_(select(heads.c.id))).values(**changed).returning(Delivery)
    return leased.execution_options(synchronize_session=False, populate_existing=True)
