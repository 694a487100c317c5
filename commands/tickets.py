"""``flask tickets``: what is open, and the whole history of one."""

import json
from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bot import proof
from bot.shell import Shell
from models import Clock, Delivery, Message, Rating, Ticket, TicketEvent


@click.group()
def tickets() -> None:
    """Tickets."""


@tickets.command("list")
@click.option("--all", "everything", is_flag=True, help="resolved ones too")
@with_appcontext
def list_(everything: bool) -> None:
    """List tickets: number, severity, category, state, owner, studio, promise."""
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        wanted = select(Ticket, Clock).outerjoin(Clock, (Clock.ticket_id == Ticket.id) & (Clock.name == "FR"))
        if not everything:
            wanted = wanted.where(Ticket.state == "open")
        wanted = wanted.options(joinedload(Ticket.studio))
        rows = session.execute(wanted.order_by(Ticket.severity, Ticket.id)).unique().all()
    for ticket, clock in rows:
        owner, studio = ticket.owner.name if ticket.owner else "-", ticket.studio.name if ticket.studio else "?"
        promise = f"{clock.state} until {clock.target_due:%Y-%m-%d %H:%M}Z" if clock else "-"
        click.echo(
            f"#{ticket.id}\tSEV{ticket.severity}\t{ticket.category}\t{ticket.state}\t{owner}\t{studio}\tFR {promise}"
        )
    if not rows:
        click.echo("no tickets" if everything else "no open tickets")


@tickets.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="as one JSON object")
@with_appcontext
def show(number: int, as_json: bool) -> None:
    """Show one ticket: its facts, clocks, history, lines and deliveries."""
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        ticket = session.get(Ticket, number)
        if ticket is None:
            raise click.ClickException(f"there is no ticket {number}; `flask tickets list --all` names them")
        facts = _facts(session, ticket)
    click.echo(json.dumps(facts, indent=2, ensure_ascii=False) if as_json else _text(facts))


@tickets.command("ledger")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="as one JSON object")
@with_appcontext
def ledger(number: int, as_json: bool) -> None:
    """Print the proof of every clock of a ticket: events, open hours, pauses, dues."""
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        if session.get(Ticket, number) is None:
            raise click.ClickException(f"there is no ticket {number}; `flask tickets list --all` names them")
        found = proof.of(session, shell, number)
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else proof.text(found))


def _facts(session: Any, ticket: Ticket) -> dict[str, Any]:
    def rows(model: Any) -> list[Any]:
        return list(session.scalars(select(model).where(model.ticket_id == ticket.id).order_by(model.id)))

    rating = session.get(Rating, ticket.id)
    return {
        "number": ticket.id,
        "studio": ticket.studio.name if ticket.studio else None,
        "contact": ticket.contact.name if ticket.contact else None,
        "tier": ticket.tier,
        "category": ticket.category,
        "severity": f"SEV{ticket.severity}",
        "reasons": ticket.reasons,
        "state": ticket.state,
        "owner": ticket.owner.name if ticket.owner else None,
        "opened_at": _iso(ticket.opened_at),
        "resolved_at": _iso(ticket.resolved_at),
        "rating": {"solved": rating.solved, "stars": rating.stars} if rating else None,
        "clocks": [_clock(row) for row in rows(Clock)],
        "events": [
            {"kind": row.kind, "occurred_at": _iso(row.occurred_at), "actor": row.actor, "data": row.data}
            for row in rows(TicketEvent)
        ],
        "messages": [
            {"author": row.author, "occurred_at": _iso(row.occurred_at), "text": row.text, "media": len(row.media)}
            for row in rows(Message)
        ],
        "deliveries": [
            {"id": row.id, "kind": row.kind, "channel": row.channel, "state": row.state, "attempts": row.attempts}
            | ({"fault": row.fault} if row.fault else {})
            | ({"doubt": True} if row.doubt else {})
            for row in rows(Delivery)
        ],
    }


def _clock(row: Clock) -> dict[str, Any]:
    moments = ("started_at", "target_due", "limit_due", "met_at", "missed_at", "breached_at", "detected_at")
    return {"name": row.name, "state": row.state, "reason": row.reason} | {
        name: _iso(getattr(row, name)) for name in moments
    }


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None


def _text(facts: dict[str, Any]) -> str:
    lines = []
    for key, value in facts.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"{key}:", *("  " + "  ".join(f"{k}={v}" for k, v in row.items() if v) for row in value)]
        else:
            lines.append(f"{key}: {'; '.join(value) if isinstance(value, list) else value}")
    return "\n".join(lines)
