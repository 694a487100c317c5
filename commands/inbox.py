"""``flask inbox``: webhooks that were set aside, and how to work on them again."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from bot.park import replay
from bot.shell import Shell
from models import Inbound


@click.group()
def inbox() -> None:
    """Webhooks as they came."""


@inbox.command("list")
@with_appcontext
def list_() -> None:
    """List parked webhooks: number, channel, when, why."""
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        rows = session.scalars(select(Inbound).where(Inbound.state == "parked").order_by(Inbound.id)).all()
    for row in rows:
        click.echo(
            f"{row.id}\t{row.channel}\t{row.ingested_at:%Y-%m-%d %H:%M:%S}Z\t{len(row.body)} bytes\t{row.reason}"
        )
    if not rows:
        click.echo("nothing is parked")


@inbox.command("replay")
@click.argument("numbers", type=int, nargs=-1)
@with_appcontext
def replay_(numbers: tuple[int, ...]) -> None:
    """Work on parked webhooks NUMBERS again, or on all of them; with a mended program they go through."""
    shell: Shell = current_app.extensions["shell"]
    taken = replay(shell, numbers)
    unknown = sorted(set(numbers) - set(taken))
    if unknown:
        raise click.ClickException(
            f"not parked: {', '.join(map(str, unknown))}; `flask inbox list` names those that are"
        )
    click.echo(f"{len(taken)} taken back into the inbox")
