"""New terms under way, merge and split: each with its rule. Source: sla.md rules 7 to 9, S8 to S10, S14 to S19."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sla import replies
from sla.answers import Line
from sla.case import Case
from sla.clocks import Clock, passed, reckoned
from sla.events import Happened
from sla.terms import Dues, Target

_MERGED = ("FR", "NR", "UP")


def severity_changed(case: Case, event: Happened) -> None:
    case.severity = event.data["to"]
    _new_terms(case, event.at)
    if case.severity == 3 and not case.closed and not case.running("BATCH"):
        cycle = case.policies.batches.after(event.at)
        case.begin("BATCH", event.at, Dues(cycle.start, cycle.end))
    elif case.severity != 3:
        case.cancel(event.at, "raised", *case.running("BATCH"))


def tier_changed(case: Case, event: Happened) -> None:
    case.tier = event.data["to"]
    _new_terms(case, event.at)


def hotline_opened(case: Case, event: Happened) -> None:
    case.hotline = True
    _new_terms(case, event.at)


def hotline_closed(case: Case, _: Happened) -> None:
    """A closing never loosens what runs (S16)."""
    case.hotline = False


def _new_terms(case: Case, at: datetime) -> None:
    """The stricter of old and new from the original start, for every open clock (rule 8)."""
    case.raised.append((at, case.terms))
    for clock in case.running("ACK", "FR", "NR", "UP", "EACK"):
        target = _target(case, clock)
        if target:
            case.rebase(clock, target, at)
    first = case.first("FR")
    if first and first.met_at:
        replies.next_update(case, at, "")
    add_aim(case, at)


def _target(case: Case, clock: Clock) -> Target | None:
    """What the terms say of this clock; an update promised by a clock time keeps it."""
    match clock.name:
        case "ACK":
            return case.policies.acknowledge(case.severity, case.hotline)
        case "FR":
            return case.terms.first_response
        case "NR":
            return case.terms.next_response
        case "UP":
            return case.terms.update if clock.line.startswith("reply") else None
        case "EACK":
            return case.policies.escalation(case.severity)
    return None


def add_aim(case: Case, at: datetime) -> None:
    """RES keeps every aim it was given, with its pauses; the least counts (S10). One already past gets grace."""
    target, clock = case.terms.resolution, case.first("RES")
    if target is None or clock is None:
        return
    late = not clock.paused and target.dues(clock.started_at).target <= at and case.aims
    case.aims.append((target, at + case.policies.grace if late else None))
    case.aim()


def reckoned_anew(case: Case, event: Happened) -> None:
    """An explicit re-base on an edited policy or calendar: it may loosen, and keeps breaches (S19)."""
    for clock in case.running("FR", "NR", "UP"):
        target = _target(case, clock)
        if target:
            fresh = reckoned(passed(clock, event.at), target, event.at, case.policies.grace)
            case.clocks[case.clocks.index(clock)] = replace(fresh, policy=case.policies.version)
    if case.terms.resolution:
        case.aims = []
        add_aim(case, event.at)


def merged_into(case: Case, event: Happened) -> None:
    """Its open clocks end here, its breaches stay (S9)."""
    case.cancel(event.at, "merged", *(clock for clock in case.clocks if clock.open))
    case.closed = True


def merged_from(case: Case, event: Happened) -> None:
    """Earliest start, least of the existing dues, no re-base; the higher severity for later clocks. A met FR stays,
    the other's open FR becomes an NR (S9)."""
    case.severity = min(case.severity, event.data["severity"])
    theirs = {found["name"]: found for found in event.data["clocks"] if found["name"] in _MERGED}
    mine = case.first("FR")
    other = theirs.pop("FR", None)
    if other and mine:
        if other.get("met_at") and mine.open:
            case.cancel(event.at, "merged", mine)
            _join(case, event, _as_json(mine), "NR")
        elif mine.open and not other.get("met_at"):
            _join(case, event, other, "FR")
        elif not other.get("met_at"):
            _join(case, event, other, "NR")
    for name, found in theirs.items():
        _join(case, event, found, name)


def _join(case: Case, event: Happened, found: Mapping[str, Any], name: str) -> None:
    """One clock of that name from ours and theirs."""
    start, first, limit = (_moment(found[key]) for key in ("started_at", "target_due", "limit_due"))
    assert start
    assert first
    assert limit
    running = case.running(name)
    if running:
        ours = running[0]
        least = {"target_due": min(ours.target_due or first, first), "limit_due": min(ours.limit_due or limit, limit)}
        case.put(ours, started_at=min(ours.started_at, start), reason="merged", **least)
        return
    key = f"merged {event.data.get('ticket', '')}"
    if name == "NR":
        case.answers.lines[key] = Line(key, start, event.ingested_at)
    case.begin(name, start, Dues(first, limit), line=key)


def _as_json(clock: Clock) -> dict[str, Any]:
    return {key: getattr(clock, key).isoformat() for key in ("started_at", "target_due", "limit_due")}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def split_off(case: Case, event: Happened) -> None:
    """Lines that went to a ticket of their own; NR restarts from the oldest that stayed (S18)."""
    moved = {str(key) for key in event.data["lines"]}
    case.answers.drop(moved)
    case.cancel(event.at, "split", *(clock for clock in case.running("NR") if clock.line in moved))
    replies.next_response(case, event.at)
