"""What the judge asks about pages: whom a ladder has reached, when it rang, and whether it fell silent.

Business time is compared with the ledger's ``shows``, which a rehearsal clock moves like the product's own.
"""

import itertools
from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from tests.faults.evidence import Evidence, delivery_of, shown_at

_DURATION: TypeAdapter[timedelta] = TypeAdapter(timedelta)
_NOBODY = ("nobody on call has taken it", "wakes nobody")


def unescalated(seen: Evidence, late: timedelta) -> list[str]:
    """Open SEV1 tickets without exactly one escalation row due or ahead, and ladders that ended in nobody."""
    wrong = []
    for ticket in seen.urgent:
        mine = [page for page in seen.pages if ticket.id in page.state["tickets"] and page.ladder == "response"]
        climbing = [page for page in mine if page.ended_at is None]
        if len(climbing) > 1:
            wrong.append(f"SEV1 #{ticket.id} has {len(climbing)} escalation rows")
        elif not climbing and not any(page.acknowledged_at for page in mine):
            wrong.append(f"SEV1 #{ticket.id} has no escalation row and nobody had it")
        elif climbing and climbing[0].due_at is None:
            wrong.append(f"SEV1 #{ticket.id} has an escalation row that is never due")
    for page in seen.pages:
        if page.due_at is not None and page.due_at + late < seen.shows:
            wrong.append(f"page {page.code} was due at {page.due_at:%H:%M:%S} and nothing happened")
        alarmed = page.state["alarmed_at"]
        at = datetime.fromisoformat(alarmed) if alarmed else None
        if at is not None and seen.mark.shows <= at < seen.shows - late and not _fallback_paged(seen, page, at):
            wrong.append(f"page {page.code} is exhausted and the fallback was not paged")
    return wrong


def exhausted(seen: Evidence) -> int:
    return sum(bool(page.state["alarmed_at"]) for page in seen.pages if page.ended_at is None)


def _fallback_paged(seen: Evidence, page: Any, at: datetime) -> bool:
    """The text to ALARM_TO where there is one, else the message in the group."""
    for one in seen.taken:
        request = one["request"]
        words = str(request.get("Body") or request.get("text") or "")
        there = one["destination"] == seen.fallback if seen.fallback else one["provider"] == "telegram"
        named = f"#{page.ticket_id} " in words or _NOBODY[1] in words
        if there and named and any(known in words for known in _NOBODY) and shown_at(one) >= at - timedelta(seconds=2):
            return True
    return False


def lateness(seen: Evidence) -> list[tuple[float, str]]:
    """Seconds each ring came behind its due moment: its rung behind the ladder, its call behind its own moment."""
    found = []
    sent = {row.id: shown_at(call) for row, call in _calls(seen)}
    owed = {row.id: row for row in seen.deliveries}
    for page in seen.pages:
        rings = [ring for ring in seen.rings if ring.page_id == page.id]
        anew = any(later.rung < ring.rung for ring, later in itertools.pairwise(rings))
        for ring in rings:
            row = owed.get(ring.delivery_id)
            if row is None:
                continue
            due = page.begun_at + _offset(page.state["ladder"], ring.rung)
            made = 0.0 if anew else (min(row.created_at, ring.goes_at) - due).total_seconds()
            gone = (sent[row.id] - ring.goes_at).total_seconds() if row.id in sent else 0.0
            found.append((max(made, gone, 0.0), f"{page.code} rung {ring.rung} by {ring.channel}"))
    return sorted(found, reverse=True)


def _offset(ladder: dict[str, Any], rung: int) -> timedelta:
    """When a rung is due, from the beginning: the steps, then the alarm, then the repeats."""
    steps = ladder["steps"]
    if rung < len(steps):
        return _DURATION.validate_python(steps[rung]["after"])
    last = _DURATION.validate_python(steps[-1]["after"])
    if rung == len(steps):
        return last + _DURATION.validate_python(ladder["alarm"])
    return last + _DURATION.validate_python(ladder["repeat"]) * (rung - len(steps))


def rung_in_vain(seen: Evidence, limit: timedelta) -> list[str]:
    """Calls that went out later than ``limit`` after everybody they ring for had been found, or was no longer asked."""
    pages = {page.id: page for page in seen.pages}
    rung_for = defaultdict(list)
    for ring in seen.rings:
        rung_for[ring.delivery_id].append(pages[ring.page_id])
    wrong = []
    for row, call in _calls(seen):
        silent = [page.acknowledged_at or page.ended_at for page in rung_for[row.id]]
        if silent and all(silent) and shown_at(call) > max(silent) + limit:
            after = (shown_at(call) - max(silent)).total_seconds()
            codes = ", ".join(page.code for page in rung_for[row.id])
            wrong.append(f"delivery {row.id} rang {after:.1f} s after {codes} was acknowledged")
    return wrong


def acknowledged(seen: Evidence) -> int:
    return sum(page.acknowledged_at is not None for page in seen.pages)


def passed_on(seen: Evidence, failed: Any) -> bool:
    """Whether what a failed ring rang for went on: to another ring, to the fallback, or to somebody who has it."""
    pages = {page.id: page for page in seen.pages}
    mine = [ring for ring in seen.rings if ring.delivery_id == failed.id]
    return bool(mine) and all(
        _at_rest(pages[ring.page_id]) or any(_goes_on(other, ring) for other in seen.rings) for ring in mine
    )


def _at_rest(page: Any) -> bool:
    return bool(page.acknowledged_at or page.ended_at or page.state["alarmed_at"])


def _goes_on(other: Any, failed: Any) -> bool:
    """A later ring of the same page, or one of the same rung that still rings somebody else."""
    if other.page_id != failed.page_id:
        return False
    return bool(other.id > failed.id or (other.rung == failed.rung and other.state == "ringing"))


def _calls(seen: Evidence) -> list[tuple[Any, dict[str, Any]]]:
    """(delivery, ledger entry) of each ring the provider took."""
    rows = {row.id: row for row in seen.deliveries if row.thread.startswith("page:")}
    private = {(row.destination, row.provider_id): row for row in rows.values() if row.channel == "telegram"}
    found = []
    for one in seen.taken:
        row = None
        if one["action"] in ("Messages.create", "Calls.create"):
            row = rows.get(delivery_of(one))
        elif one["action"] == "sendMessage":
            row = private.get((one["destination"], str(one["response"]["result"].get("message_id"))))
        if row is not None:
            found.append((row, one))
    return found
