"""``flask desk``: the agents' group itself."""

import click
from flask import current_app
from flask.cli import AppGroup

from bot.groups import load, rebuild
from bot.shell import Shell

desk = AppGroup("desk", help="The agents' group.")


@desk.command("rebuild")
def rebuild_command() -> None:
    """Open a topic in today's group for every open ticket that has none there; safe to run again."""
    shell: Shell = current_app.extensions["shell"]
    if shell.desk.group is None:
        raise click.ClickException("Telegram is off: set TELEGRAM_AGENT_CHAT_ID, like -1001234567890")
    load(shell)
    begun = rebuild(shell)
    click.echo(f"{begun} topics begun; they open as Telegram's budget allows, SEV1 first")
