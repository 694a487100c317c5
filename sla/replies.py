"""Lines and replies: what starts, meets and takes back FR and NR, and keeps an update. Source: sla.md rules 3 to 5."""

from datetime import datetime, timedelta

from sla.answers import Answer, Reply
from sla.case import Case
from sla.clocks import Clock
from sla.events import Happened

RESCUE = timedelta(minutes=1)  # the bot's holding message saves a promise for this long (users.md 4.2)


def said(case: Case, event: Happened) -> None:
    """Ends the wait for the customer; NR starts at the oldest line without an answer (rules 4, 5)."""
    case.answers.add(str(event.data.get("line", len(case.answers.lines))), event.at, event.ingested_at)
    if case.closed:
        return  # it asks for an answer once the ticket is open again
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
    if key in case.answers.replies:
        return  # a second report of it says nothing new
    updates = sum(clock.name == "UP" for clock in case.clocks)
    case.answers.reply(key, event.at, written_at, updates)
    for clock in case.running("ACK"):
        case.meet(clock, event.at)
    for clock in case.running("UP"):
        if written_at > clock.started_at:
            case.meet(clock, event.at, key)
    first_response(case, event.at)
    next_response(case, event.at)
    next_update(case, event.at, key)


def reply_failed(case: Case, event: Happened) -> None:
    """Takes that reply back: the old dues again (rule 3), and stricter terms that came meanwhile (S12)."""
    key = str(event.data.get("delivery"))
    failed = case.answers.replies.pop(key, None)
    if failed is None:
        return
    _unkept(case, key, failed, event.at)
    first_response(case, event.at)
    next_response(case, event.at)


def _unkept(case: Case, key: str, failed: Reply, at: datetime) -> None:
    """An update that reply began is no promise; one it kept was kept by another, moved, or runs again."""
    heard = [reply.updates for reply in case.answers.replies.values()]
    begun = [one for one in case.running("UP") if one.line == _by(key)]
    begun += [one for one in case.running("UP") if one.line == _by("") and min(heard, default=one.number) >= one.number]
    case.cancel(at, "superseded", *begun)
    kept = [one for one in case.clocks if one.name == "UP" and one.met_by == key]
    for clock in kept:
        _kept_otherwise(case, case.put(clock, met_at=None, met_by=""), at)
    behind = case.retold.get(key, (failed.place, kept[0].started_at if kept else None))
    latest = _latest(case, *behind)
    stale = _stale(case, key, failed)
    if latest and (begun or stale) and case.terms.update:
        case.cancel(at, "superseded", *(one for one in stale if one.line != _by(latest[1])))
        next_update(case, *latest)
        case.retold[latest[1]] = behind


def _latest(case: Case, place: int, since: datetime | None) -> tuple[datetime, str] | None:
    """Which reply behind a place begins the update that runs now; each is kept by a reply written after it began."""
    found = None
    for key, reply in case.answers.replies.items():
        if reply.place > place and (since is None or reply.written_at > since):
            since, found = reply.accepted_at, (reply.accepted_at, key)
    return found


def _stale(case: Case, key: str, failed: Reply) -> list[Clock]:
    """What runs because another reply kept the failed one's update; nothing behind a closing or a named time."""
    updates = [one for one in case.clocks if one.name == "UP"]
    begun = next((one.number for one in updates if one.line == _by(key) and one.met_at), None)
    if begun is None or failed.closings != len(case.answers.closings):
        return []
    by_replies = {_by(other) for other in case.answers.replies}
    behind = [one for one in updates if one.number > begun]
    return [one for one in behind if one.open] if all(one.line in by_replies for one in behind) else []


def _kept_otherwise(case: Case, clock: Clock, at: datetime) -> None:
    named = [one for one in case.clocks if one.name == "UP" and one.number > clock.number and not one.by_terms]
    closed = list(enumerate(case.answers.closings))[case.before[(clock.name, clock.number)] :]
    ends = [(one.started_at, moved(clock, one.line, one.started_at)) for one in named[:1]]
    ends += [(end, "resolved") for _, end in closed[:1]]
    known = range(clock.number, named[0].number) if named else range(clock.number, len(case.clocks))
    last = closed[0][0] if closed else len(case.answers.closings)
    replies = [(key, one) for key, one in case.answers.replies.items() if one.updates in known and one.closings <= last]
    kept = next(((one.accepted_at, key) for key, one in replies if one.written_at > clock.started_at), None)
    end = min(ends, default=None)
    if clock.by_terms and clock.line != _by("") and clock.line[len(_by("")) :] not in case.answers.replies:
        case.cancel(at, "superseded", clock)
    elif kept:
        case.meet(clock, *kept)
    elif end:
        case.cancel(*end, clock)
    else:
        case.cancel(at, "superseded", *(one for one in case.running("UP") if one != clock))
        case.catch_up(clock, at)


def moved(clock: Clock, kind: str, at: datetime) -> str:
    """How a newly named time ends an update: a person moves it, the bot's holding message saves it if it is prompt."""
    if kind == "promised":
        return "moved"
    return "rescued" if clock.limit_due is not None and at <= clock.limit_due + RESCUE else "broken"


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
    """FR is met by the first reply that stands; a closing before that ends it without a human word (S5)."""
    clock = case.first("FR")
    if clock and not (clock.cancelled_at and clock.reason == "merged"):
        _settled(case, clock, case.answers.first(), at)


def next_response(case: Case, at: datetime) -> None:
    """One NR runs, from the oldest line without an answer, once FR is met; a later one gives way to it (S11, S17)."""
    first = case.first("FR")
    returned = first is not None and first.open
    for clock in case.clocks:
        ends = clock.cancelled_at is None or clock.reason == "resolved"
        if clock.name == "NR" and ends and case.answers.knows(clock.line):
            answer, overtaken = case.answers.answer(clock.line), case.answers.overtaken(clock.line)
            void = clock.met_at and (answer.met_at is None or answer.met_at > clock.met_at)
            if void and overtaken and not returned:
                case.cancel(overtaken, "superseded", case.put(clock, met_at=None))  # it had given way already
            else:
                _settled(case, clock, answer, at)
    running = case.running("NR")
    if returned:
        case.cancel(at, "superseded", *(clock for clock in running if clock.number not in case.beside))
    elif not case.closed:
        oldest = case.answers.oldest_open()
        case.cancel(at, "superseded", *(clock for clock in running if oldest is None or clock.line != oldest.key))
        if oldest and not case.running("NR"):
            case.ask(oldest.key, oldest.at)


def _settled(case: Case, clock: Clock, answer: Answer, at: datetime) -> None:
    """Met, ended by a closing, or running again with the terms that came meanwhile (S12)."""
    if answer.met_at:
        if answer.met_at != clock.met_at:
            reason = "" if clock.reason == "resolved" else clock.reason
            case.meet(case.put(clock, cancelled_at=None, reason=reason), answer.met_at)
    elif answer.closed_at:
        if clock.cancelled_at is None:
            case.cancel(answer.closed_at, "resolved", case.put(clock, met_at=None))
    elif clock.met_at:
        case.catch_up(case.put(clock, met_at=None), at)


def next_update(case: Case, at: datetime, key: str) -> None:
    """The update interval of the terms, told from a person's word on while the ticket is open (section 1)."""
    update = case.terms.update
    if update and not case.closed and not case.running("UP"):
        case.begin("UP", at, update.dues(at), update.calendar, line=_by(key))


def _by(key: str) -> str:
    return f"reply {key}"
