"""The one module that knows a database dialect: transactions, wake-up, database time, insert once."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache
from typing import Any

import psycopg
from sqlalchemy import Engine, any_, create_engine, event, func, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot import steady
from models import Base

_BUSY_MS = 10_000
_IDLE_MS = 10_000  # a process frozen within a transaction holds its locks this long
_CHANNEL = "backstop"
_LIMITS = "-c statement_timeout=30000 -c lock_timeout=10000"
# What waits is taken from the head of an index, whatever statistics say: they were taken, and statements prepared, when
# next to nothing waited, and the plan made for that reads and sorts all of a storm for each claim.
_BY_INDEX = "-c enable_seqscan=off -c enable_bitmapscan=off"
Unique = tuple[str, ...]
# A line to the server that carries nothing any more is noticed after as long, not after the kernel's two hours.
_LINE: dict[str, Any] = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
_LINE |= {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3}
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext(:what), :number)")
_RING = text(f"SELECT pg_notify('{_CHANNEL}', '')")


class Database:
    """An embedded SQLite file, or PostgreSQL for any number of processes and hosts."""

    def __init__(self, url: str, pool: int = 20) -> None:
        self.postgresql = url.startswith("postgres")
        self._turn: AbstractContextManager[Any] = nullcontext()
        # The connection used last comes first: it has its statements prepared.
        common: dict[str, Any] = {"pool_size": pool, "max_overflow": 10, "pool_use_lifo": True, "hide_parameters": True}
        if self.postgresql:
            url = "postgresql+psycopg://" + url.partition("://")[2]
            idle = f"-c idle_in_transaction_session_timeout={_IDLE_MS}"
            common["connect_args"] = {"options": f"{_LIMITS} {idle} {_BY_INDEX}", **_LINE}
            self.engine = create_engine(url, **common)
            # What is one statement needs no BEGIN and COMMIT around it: a third of the round trips.
            self._single = create_engine(url, isolation_level="AUTOCOMMIT", pool_reset_on_return=None, **common)
        else:
            self.engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000}, **common)
            _embedded(self.engine)
            self._turn = threading.RLock()
            self._single = self.engine.execution_options(read_only=True)

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()
        self._single.dispose()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One write transaction, committed at the end. On SQLite it takes the write lock at once (BEGIN IMMEDIATE):
        a lock taken later fails under load instead of waiting. Threads of one process queue here for it: SQLite lets
        those who wait sleep ever longer, and pass each other."""
        with self._turn, Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    def reading(self) -> Session:
        """Reads, each statement for itself on PostgreSQL; the rows stay readable behind it."""
        return Session(self._single, expire_on_commit=False)

    def claiming(self) -> AbstractContextManager[Session]:
        """For one claim and the reads behind it: the claim is a single statement, on PostgreSQL its own transaction."""
        return self.reading() if self.postgresql else self.writing()

    def real_now(self, session: Session) -> datetime:
        """The database's clock, for leases and back-off; on SQLite this machine's, without its leaps."""
        if not self.postgresql:
            return steady.moment(session)
        now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
        return now.astimezone(UTC)

    def follow_clock(self, session: Session) -> float:
        """Lets SQLite's time follow this machine's clock; the seconds still between them, 0 on PostgreSQL."""
        return 0.0 if self.postgresql else steady.follow(session)

    def adopt_clock(self, session: Session) -> None:
        """Takes this machine's clock as it is now for SQLite's time."""
        if not self.postgresql:
            steady.adopt(session)

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

    def number_from(self, session: Session, model: type[Base], number: int) -> None:
        """The next row's number; SQLite goes on behind the highest there is by itself."""
        if self.postgresql:
            name = model.__tablename__
            session.execute(
                text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :at, false)"), {"name": name, "at": number}
            )

    def one_of(self, session: Session, what: str, number: int) -> None:
        """Until this transaction ends no other goes on from here for the same; what they did is seen behind it.
        SQLite's write transactions come one after the other anyway."""
        if self.postgresql:
            session.execute(_ALONE, {"what": what, "number": number})

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
        with psycopg.connect(url, autocommit=True, **_LINE) as connection:
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


def among(column: Any, chosen: Any, on_postgresql: bool) -> Any:
    """Whether the column is one of the few that ``chosen`` selects: looked up by them, never joined with them, which
    PostgreSQL takes for as cheap when it plans for an empty table."""
    return column == any_(func.array(chosen.scalar_subquery())) if on_postgresql else column.in_(chosen)


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
