"""``flask db``: the database's shape, by Alembic."""

from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from flask import current_app
from flask.cli import with_appcontext

from bot.shell import Shell


def alembic_config(shell: Shell) -> Config:
    """Alembic's settings for this program's own engine; there is no alembic.ini."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent.parent / "migrations"))
    config.attributes["engine"] = shell.db.engine
    return config


@click.group()
def db() -> None:
    """The database's shape."""


@db.command()
@with_appcontext
def upgrade() -> None:
    """Bring the database to the newest revision; safe to run again."""
    shell: Shell = current_app.extensions["shell"]
    command.upgrade(alembic_config(shell), "head")
    click.echo("database is at the newest revision")
