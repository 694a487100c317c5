"""New terms under way, merge and split: each with its rule. Source: sla.md rules 7 to 9, S8 to S10, S14 to S19."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sla import replies
from sla.calendars import due
from sla.case import Aim, Case
from sla.clocks import passed, reckoned
from sla.events import Happened
from sla.terms import Dues

_MERGED = ("FR", "NR", "UP", "EACK")


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


def hotline_closed(case: Case, event: Happened) -> None:
    """A closing never loosens what runs (S16)."""
    case.hotline = False
    case.stand(event.at, binds=False)


def _new_terms(case: Case, at: datetime) -> None:
    """The stricter of old and new from the original start, for every open clock (rule 8)."""
    case.stand(at)
    for clock in case.running("ACK", "FR", "NR", "UP", "EACK"):
        case.rebase(clock, case.standings[-1], at)
    if case.answers.replies:
        replies.next_update(case, at, "")
    add_aim(case, at)


def add_aim(case: Case, at: datetime) -> None:
    """RES keeps every aim it was given, with its pauses; the least counts (S10). One already past gets grace."""
    clock = case.first("RES")
    target = case.book(clock.policy).promised(case.tier, case.severity, case.hotline).resolution if clock else None
    if target is None or clock is None:
        return
    reached = due(target.calendar, clock.started_at, target.target, clock.pauses).at
    case.aims.append(Aim(target, at if reached and reached <= at else None))
    case.aim()


def reckoned_anew(case: Case, event: Happened) -> None:
    """An explicit re-base on an edited policy or calendar: it may loosen, and keeps breaches (S19)."""
    for clock in case.running("FR", "NR", "UP"):
        target = case.promised(clock)
        if target and (clock.name != "UP" or clock.by_terms):
            fresh = reckoned(passed(clock, event.at), target, event.at, case.policies.grace)
            case.clocks[case.clocks.index(clock)] = replace(fresh, policy=case.policies.version)
            case.seen[(clock.name, clock.number)] = len(case.standings)
    for clock in case.running("RES") if case.terms.resolution else ():
        case.clocks[case.clocks.index(clock)] = replace(passed(clock, event.at), policy=case.policies.version)
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
    case.stand(event.at, binds=False)
    if case.severity < 3:
        case.cancel(event.at, "raised", *case.running("BATCH"))
    found = {each["name"]: each for each in event.data["clocks"] if not each.get("cancelled_at")}
    theirs = {name: each for name, each in found.items() if name in _MERGED and not each.get("met_at")}
    mine, other = case.first("FR"), found.get("FR")
    if mine and mine.open and other and other.get("met_at"):
        case.cancel(event.at, "merged", mine)
        assert mine.target_due
        assert mine.limit_due
        case.begin("NR", mine.started_at, Dues(mine.target_due, mine.limit_due), mine.calendar, mine.line)
        mine = None
    for name, each in theirs.items():
        asks = "NR" if name == "FR" and not (mine and mine.open) else name
        _join(case, event, each, asks)
    for clock in case.running("RES") if "RES" in found else ():
        start = _moment(found["RES"]["started_at"])
        case.put(clock, started_at=min(clock.started_at, start or clock.started_at))
        case.aim()


def _join(case: Case, event: Happened, found: Mapping[str, Any], name: str) -> None:
    """One clock of that name from ours and theirs; what they asked waits for its own answer (S11)."""
    start, first, limit = (_moment(found[key]) for key in ("started_at", "target_due", "limit_due"))
    assert start
    assert first
    assert limit
    key = f"merged {event.data.get('ticket', '')}"
    if name in ("FR", "NR"):
        case.answers.add(key, start, event.ingested_at)
    for ours in case.running(name):
        least = {"target_due": min(ours.target_due or first, first), "limit_due": min(ours.limit_due or limit, limit)}
        line = key if start < ours.started_at and name == "NR" else ours.line
        case.put(ours, started_at=min(ours.started_at, start), line=line, reason="merged", **least)
        return
    fresh, own = case.begin(name, start, Dues(first, limit), line=key), case.first("FR")
    if name == "NR" and own and own.open:
        case.beside.add(fresh.number)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def split_off(case: Case, event: Happened) -> None:
    """Lines that went to a ticket of their own; NR restarts from the oldest that stayed (S18)."""
    moved = {str(key) for key in event.data["lines"]}
    case.answers.drop(moved)
    case.cancel(event.at, "split", *(clock for clock in case.running("NR") if clock.line in moved))
    replies.next_response(case, event.at)
