"""Lines and replies: what starts, meets and takes back FR and NR, and keeps an update. Source: sla.md rules 3 to 5."""

from datetime import datetime

from sla.answers import Reply
from sla.case import Case
from sla.clocks import Clock
from sla.events import Happened


def said(case: Case, event: Happened) -> None:
    """Ends the wait for the customer; NR starts at the oldest line without an answer (rules 4, 5)."""
    if case.closed:
        return
    case.answers.add(str(event.data.get("line", len(case.answers.lines))), event)
    end_wait(case, event.at)
    next_response(case, event.at)


def courtesy(case: Case, event: Happened) -> None:
    """A word of thanks starts no clock but ends the wait (S7)."""
    end_wait(case, event.at)


def replied(case: Case, event: Happened) -> None:
    """Meets FR, NR and ACK at the provider's acceptance (S2) and keeps the promises it was written under; while the
    ticket is open the next update is promised from here."""
    key, written = str(event.data.get("delivery", event.at)), event.data.get("written_at")
    written_at = datetime.fromisoformat(written) if written else event.at
    case.answers.replies.setdefault(key, Reply(event.at, written_at))
    for clock in case.running("ACK"):
        case.put(clock, met_at=event.at)
    for clock in case.running("UP"):
        if written_at > clock.started_at:
            case.put(clock, met_at=event.at, met_by=key)
    first_response(case, event.at)
    next_response(case, event.at)
    next_update(case, event.at, key)


def reply_failed(case: Case, event: Happened) -> None:
    """Takes that reply back: the old dues again (rule 3), and stricter terms that came meanwhile (S12)."""
    key = str(event.data.get("delivery"))
    if case.answers.replies.pop(key, None) is None:
        return
    case.cancel(event.at, "superseded", *(clock for clock in case.running("UP") if clock.line == _by(key)))
    if not case.closed and not case.running("UP"):
        for clock in case.clocks:
            if clock.name == "UP" and clock.met_by == key:
                case.put(clock, met_at=None, met_by="")
    first_response(case, event.at)
    next_response(case, event.at)


def waiting(case: Case, event: Happened) -> None:
    """Only RES pauses, while we wait for the customer (rule 5)."""
    for clock in case.running("RES"):
        if not clock.paused:
            case.put(clock, pauses=(*clock.pauses, (event.at, None)))
            case.aim()


def waiting_over(case: Case, event: Happened) -> None:
    end_wait(case, event.at)


def end_wait(case: Case, at: datetime) -> None:
    for clock in case.running("RES"):
        if clock.paused:
            begin = clock.pauses[-1][0]
            case.put(clock, pauses=(*clock.pauses[:-1], (begin, max(begin, at))))
            case.aim()


def first_response(case: Case, at: datetime) -> None:
    """FR is met by the first reply that stands; taken back behind a closing it was resolved without a word (S5)."""
    clock = case.first("FR")
    if clock is None or clock.reason == "merged" or clock.met_at == case.answers.first():
        return
    before, clock = clock.met_at, case.put(clock, met_at=case.answers.first())
    if clock.met_at is None and case.closings:
        case.cancel(case.closings[0], "resolved", clock)
    elif clock.met_at is None and before:
        _restored(case, clock, before, at)


def next_response(case: Case, at: datetime) -> None:
    """One NR runs, from the oldest line without an answer, once FR is met; a later one gives way to it (S11, S17)."""
    for clock in case.clocks:
        if clock.name == "NR" and clock.cancelled_at is None:
            _answered(case, clock, at)
    running, first = case.running("NR"), case.first("FR")
    if first and first.open:
        case.cancel(at, "superseded", *running)
    elif not case.closed:
        oldest = case.answers.oldest_open()
        case.cancel(at, "superseded", *(clock for clock in running if oldest is None or clock.line != oldest.key))
        if oldest and not case.running("NR"):
            promised = case.terms.next_response
            case.begin("NR", oldest.at, promised.dues(oldest.at), promised.calendar, line=oldest.key)


def _answered(case: Case, clock: Clock, at: datetime) -> None:
    before, met = clock.met_at, case.answers.answered(clock.line)
    if met == before:
        return
    clock = case.put(clock, met_at=met)
    closing = next((end for end in case.closings if end >= clock.started_at), None)
    if met is None and clock.line in case.answers.past and closing:
        case.cancel(closing, "resolved", clock)
    elif met is None and before:
        _restored(case, clock, before, at)


def _restored(case: Case, clock: Clock, met_at: datetime, at: datetime) -> None:
    """Terms that came while it stood met apply at the failure (S12)."""
    for came, terms in case.raised:
        if came >= met_at:
            clock = case.rebase(clock, terms.first_response if clock.name == "FR" else terms.next_response, at)


def next_update(case: Case, at: datetime, key: str) -> None:
    """The update interval of the terms, told from a person's word on while the ticket is open (section 1)."""
    update = case.terms.update
    if update and not case.closed and not case.running("UP"):
        case.begin("UP", at, update.dues(at), update.calendar, line=_by(key))


def _by(key: str) -> str:
    return f"reply {key}"
