"""An engine of our own, beside the product's."""

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection


def engine_for(url: str) -> Engine:
    """The product's durability: what is committed is on the disk (SQLite: write-ahead log, synchronous=FULL)."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), pool_size=20)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _connected(connection: DBAPIConnection, _: object) -> None:
            cursor = connection.cursor()
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
                cursor.execute(f"PRAGMA {pragma}")

    return engine
