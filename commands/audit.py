"""``flask audit``: who did what at the desk."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from bot.shell import Shell
from commands.moments import age
from models import Agent, Audit


@click.command()
@click.option("--ticket", type=int, help="only what was done on this ticket")
@click.option("--agent", type=int, help="only what this person did, by the Telegram user id")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="how many, the newest")
@with_appcontext
def audit(ticket: int | None, agent: int | None, last: int) -> None:
    """List what agents and strangers did in the groups, the newest last: when, how long ago, who (the Telegram user
    id and name), on which ticket, what, what became of it."""
    shell: Shell = current_app.extensions["shell"]
    wanted = select(Audit, Agent.name).outerjoin(Agent, Agent.id == Audit.agent_id)
    if ticket is not None:
        wanted = wanted.where(Audit.ticket_id == ticket)
    if agent is not None:
        wanted = wanted.where(Audit.agent_id == agent)
    now = shell.clock.now()
    with shell.db.reading() as session:
        rows = session.execute(wanted.order_by(Audit.id.desc()).limit(last)).all()
    for row, name in reversed(rows):
        where = f"#{row.ticket_id}" if row.ticket_id else "-"
        when = f"{row.at:%Y-%m-%d %H:%M:%S}Z\t{age(now - row.at)} ago"
        click.echo(f"{when}\t{row.agent_id}\t{name or '?'}\t{where}\t{row.what}\t{row.outcome}")
    if not rows:
        narrowed = ticket is not None or agent is not None
        click.echo("nothing of that was done; `flask audit` lists all" if narrowed else "nothing was done yet")
    elif len(rows) == last:
        click.echo(f"the newest {last}; `--last {2 * last}` shows more")
