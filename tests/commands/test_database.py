"""``flask db upgrade`` and ``flask release``: safe to run again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect

from bot.shell import Shell
from models import Base
from tests.bot.house import open_shell
from tests.commands.runner import run
from tests.support.databases import fresh


@pytest.fixture
def unmigrated(database_kind: str, tmp_path: Path) -> Iterator[Shell]:
    """The program on a database nobody has set up."""
    shell = open_shell(fresh(database_kind, tmp_path))
    yield shell
    shell.db.close()


def test_upgrading_twice_is_upgrading_once(unmigrated: Shell) -> None:
    for _ in range(2):
        done = run(unmigrated, "db", "upgrade")
        assert (done.exit_code, done.output) == (0, "database is at the newest revision\n")

    assert set(inspect(unmigrated.db.engine).get_table_names()) >= set(Base.metadata.tables)


def test_a_release_without_telegram_upgrades_and_says_no_more(unmigrated: Shell) -> None:
    done = run(replace(unmigrated, channels={}), "release")

    assert (done.exit_code, done.output) == (0, "database is at the newest revision\n")
