"""``flask outbox``: provider calls owed, and what a person may change about them."""

import getpass
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from bot.lanes import Lane
from bot.mend import CannotMend, cancel, retry
from bot.shell import Shell
from bot.ticks import RANK
from models import Delivery

_STATES = (*RANK, "superseded")
_WANTED = ("queued", "leased", "unknown", "held", "failed")  # what may want a person


@click.group()
def outbox() -> None:
    """Provider calls owed: messages, topics, cards, ticks."""


@outbox.command("list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True, help="one or more; else what is not done")
@click.option("--ticket", type=int, help="of this ticket")
@click.option("--thread", help="of this thread, like topic:12 or whatsapp:+34600000001")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="the newest so many")
@click.option("--json", "as_json", is_flag=True, help="as JSON, one object a line")
@with_appcontext
def list_(states: tuple[str, ...], limit: int, as_json: bool, **of: Any) -> None:
    """List deliveries that are owed or have failed, oldest first: what, for whom, since when, why not yet."""
    shell: Shell = current_app.extensions["shell"]
    wanted = [Delivery.state.in_(states or _WANTED)]
    wanted += [Delivery.ticket_id == of["ticket"]] if of["ticket"] is not None else []
    wanted += [Delivery.thread == of["thread"]] if of["thread"] is not None else []
    with shell.db.reading() as session:
        rows = session.scalars(select(Delivery).where(*wanted).order_by(Delivery.id.desc()).limit(limit)).all()
        found = session.scalar(select(func.count()).select_from(Delivery).where(*wanted)) or 0
    for row in reversed(rows):
        facts = _facts(row, shell.clock.now(), shell.clock.real())
        click.echo(json.dumps(facts, ensure_ascii=False) if as_json else _text(facts))
    if not as_json:
        _summed(len(rows), found)


@outbox.command("retry")
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@with_appcontext
def retry_(numbers: tuple[int, ...]) -> None:
    """Queue failed or held deliveries anew; one that may have been taken before is looked up first where it can be."""
    shell: Shell = current_app.extensions["shell"]
    who = getpass.getuser()
    _each(numbers, lambda number: f"queued anew as {retry(shell, number, who)}")


@outbox.command("cancel")
@click.argument("numbers", metavar="ID...", type=int, nargs=-1, required=True)
@click.option("--why", required=True, help="kept in the ticket's history and shown to the agents")
@with_appcontext
def cancel_(numbers: tuple[int, ...], why: str) -> None:
    """Leave deliveries unsent; who and why are kept, and the agents are told what did not go to a customer."""
    shell: Shell = current_app.extensions["shell"]
    who = getpass.getuser()

    def cancelled(number: int) -> str:
        cancel(shell, number, who, why)
        return "cancelled"

    _each(numbers, cancelled)


def _each(numbers: Sequence[int], work: Callable[[int], str]) -> None:
    """Does what can be done and names the rest; exit code 1 when there is any."""
    refused = 0
    for number in dict.fromkeys(numbers):
        try:
            click.echo(f"{number}: {work(number)}")
        except CannotMend as error:
            refused += 1
            click.echo(f"{number}: not changed, {error}", err=True)
    if refused:
        raise click.exceptions.Exit(1)


def _facts(row: Delivery, now: datetime, real: datetime) -> dict[str, Any]:
    """``age`` in seconds of business time; ``next`` in how many seconds it is tried again, where it waits."""
    due = row.retry_at or row.lease_until
    return {
        "id": row.id,
        "state": row.state,
        "lane": Lane(row.lane).name,
        "kind": row.kind,
        "channel": row.channel,
        "ticket": row.ticket_id,
        "thread": row.thread,
        "age": int((now - row.created_at).total_seconds()),
        "attempts": row.attempts,
        "next": max(0, int((due - real).total_seconds())) if due else None,
        "doubt": row.doubt,
        "fault": row.fault,
    }


def _text(facts: dict[str, Any]) -> str:
    ticket = f"#{facts['ticket']}" if facts["ticket"] else "-"
    tries = f"{facts['attempts']} tries" + (f", next in {facts['next']} s" if facts["next"] is not None else "")
    told = ["may be repeated"] if facts["doubt"] else []
    told += [facts["fault"]] if facts["fault"] else []
    head = (facts["id"], facts["state"], facts["lane"], f"{facts['channel']} {facts['kind']}", ticket, facts["thread"])
    return "\t".join([*map(str, head), f"{facts['age']} s old", tries, *told])


def _summed(shown: int, found: int) -> None:
    if not found:
        click.echo("nothing")
    elif shown < found:
        click.echo(f"the newest {shown} of {found}; --limit {found} shows all")
