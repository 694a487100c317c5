"""``flask inbox``: webhooks that were set aside, and how to work on them again."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, literal_column, select

from bot.park import replay
from bot.shell import Shell
from commands.moments import age
from models import Inbound


@click.group()
def inbox() -> None:
    """Webhooks as they came."""


@inbox.command("list")
@with_appcontext
def list_() -> None:
    """List parked webhooks: number, channel, since when, how long, size, why; then what waits, and the next step."""
    shell: Shell = current_app.extensions["shell"]
    now, waits = shell.clock.now(), (Inbound.state == literal_column("'waiting'"),)
    with shell.db.reading() as session:
        parked = select(Inbound).where(Inbound.state == literal_column("'parked'")).order_by(Inbound.id)
        rows = session.scalars(parked).all()
        waiting, oldest = session.execute(select(func.count(), func.min(Inbound.ingested_at)).where(*waits)).one()
    for row in rows:
        when = f"{row.ingested_at:%Y-%m-%d %H:%M:%S}Z\t{age(now - row.ingested_at)} old"
        click.echo(f"{row.id}\t{row.channel}\t{when}\t{len(row.body)} bytes\t{row.reason}")
    if not rows:
        click.echo("nothing is parked")
    if waiting:
        click.echo(f"{waiting} wait to be worked on, the oldest for {age(now - oldest)}; `flask doctor` if that grows")
    if rows:
        click.echo("next: mend the cause or upgrade, then `flask inbox replay`; somebody may be waiting for an answer")


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
