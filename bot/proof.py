"""The proof of a ticket's clocks: its events, the open hours they ran in, pauses, and every clock (sla.md rule 1)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.shell import Shell
from models import TicketEvent
from sla import Happened, Ledger, fold, ledger_json
from sla.calendars import Calendar, compile

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WINDOWS = 20  # open windows shown of one calendar
Json = dict[str, Any]


def of(session: Session, shell: Shell, number: int) -> Json:
    """``{events, windows, pauses, clocks}`` of a ticket as it stands now."""
    rows = select(TicketEvent).where(TicketEvent.ticket_id == number).order_by(TicketEvent.id)
    events = [
        Happened(row.kind, row.occurred_at, row.ingested_at, row.actor, row.data, row.policy)
        for row in session.scalars(rows)
    ]
    return {"ticket": number} | proven(events, fold(events, shell.book, shell.clock.now()))


def proven(events: list[Happened], folded: Ledger) -> Json:
    """The proof of folded events, for JSON: moments are ISO 8601 in UTC."""
    return {
        "events": [_event(event) for event in events],
        "windows": _windows(folded),
        "pauses": [
            {"clock": clock.name, "from": begin.isoformat(), "to": end.isoformat() if end else None}
            for clock in folded.clocks
            for begin, end in clock.pauses
        ],
        "clocks": [ledger_json.dump(clock) for clock in folded.clocks],
    }


def text(proof: Json) -> str:
    """The proof in lines a person reads; all times UTC."""
    lines = [f"#{proof['ticket']}: every clock, times in UTC" if "ticket" in proof else "Every clock, times in UTC"]
    for clock in proof["clocks"]:
        dues = " / ".join(_short(clock[key]) for key in ("target_due", "limit_due") if clock[key]) or "measured only"
        ends = [f"{word} {_short(clock[key])}" for word, key in _ENDS if clock[key]]
        why = f" ({clock['reason']})" if clock["reason"] else ""
        lines.append(f"{clock['name']} {clock['number']}: from {_short(clock['started_at'])}, due {dues}: ")
        lines[-1] += f"{clock['state']}{why}" + (f"; {', '.join(ends)}" if ends else "")
    lines += [f"paused {one['clock']}: {_short(one['from'])} to {_short(one['to'])}" for one in proof["pauses"]]
    for calendar in proof["windows"]:
        spans = ", ".join(f"{_short(begin)} to {_short(end)}" for begin, end in calendar["open"][:5])
        lines.append(f"open ({calendar['zone']}, {calendar['calendar']}): {spans or 'always'}")
    lines += [f"{_short(one['occurred_at'])} {one['kind']} by {one['actor']}" for one in proof["events"]]
    return "\n".join(lines)


_ENDS = (("met", "met_at"), ("target missed", "missed_at"), ("breached", "breached_at"), ("ended", "cancelled_at"))


def _short(moment: str | None) -> str:
    return datetime.fromisoformat(moment).strftime("%a %d %b %H:%M:%S") if moment else "now"


def _event(event: Happened) -> Json:
    return {
        "kind": event.kind,
        "occurred_at": event.occurred_at.isoformat(),
        "ingested_at": event.ingested_at.isoformat(),
        "actor": event.actor,
        "data": dict(event.data),
        "policy": event.policy,
    }


def _windows(folded: Ledger) -> list[Json]:
    """The open hours between the first start and the last due, by calendar version; an always-open one has none."""
    found: dict[str, tuple[Calendar, datetime, datetime]] = {}
    for clock in folded.clocks:
        last = clock.limit_due or clock.target_due
        if last and not clock.calendar.always:
            known = found.get(clock.calendar.version, (clock.calendar, clock.started_at, last))
            found[clock.calendar.version] = (known[0], min(known[1], clock.started_at), max(known[2], last))
    return [
        {"calendar": version, "zone": calendar.zone.key, "open": _spans(calendar, first, last)}
        for version, (calendar, first, last) in found.items()
    ]


def _spans(calendar: Calendar, first: datetime, last: datetime) -> list[list[str]]:
    spans = ((_EPOCH + a * _MICROSECOND, _EPOCH + b * _MICROSECOND) for a, b in compile(calendar, first).spans)
    within = [[begin.isoformat(), end.isoformat()] for begin, end in spans if end > first and begin < last]
    return within[:_WINDOWS]
