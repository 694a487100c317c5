"""``flask alarms``: what stands wrong with the program itself."""

import getpass

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.alarms import over as end
from bot.alarms import standing
from bot.shell import Shell
from commands.moments import age


@click.group(invoke_without_command=True)
@click.pass_context
@with_appcontext
def alarms(context: click.Context) -> None:
    """List the standing alarms: since when, how long, which, and what to do."""
    if context.invoked_subcommand is not None:
        return
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        rows = standing(session)
    now = shell.clock.now()
    for row in rows:
        click.echo(f"{row.raised_at:%Y-%m-%d %H:%M:%S}Z\t{age(now - row.raised_at)}\t{row.key}\t{row.words}")
    click.echo("next: docs/operations.md, Alarms, says for each what to do" if rows else "no alarm stands")


@alarms.command()
@click.argument("key")
@with_appcontext
def over(key: str) -> None:
    """Say that the alarm KEY is dealt with: the group reads who said so. It comes again if its cause remains."""
    shell: Shell = current_app.extensions["shell"]
    if not end(shell, key, getpass.getuser()):
        raise click.ClickException(f"no alarm {key} stands; `flask alarms` names those that do")
    click.echo(f"{key}: over")
