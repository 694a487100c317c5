"""``flask studios``: the directory of who writes to us."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.directory import DirectoryError, import_directory
from bot.shell import Shell


@click.group()
def studios() -> None:
    """Studios, their people and addresses."""


@studios.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_(file: Path) -> None:
    """Import FILE.csv: studio,tier,timezone,language,branch,contact,role,channel,address. All rows or none."""
    shell: Shell = current_app.extensions["shell"]
    try:
        done = import_directory(shell, file.read_bytes())
    except DirectoryError as error:
        raise click.ClickException(f"{file}: {error}. Nothing was imported.") from error
    click.echo(f"{done.rows} rows: {done.studios} studios, {done.contacts} contacts, {done.addresses} addresses known")
