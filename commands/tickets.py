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
from bot.desk.queue import ordered
from bot.shell import Shell
from commands.moments import age
from models import Clock, Conversation, Delivery, Incident, Message, Rating, Ticket, TicketEvent

_STUCK = ("unknown", "held", "failed")


@click.group()
def tickets() -> None:
    """Tickets."""


@tickets.command("list")
@click.option("--all", "everything", is_flag=True, help="resolved ones too, behind the open ones, the newest first")
@click.option("--limit", type=click.IntRange(1), default=200, show_default=True, help="the first so many of each")
@with_appcontext
def list_(everything: bool, limit: int) -> None:
    """List tickets in queue order: number, severity, category, state, owner, studio, tier, and what is next by when."""
    shell: Shell = current_app.extensions["shell"]
    resolved = select(Ticket).where(Ticket.state == "resolved").options(joinedload(Ticket.studio))
    with shell.db.reading() as session:
        rows, count = ordered(shell, session, limit)
        done = resolved.order_by(Ticket.resolved_at.desc()).limit(limit)
        shown = [*rows, *(session.scalars(done).unique() if everything else ())]
    for ticket in shown:
        owner, studio = ticket.owner.name if ticket.owner else "-", ticket.studio.name if ticket.studio else "?"
        facts = (f"#{ticket.id}", f"SEV{ticket.severity}", ticket.category, ticket.state, owner, studio, ticket.tier)
        click.echo("\t".join([*facts, _next(ticket, shell.clock.now())]))
    if not shown:
        click.echo("no tickets" if everything else "no open tickets")
    if count > len(rows):
        click.echo(f"{count - len(rows)} more open; `--limit {count}` shows all")


def _next(ticket: Ticket, now: datetime) -> str:
    """``due in 12 min, waits 3 min``: its next target or limit, and how long the customer has waited for a person."""
    if ticket.state != "open":
        return f"resolved {age(now - ticket.resolved_at)} ago" if ticket.resolved_at else "resolved"
    due = ticket.due_at
    said = [f"LATE by {age(now - due)}" if due < now else f"due in {age(due - now)}"] if due else ["nothing due"]
    said += [f"waits {age(now - ticket.awaited_since)}"] if ticket.awaited_since else []
    studio, snoozed = ticket.studio, ticket.snoozed_until
    said += ["hotline"] if studio and studio.hotline_until and studio.hotline_until > now else []
    said += [f"snoozed for {age(snoozed - now)}"] if snoozed and snoozed > now else []
    return ", ".join(said)


@tickets.command()
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="as one JSON object")
@with_appcontext
def show(number: int, as_json: bool) -> None:
    """Show one ticket: its facts, what is next by when, clocks, history, lines and deliveries."""
    shell: Shell = current_app.extensions["shell"]
    with shell.db.reading() as session:
        ticket = session.get(Ticket, number)
        if ticket is None:
            raise click.ClickException(f"there is no ticket {number}; `flask tickets list --all` names them")
        facts = _facts(session, ticket)
    if as_json:
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    click.echo(f"{_text(facts)}\nnow: {_next(ticket, shell.clock.now())}")
    stuck = [row["id"] for row in facts["deliveries"] if row["state"] in _STUCK]
    if stuck:
        click.echo(f"next: {len(stuck)} calls have not gone through; `flask outbox list --ticket {number}` says why")


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

    rating, conversation = session.get(Rating, ticket.id), session.get(Conversation, ticket.conversation_id)
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
        "due_at": _iso(ticket.due_at),
        "awaited_since": _iso(ticket.awaited_since),
        "snoozed_until": _iso(ticket.snoozed_until),
        "window_expires_at": _iso(conversation.window_expires_at) if conversation else None,
        "incident": _incident(session, ticket),
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


def _incident(session: Any, ticket: Ticket) -> str | None:
    """``I-7 galleries (open)``."""
    incident = session.get(Incident, ticket.incident_id) if ticket.incident_id is not None else None
    return f"I-{incident.id} {incident.title} ({incident.state})" if incident else None


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
