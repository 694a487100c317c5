"""Alembic's door: runs revisions on the engine the program itself uses, with bounded locks."""

from alembic import context
from sqlalchemy import Connection, Engine, text

from models import Base

engine: Engine = context.config.attributes["engine"]


def run(connection: Connection) -> None:
    """One transaction; on PostgreSQL a lock that is not had in 5 s fails instead of blocking the product."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SET statement_timeout = '10min'"))
        # Two releases at once: the second waits here and then finds nothing to do.
        connection.execute(text("SELECT pg_advisory_xact_lock(7243911)"))
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=False)
    with context.begin_transaction():
        context.run_migrations()


with engine.begin() as connection:
    run(connection)
