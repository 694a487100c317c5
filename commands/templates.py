"""``flask templates``: are our texts at Twilio there, and approved."""

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.ends import usable
from bot.shell import Shell
from bot.templates import READY, check


@click.group()
def templates() -> None:
    """WhatsApp templates, by their Content SIDs in the policy file."""


@templates.command("check")
@with_appcontext
def check_() -> None:
    """Ask Twilio for every configured template; ends with 1 when one of them cannot be used."""
    shell: Shell = current_app.extensions["shell"]
    channel = shell.channels.get("twilio")
    if channel is None:
        raise click.ClickException("WhatsApp is switched off here: TWILIO_ACCOUNT_SID is not set")
    verdicts = check(channel, shell.templates)
    for one in verdicts:
        step = f". Next: {one.step}" if one.step else ""
        click.echo(f"{'ok' if one.ok else 'BROKEN'}\t{one.name}\t{one.language}\t{one.sid}\t{one.words}{step}")
    usable(shell, [one.sid for one in verdicts if one.ok])
    if READY not in shell.templates.sids:
        click.echo(f"[templates] names no {READY}: after WhatsApp's 24 hours texts go by SMS or wait for the customer")
    if not all(one.ok for one in verdicts):
        raise SystemExit(1)
