"""``flask release``: everything a new version needs once before its processes start."""

import click
from alembic import command
from flask import current_app
from flask.cli import with_appcontext

from bot.beat import adopt_clock
from bot.desk.registry import menu
from bot.groups import load
from bot.hotline.shoots import rebook_all
from bot.shell import Shell
from channels.telegram import Telegram
from channels.wire import TransportError
from commands.database import alembic_config


@click.command()
@with_appcontext
def release() -> None:
    """Upgrade the database, set Telegram's webhook and command menus; safe to run again."""
    shell: Shell = current_app.extensions["shell"]
    command.upgrade(alembic_config(shell), "head")
    click.echo("database is at the newest revision")
    adopt_clock(shell)
    rebook_all(shell)  # the policy's hotline rules may be other ones now
    load(shell)
    telegram = shell.channels.get("telegram")
    if isinstance(telegram, Telegram):
        try:
            telegram.connect(f"{shell.public_url}/webhooks/telegram", menu(lead=False), menu(lead=True))
        except TransportError as error:
            raise click.ClickException(f"Telegram's webhook and menus are not set: {error}") from error
        finally:
            telegram.close()
        click.echo("Telegram's webhook and command menus are set")
