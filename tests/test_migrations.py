"""The revisions make exactly what the models say, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from bot.claims import Database
from bot.shell import Shell
from commands.database import alembic_config
from models import Base
from tests.bot.house import open_shell
from tests.support.databases import fresh


@pytest.fixture
def empty(database_kind: str, tmp_path: Path) -> Iterator[Shell]:
    """The program on a database nobody has set up."""
    shell = open_shell(fresh(database_kind, tmp_path))
    yield shell
    shell.db.close()


def test_upgrading_an_empty_database_makes_what_the_models_say(empty: Shell) -> None:
    command.upgrade(alembic_config(empty), "head")

    with empty.db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_has_its_constraints_under_the_names_of_the_convention(empty: Shell) -> None:
    command.upgrade(alembic_config(empty), "head")

    looked = inspect(empty.db.engine)
    for table in Base.metadata.sorted_tables:
        assert looked.get_pk_constraint(table.name)["name"] == f"pk_{table.name}"
        found = {one["name"] for one in looked.get_unique_constraints(table.name)}
        found |= {one["name"] for one in looked.get_foreign_keys(table.name)}
        wanted = {str(one.name) for one in table.constraints if not str(one.name).startswith("pk_")}
        assert found == wanted, table.name
        assert {one["name"] for one in looked.get_indexes(table.name)} >= {str(one.name) for one in table.indexes}


def test_upgrading_twice_changes_nothing(empty: Shell) -> None:
    for _ in range(2):
        command.upgrade(alembic_config(empty), "head")

    with empty.db.engine.connect() as connection:
        heads = MigrationContext.configure(connection).get_current_heads()
    assert list(heads) == ScriptDirectory.from_config(alembic_config(empty)).get_heads()


def test_the_revisions_are_one_line_without_branches(empty: Shell) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(empty))

    assert len(scripts.get_heads()) == 1
    assert [revision.is_merge_point or revision.is_branch_point for revision in scripts.walk_revisions()].count(
        True
    ) == 0


def test_a_database_that_is_away_stops_the_upgrade(empty: Shell) -> None:
    dead = "postgresql://nobody@127.0.0.1:1/none" if empty.db.postgresql else "sqlite:////nowhere/at/all.sqlite3"

    with pytest.raises(Exception, match=r"(refused|unable to open)"):
        command.upgrade(alembic_config(replace(empty, db=Database(dead))), "head")
