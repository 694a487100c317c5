"""Whose turn it is: what waits in the inbox, and the heads of the outbox's threads, leased to one worker."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Integer, and_, bindparam, case, func, literal_column, or_, select, text, update
from sqlalchemy.orm import Session, aliased

from bot import buckets
from bot.budgets import Budgets
from bot.claims import Database, among
from bot.lanes import Lane
from models import Base, Bucket, Delivery, Inbound
from models.base import Moment
from models.deliveries import PENDING, WALKED

# Written into the statement, not bound: only then may either database use the partial indexes.
_PENDING: list[Any] = [literal_column(f"'{state}'") for state in PENDING]
_WAITING: Any = literal_column("'waiting'")
_OWED: Any = Delivery.__table__
_KEPT: Any = Inbound.__table__
_AT, _MOST = bindparam("at", type_=Moment()), bindparam("most", type_=Integer)


def waiting(session: Session, now: datetime, most: int) -> list[Inbound]:
    """The inbox rows whose turn has come, oldest first; what queues behind a crashed one must not fill the batch."""
    return list(session.scalars(_waiting(), {"at": now, "most": most}))


def beyond(session: Session, number: int, most: int) -> list[Inbound]:
    """What waits in the inbox behind this row, due or not."""
    wanted = select(Inbound).where(Inbound.state == _WAITING, Inbound.id > number)
    return list(session.scalars(wanted.order_by(Inbound.id).limit(most)))


def waiting_of(session: Session, now: datetime, sources: Collection[str], most: int) -> list[Inbound]:
    """The same as ``waiting``, of these sources alone."""
    return list(session.scalars(_waiting().where(Inbound.source.in_(sources)), {"at": now, "most": most}))


def take(session: Session, number: int) -> Inbound | None:
    """Locks one inbox row that still waits and has none of its source before it; None if it is not its turn."""
    return session.scalars(_take(), {"number": number}).first()


def finish(db: Database, session: Session, number: int) -> Inbound | None:
    """Takes one inbox row and marks it done in one statement: the work of its transaction is yet to come."""
    done = _finish(db.postgresql)
    return session.scalars(done, {"number": number}).first()


def nothing_due(db: Database, now: datetime) -> bool:
    """A look that takes no lock, worth it on SQLite, where a claim that finds nothing still locks the file."""
    if db.postgresql:
        return False
    with db.reading() as session:
        return session.execute(_heads(), {"at": now, "most": 1}).first() is None


@dataclass(frozen=True, slots=True)
class Lease:
    """Who claims, when, and until when the claim holds; real time by the database's clock."""

    owner: str
    at: datetime
    until: datetime

    def values(self) -> dict[str, Any]:
        return {"by": self.owner, "at": self.at, "until": self.until}


def claim(db: Database, budgets: Budgets, lease: Lease, most: int) -> list[Delivery]:
    """Leases the heads of threads that their budgets allow, most urgent lane first. A row left leased or unknown by
    an earlier attempt comes back with ``doubt``: the provider may have taken it."""
    found: list[Delivery] = []
    if budgets.lifted:
        with db.claiming() as session:
            found += session.scalars(_claim(db.postgresql), {**lease.values(), "most": most})
        return _by_urgency(found)
    for _ in range(most):
        rows, more = _round(db, budgets, lease, most - len(found))
        found += rows
        if not more:
            break
    return _by_urgency(found)


def claim_one(db: Database, lease: Lease, number: int) -> list[Delivery]:
    """Leases one delivery if it waits and is due, whatever its budgets say."""
    due = or_(Delivery.retry_at.is_(None), Delivery.retry_at <= lease.at)
    waits = select(Delivery.id).where(Delivery.id == number, Delivery.state.in_(("queued", "unknown")), due)
    with db.writing() as session:
        ids = list(session.scalars(waits.with_for_update(skip_locked=True)))
        return list(session.scalars(_lease_of(), {**lease.values(), "ids": ids})) if ids else []


def renew(db: Database, leased: Delivery, at: datetime, until: datetime) -> bool:
    """Leases this attempt's row anew; False when it is no longer its own: settled, claimed again, or lapsed."""
    ours = and_(Delivery.id == leased.id, Delivery.state == "leased", Delivery.attempts == leased.attempts)
    longer = update(Delivery).where(ours, Delivery.lease_until > at).values(lease_until=until).returning(Delivery.id)
    with db.writing() as session:
        return session.scalar(longer.execution_options(synchronize_session=False)) is not None


def _round(db: Database, budgets: Budgets, lease: Lease, most: int) -> tuple[list[Delivery], bool]:
    """One transaction: (what it leased, whether more may be found now that empty buckets stand aside)."""
    try:
        with db.writing() as session:
            heads = session.execute(_locked_heads(), {"at": lease.at, "most": most}).all()
            may_go = buckets.take(session, budgets, heads, lease.at)
            values = {**lease.values(), "ids": may_go}
            rows = list(session.scalars(_lease_of(), values)) if may_go else []
        return rows, len(may_go) < len(heads) == most
    except buckets.Missing as missing:
        buckets.make(db, missing.names)
        return [], True


def _by_urgency(rows: list[Delivery]) -> list[Delivery]:
    return sorted(rows, key=lambda row: (row.lane, row.id))


# The statements are built once: building one anew costs more than running it.
@cache
def _waiting() -> Any:
    due = or_(Inbound.retry_at.is_(None), Inbound.retry_at <= _AT)
    crashed = aliased(Inbound)
    behind = select(crashed.source).where(crashed.source != "", crashed.state == _WAITING, crashed.retry_at > _AT)
    wanted = select(Inbound).where(Inbound.state == _WAITING, due, Inbound.source.not_in(behind))
    return wanted.order_by(Inbound.id).limit(_MOST)


@cache
def _take() -> Any:
    return _turn(Inbound).execution_options(populate_existing=True)


@cache
def _finish(on_postgresql: bool) -> Any:
    mine = among(_KEPT.c.id, _turn(Inbound.id), on_postgresql)
    return _loaded(Inbound, update(_KEPT).where(mine).values(state="done", reason=""))


def _turn(what: Any) -> Any:
    """The row of this number, if it waits and none of its source does before it."""
    earlier = aliased(Inbound)
    blocked = select(earlier.id).where(
        earlier.source == Inbound.source, earlier.source != "", earlier.state == _WAITING, earlier.id < Inbound.id
    )
    mine = select(what).where(Inbound.id == bindparam("number"), Inbound.state == _WAITING, ~blocked.exists())
    return mine.with_for_update(skip_locked=True)


@cache
def _heads(*columns: Any, lifted: bool = False) -> Any:
    """Deliveries that are first of their thread, due, and not for an empty bucket."""
    one = aliased(Delivery)
    of_thread = select(one.id).where(one.thread == Delivery.thread, one.state.in_(_PENDING)).order_by(one.id)
    first = of_thread.limit(literal_column("1")).scalar_subquery()
    ready = or_(
        and_(Delivery.state.in_(("queued", "unknown")), or_(Delivery.retry_at.is_(None), Delivery.retry_at <= _AT)),
        and_(Delivery.state == "leased", Delivery.lease_until < _AT),
    )
    heads = select(*(columns or (Delivery.id,))).where(
        Delivery.state.in_(_PENDING), text(WALKED), ready, *(_open()[:1] if lifted else _open()), Delivery.id == first
    )
    return heads.order_by(Delivery.lane, Delivery.id).limit(_MOST)


def _open() -> list[Any]:
    """Both buckets of a delivery have a token for its lane (``budgets.receiver`` and ``buckets.take`` say the same).
    The empty ones are few and looked up once a statement, whatever is owed to them. The first is all that holds
    with budgets lifted: a 429 empties a bucket for every lane."""
    theirs = Delivery.channel + literal_column("'>'") + Delivery.destination
    ours = Delivery.channel + literal_column("'<'") + Delivery.sender

    def empty(moment: Any) -> Any:
        return select(Bucket.name).where(Bucket.edits_at > _AT, moment > _AT).scalar_subquery()

    return [
        theirs.not_in(empty(Bucket.urgent_at)),
        ours.not_in(empty(Bucket.urgent_at)),
        or_(Delivery.lane <= Lane.PAGE, theirs.not_in(empty(Bucket.open_at))),
        or_(Delivery.lane < Lane.CARD, theirs.not_in(empty(Bucket.edits_at))),
    ]


@cache
def _locked_heads() -> Any:
    where = (Delivery.channel, Delivery.destination, Delivery.sender)
    return _heads(Delivery.id, Delivery.lane, Delivery.kind, Delivery.payload, *where).with_for_update(
        skip_locked=True, of=Delivery
    )


@cache
def _claim(on_postgresql: bool) -> Any:
    heads = _heads(lifted=True).with_for_update(skip_locked=True)
    return _leasing(among(_OWED.c.id, heads, on_postgresql))


@cache
def _lease_of() -> Any:
    return _leasing(_OWED.c.id.in_(bindparam("ids", expanding=True)))


def _leasing(which: Any) -> Any:
    changed = {
        "state": "leased",
        "owner": bindparam("by"),
        "lease_until": bindparam("until", type_=Moment()),
        "attempts": _OWED.c.attempts + 1,
        "begun_at": func.coalesce(_OWED.c.begun_at, _AT),
        "doubt": case((_OWED.c.state == "queued", _OWED.c.doubt), else_=True),
    }
    return _loaded(Delivery, update(_OWED).where(which).values(**changed))


def _loaded(model: type[Base], changed: Any) -> Any:
    """The rows that an update of the model's table changed. An update of the model itself is prepared anew by the ORM
    each time, for a third of its cost."""
    returned = changed.returning(model.__table__)
    return select(model).from_statement(returned).execution_options(populate_existing=True)
