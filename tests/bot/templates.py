"""Empty databases: the real revisions run once a test process and kind; each test finds the tables emptied."""

import tempfile
from functools import cache
from pathlib import Path

from alembic import command
from sqlalchemy import text

from bot.claims import Database
from commands.database import alembic_config
from models import Base
from tests.bot.house import open_shell
from tests.support.databases import fresh


def empty(kind: str) -> Database:
    """This process's migrated database of the kind, without rows and with its numbers at one again.

    One engine serves all tests: to write every statement anew for each would take longer than the tests do.
    """
    database = _migrated(kind)
    names = [table.name for table in reversed(Base.metadata.sorted_tables)]
    with database.engine.begin() as connection:
        if database.postgresql:
            connection.execute(text(f"TRUNCATE {', '.join(names)} RESTART IDENTITY"))
        for name in () if database.postgresql else names:
            connection.execute(text(f"DELETE FROM {name}"))
    return database


@cache
def _migrated(kind: str) -> Database:
    shell = open_shell(fresh(kind, Path(tempfile.mkdtemp(prefix="backstop-template-"))))
    command.upgrade(alembic_config(shell), "head")
    return shell.db
