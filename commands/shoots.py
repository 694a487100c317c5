"""``flask shoots``: the shoot calendar, from which hotline windows follow."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from bot.hotline.shoots import call_off, import_shoots
from bot.shell import Shell
from models import Shoot
from oncall.bookings import COLUMNS, BookingError
from sla.zones import zone


@click.group()
def shoots() -> None:
    """The shoot calendar."""


@shoots.command("import", help=f"Import FILE.csv ({','.join(COLUMNS)}) or FILE.ics. All shoots or none.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--studio", default="", help="whose they are, for a calendar that does not name its studio")
@with_appcontext
def import_(file: Path, studio: str) -> None:
    shell: Shell = current_app.extensions["shell"]
    kind = "ics" if file.suffix.lower() in (".ics", ".ical") else "csv"
    try:
        done = import_shoots(shell, file.read_bytes(), kind, studio)
    except BookingError as error:
        raise click.ClickException(f"{file}: {error}. Nothing was imported.") from error
    gone = f", {done.gone} called off" if done.gone else ""
    click.echo(
        f"{done.shoots} shoots of {done.studios} studios known{gone}; {done.windows} hotline windows ahead or open"
    )


@shoots.command("list")
@with_appcontext
def list_() -> None:
    """List the shoots that are not over: number, when in their own zone, studio, title."""
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        ahead = select(Shoot).where(Shoot.ends_at > shell.clock.now()).order_by(Shoot.begins_at, Shoot.id)
        rows = session.scalars(ahead).unique().all()
    for row in rows:
        begins, ends = (at.astimezone(zone(row.zone)) for at in (row.begins_at, row.ends_at))
        span = f"{begins:%a %Y-%m-%d %H:%M} to {ends:%a %Y-%m-%d %H:%M} {row.zone}"
        click.echo(f"{row.id}\t{span}\t{row.studio.name} ({row.studio.tier})\t{row.title}")
    if not rows:
        click.echo("no shoot is ahead")


@shoots.command("remove")
@click.argument("number", type=int)
@with_appcontext
def remove(number: int) -> None:
    """Take shoot NUMBER out; its window closes or never opens, unless another shoot asks for it."""
    shell: Shell = current_app.extensions["shell"]
    if not call_off(shell, number):
        raise click.ClickException(f"there is no shoot {number}; `flask shoots list` names them")
    click.echo(f"shoot {number} is called off")
