"""``flask alarms``: what stands wrong with the program itself."""

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.alarms import standing
from bot.shell import Shell


@click.command()
@with_appcontext
def alarms() -> None:
    """List the standing alarms: since when, which, what to do."""
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        rows = standing(session)
    for row in rows:
        click.echo(f"{row.raised_at:%Y-%m-%d %H:%M:%S}Z\t{row.key}\t{row.words}")
    if not rows:
        click.echo("no alarm stands")
