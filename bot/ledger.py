"""A ticket's events and the clocks folded from them: kept, loaded and stored anew (sla.md section 2, rule 1)."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from bot.alarms import raise_alarm
from bot.scene import Scene
from models import Clock, Ticket, TicketEvent
from sla import Clock as Folded
from sla import Happened, Ledger, fold, moves

_DUES = ("started_at", "target_due", "limit_due")
_ENDS = ("met_at", "missed_at", "breached_at", "detected_at", "cancelled_at")
_STORED = ("policy", "reason", "alarm", "state", *_DUES, *_ENDS)


def record(scene: Scene, kind: str, occurred_at: datetime, actor: str, data: dict[str, object]) -> None:
    """Adds what happens now to the history and stores the clocks anew if it can move one."""
    keep(scene, Happened(kind, occurred_at, scene.now, actor, data))


def keep(scene: Scene, event: Happened) -> None:
    """Adds one event, a customer's line with the time it reached us, and stores the clocks anew if it can move one."""
    note(scene, event)
    if scene.ticket is not None and moves(event.kind):
        refold(scene)


def note(scene: Scene, event: Happened) -> None:
    """Adds one event, known to change no clock as they stand; the history need not be read for it."""
    if scene.ticket is None:
        return
    event = replace(event, policy=scene.shell.policies.version)
    facts = {name: getattr(event, name) for name in ("kind", "occurred_at", "ingested_at", "actor", "policy")}
    if scene.fresh or (scene.history is not None and scene.history[0] == scene.ticket.id):
        history(scene).append(event)
    scene.session.add(TicketEvent(ticket_id=scene.ticket.id, data=dict(event.data), **facts))


def refold(scene: Scene) -> Ledger:
    """Computes the clocks from the events and stores them, and what they mean for the ticket."""
    ticket = scene.ticket
    assert ticket is not None
    folded = reckon(scene)
    rows = _rows(scene, ticket)
    for clock in folded.clocks:
        row = rows.get((clock.name, clock.number))
        if row is None:
            row = rows[(clock.name, clock.number)] = Clock(ticket_id=ticket.id, name=clock.name, number=clock.number)
            scene.session.add(row)
        _store(row, clock)
    for clock in folded.clocks:
        if clock.alarm and clock.open and clock.calendar in scene.shell.policies.calendars.values():
            words = f"the calendar of a promise to #{ticket.id} never opens again: it runs by the clock on the wall"
            raise_alarm(scene.shell, scene.session, f"calendar:{clock.calendar.version}", words)
    ticket.awaited_since = folded.awaited_since
    ticket.due_at = folded.due.at if folded.due else None
    return folded


def reckon(scene: Scene) -> Ledger:
    """The clocks as they stand now, computed and not stored; once for what has happened so far."""
    events = history(scene)
    so_far = (scene.ticket.id if scene.ticket else 0, len(events))
    if scene.folded is None or scene.folded[0] != so_far:
        scene.folded = (so_far, fold(events, scene.shell.book, scene.now))
    return scene.folded[1]


def next_update(scene: Scene) -> datetime:
    """When the next update is due, promised from now: by the terms of the ticket, else by the holding time."""
    ticket, policies = scene.ticket, scene.shell.policies
    assert ticket is not None
    update = policies.promised(ticket.tier, ticket.severity, reckon(scene).hotline).update
    return update.dues(scene.now).target if update else scene.now + policies.clocks["holding"]


def history(scene: Scene) -> list[Happened]:
    """The ticket's events in the order they were kept; read once, as the conversation is locked."""
    ticket = scene.ticket
    if ticket is None:
        return []
    if scene.history is None or scene.history[0] != ticket.id:
        rows = select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.id)
        found = [] if scene.fresh else [_happened(row) for row in scene.session.scalars(rows)]
        scene.history = (ticket.id, found)
    return scene.history[1]


def _happened(row: TicketEvent) -> Happened:
    return Happened(row.kind, row.occurred_at, row.ingested_at, row.actor, row.data, row.policy)


def _rows(scene: Scene, ticket: Ticket) -> dict[tuple[str, int], Clock]:
    if scene.clocks is None or scene.clocks[0] != ticket.id:
        of_ticket = select(Clock).where(Clock.ticket_id == ticket.id)
        rows = () if scene.fresh else scene.session.scalars(of_ticket).all()
        scene.clocks = (ticket.id, {(row.name, row.number): row for row in rows})
    return scene.clocks[1]


def _store(row: Clock, clock: Folded) -> None:
    for column in _STORED:
        setattr(row, column, getattr(clock, column))
    row.calendar = clock.calendar.version
    row.pauses = [[begin.isoformat(), end.isoformat() if end else None] for begin, end in clock.pauses]
    mark = clock.next_mark()
    row.due_at, row.claimed_until = mark.at if mark else None, None
