"""The one module that knows a database dialect: transactions, claims, wake-up, database time, insert once."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import (
    Engine,
    Integer,
    and_,
    bindparam,
    case,
    create_engine,
    event,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased

from models import Base, Delivery, Inbound
from models.base import Moment
from models.deliveries import PENDING

_BUSY_MS = 10_000
_CHANNEL = "backstop"
Unique = tuple[str, ...]
# Written into the statement, not bound: only then may either database use the partial indexes.
_PENDING: list[Any] = [literal_column(f"'{state}'") for state in PENDING]
_RING = text(f"SELECT pg_notify('{_CHANNEL}', '')")
_WAITING: Any = literal_column("'waiting'")
_AT, _MOST = bindparam("at", type_=Moment()), bindparam("most", type_=Integer)


class Database:
    """An embedded SQLite file, or PostgreSQL for any number of processes and hosts."""

    def __init__(self, url: str, pool: int = 20) -> None:
        self.postgresql = url.startswith("postgres")
        common: dict[str, Any] = {"pool_size": pool, "max_overflow": 10, "hide_parameters": True}
        if self.postgresql:
            url = "postgresql+psycopg://" + url.partition("://")[2]
            limits = "-c statement_timeout=30000 -c lock_timeout=10000"
            common["connect_args"] = {"options": limits, "connect_timeout": 5}
            self.engine = create_engine(url, **common)
            # What is one statement needs no BEGIN and COMMIT around it: a third of the round trips.
            self._single = create_engine(url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **common)
        else:
            self.engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000}, **common)
            _embedded(self.engine)
            self._single = self.engine.execution_options(read_only=True)

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()
        self._single.dispose()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction, committed at the end. On SQLite it takes the write lock at once (BEGIN IMMEDIATE):
        a lock taken later fails under load instead of waiting."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def reading(self) -> Session:
        """Reads, each statement for itself on PostgreSQL; the rows stay readable behind it."""
        return Session(self._single, expire_on_commit=False)

    def claiming(self) -> AbstractContextManager[Session]:
        """For one claim and the reads behind it: the claim is a single statement, on PostgreSQL its own transaction."""
        return self.reading() if self.postgresql else self.writing()

    def real_now(self, session: Session) -> datetime:
        """The database's clock, for leases and back-off; on SQLite this machine's."""
        if not self.postgresql:
            return datetime.now(UTC)
        now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)

    def insert_once(self, session: Session, model: type[Base], values: dict[str, Any], unique: Unique) -> int | None:
        """Inserts unless the unique columns are taken: the new id, else None. Copies posted at once end as one row."""
        made: int | None = session.execute(_once(model, unique, self.postgresql), values).scalar()
        return made

    def keep(self, model: type[Base], values: dict[str, Any], unique: Unique) -> bool:
        """Inserts once in a transaction of its own and wakes the workers; False for a copy.

        On PostgreSQL the insert commits by itself and the bell rings behind it: a NOTIFY inside would hold a lock
        of the whole server until the commit is on disk, and one that is lost costs a worker's idle second.
        """
        if not self.postgresql:
            with self.writing() as session:
                return self.insert_once(session, model, values, unique) is not None
        try:
            return self._kept(_once(model, unique, self.postgresql), values)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
            return self._kept(_once(model, unique, self.postgresql), values)  # the server restarted; the pool is fresh

    def _kept(self, insert: Any, values: dict[str, Any]) -> bool:
        with self._single.connect() as connection:
            kept = connection.execute(insert, values).first() is not None
            if kept:
                connection.execute(_RING)
        return kept

    def ring(self, session: Session) -> None:
        """Wakes every worker when this transaction commits. SQLite's workers watch the file instead."""
        if self.postgresql:
            session.execute(_RING)

    def listen(self, wake: Callable[[], None], stop: threading.Event) -> None:
        """Calls ``wake`` whenever somebody committed work, until ``stop``; a lost connection is opened again."""
        while not stop.is_set():
            try:
                (self._notified if self.postgresql else self._changed)(wake, stop)
            except (psycopg.Error, sqlite3.Error, DBAPIError):
                stop.wait(1)
            wake()

    def _notified(self, wake: Callable[[], None], stop: threading.Event) -> None:
        url = self.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"LISTEN {_CHANNEL}")
            wake()
            while not stop.is_set():
                for _ in connection.notifies(timeout=0.5, stop_after=1):
                    wake()

    def _changed(self, wake: Callable[[], None], stop: threading.Event) -> None:
        with closing(sqlite3.connect(str(self.engine.url.database))) as connection:
            seen = None
            while not stop.wait(0.01):
                (version,) = connection.execute("PRAGMA data_version").fetchone()
                if version != seen:
                    seen = version
                    wake()


@cache
def _once(model: type[Base], unique: Unique, on_postgresql: bool) -> Any:
    """The statement that inserts a row unless the unique columns are taken."""
    table = model.__table__
    dialect: Any = postgresql if on_postgresql else sqlite
    insert = dialect.insert(table).on_conflict_do_nothing(index_elements=unique)
    return insert.returning(next(iter(table.primary_key)))


def _embedded(engine: Engine) -> None:
    """WAL, full durability, foreign keys, and transactions that begin as we say (not as the driver guesses)."""

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        readonly = connection.get_execution_options().get("read_only")
        connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


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
