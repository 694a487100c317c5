"""``flask restored``: run once after a backup was put back, before any worker starts."""

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.restore import NotYet
from bot.restore import restored as restore
from bot.shell import Shell


@click.command()
@with_appcontext
def restored() -> None:
    """Mark what may have been sent since the backup was taken, so that nothing goes twice unasked."""
    shell: Shell = current_app.extensions["shell"]
    try:
        done = restore(shell)
    except NotYet as error:
        raise click.ClickException(str(error)) from error
    finally:
        for channel in set(shell.channels.values()):
            channel.close()
    click.echo(f"the backup is of {done.taken_at:%Y-%m-%d %H:%M:%S}Z")
    click.echo(f"{done.recovered} messages of customers since then were found in Twilio's list and taken in")
    click.echo(f"{done.asked} calls are looked up at Twilio before they go")
    click.echo(f'{done.flagged} lines go to the group marked "may be repeated"')
    click.echo(f"{done.kept} texts to customers on Telegram are kept back: `flask outbox list --state failed`")
    click.echo("now start the workers")
