"""Empty databases for one test each: the real revisions run once a test process and kind, not once a test."""

import shutil
import tempfile
from functools import cache
from pathlib import Path

from alembic import command
from sqlalchemy import text

from bot.shell import Shell
from commands.database import alembic_config
from models import Base
from tests.bot.house import open_shell
from tests.support.databases import fresh


def empty(kind: str, directory: Path) -> str:
    """The URL of a migrated database without rows: a copied SQLite file, or this process's PostgreSQL one, emptied."""
    url = _migrated(kind)
    if kind == "sqlite":
        shutil.copy(url.removeprefix("sqlite:///"), directory / "backstop.sqlite3")
        return f"sqlite:///{directory}/backstop.sqlite3"
    shell = _kept(url)
    with shell.db.engine.begin() as connection:
        names = ", ".join(table.name for table in Base.metadata.sorted_tables)
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))
    return url


@cache
def _migrated(kind: str) -> str:
    url = fresh(kind, Path(tempfile.mkdtemp(prefix="backstop-template-")))
    shell = open_shell(url)
    command.upgrade(alembic_config(shell), "head")
    shell.db.engine.dispose()
    return url


@cache
def _kept(url: str) -> Shell:
    """Emptying needs a connection of its own, and making one takes longer than emptying."""
    return open_shell(url)
