"""All clocks of a ticket, folded from its append-only events. Source: sla.md section 2, rules 1 to 12, S1 to S24."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sla import changes, replies
from sla.case import Case
from sla.clocks import LIMIT, TARGET, Clock, Mark, shown
from sla.events import Happened
from sla.policies import Book
from sla.terms import Dues

_CLOSED_BY_RESOLVING = ("ACK", "FR", "NR", "UP", "EACK")


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every clock a ticket has had, in the order they began, as they stand at one moment."""

    clocks: tuple[Clock, ...]
    hotline: bool = False

    def newest(self, name: str) -> Clock | None:
        """The newest clock of that name."""
        return next((clock for clock in reversed(self.clocks) if clock.name == name), None)

    def running(self, *names: str) -> Clock | None:
        """The newest clock of these names that is still open."""
        return next((clock for clock in reversed(self.clocks) if clock.open and clock.name in names), None)

    @property
    def awaited_since(self) -> datetime | None:
        """Since when the customer waits for a person's answer and nobody for theirs: a later line changes nothing."""
        clock = self.running("FR", "NR")
        return clock.started_at if clock and not any(one.paused for one in self.clocks) else None

    @property
    def due(self) -> Mark | None:
        """The ticket's due: the next target or limit of its running, unpaused clocks (rule 12)."""
        running = (clock for clock in self.clocks if clock.open and not clock.paused and clock.name != "ACK")
        marks = (mark for clock in running for mark in clock.marks() if mark.name in (TARGET, LIMIT))
        return min(marks, default=None)


def fold(events: Iterable[Happened], book: Book, now: datetime) -> Ledger:
    """Computes every clock as it stands at ``now``; an empty ledger before ``opened``.

    ``book`` gives the policy of a version. Events are taken in the order they were kept.
    """
    case = Case(book, book(""))
    for event in events:
        if event.policy:
            case.policies = book(event.policy)
        begun = bool(case.clocks)
        if begun != (event.kind == "opened"):
            _KINDS.get(event.kind, _nothing)(case, event)
    return Ledger(tuple(shown(clock, now) for clock in case.clocks), case.hotline)


def moves(kind: str) -> bool:
    """Whether an event of this kind can change a clock; any other is history."""
    return kind in _KINDS


def _nothing(_: Case, __: Happened) -> None:
    """History that moves no clock."""


def _opened(case: Case, event: Happened) -> None:
    said, at = event.data, event.at
    case.tier, case.severity, case.hotline = said["tier"], said["severity"], bool(said.get("hotline"))
    case.answers.add(str(said.get("line", "opened")), event.at, event.ingested_at)
    if not said.get("mail"):
        case.begin("ACK", at, case.policies.acknowledge(case.severity, case.hotline).dues(at))
    case.stand(at)
    first = case.terms.first_response
    case.begin("FR", at, first.dues(at), first.calendar, line=str(said.get("line", "opened")))
    case.begin("RES", at, None)
    changes.add_aim(case, at)
    if case.severity == 3:
        _batch(case, at)


def _batch(case: Case, at: datetime) -> None:
    """The ticket joins the next cycle (BATCH): due in it, at its end at the latest."""
    cycle = case.policies.batches.after(at)
    case.begin("BATCH", at, Dues(cycle.start, cycle.end))


def _batch_left(case: Case, event: Happened) -> None:
    """The cycle ended without it: into the next one."""
    left = case.running("BATCH")
    case.cancel(event.at, "left over", *left)
    if left:
        _batch(case, event.at)


def _receipted(case: Case, event: Happened) -> None:
    for clock in case.running("ACK"):
        case.meet(clock, event.at)


def _promised(case: Case, event: Happened) -> None:
    """A person names the next update; inside its cycle that settles a batched ticket too."""
    if case.closed:
        return
    _update_by(case, event)
    for clock in case.running("BATCH"):
        if clock.target_due and event.at >= clock.target_due:
            case.meet(clock, event.at)


def _held_over(case: Case, event: Happened) -> None:
    """The bot's one holding message: it saves the promise when it comes at once, and names a new time."""
    if not case.closed:
        _update_by(case, event)


def _update_by(case: Case, event: Happened) -> None:
    for clock in case.running("UP"):
        case.cancel(event.at, replies.moved(clock, event.kind, event.at), clock)
    due_at = datetime.fromisoformat(event.data["due_at"])
    case.begin("UP", event.at, Dues(due_at, due_at), line=event.kind)


def _escalated(case: Case, event: Happened) -> None:
    target = case.policies.escalation(case.severity)
    if target and not case.closed and not case.running("EACK"):
        case.begin("EACK", event.at, target.dues(event.at))


def _escalation_acknowledged(case: Case, event: Happened) -> None:
    for clock in case.running("EACK"):
        case.meet(clock, event.at)


def _resolved(case: Case, event: Happened) -> None:
    """Meets RES and BATCH, cancels what still asked for a word; FR counts as resolved without one (S5)."""
    if case.closed:
        return
    replies.end_wait(case, event.at)
    for clock in case.running("RES", "BATCH"):
        case.meet(clock, event.at)
    case.cancel(event.at, "resolved", *case.running(*_CLOSED_BY_RESOLVING))
    case.closed = True
    case.answers.settle(event.at)


def _reopened(case: Case, event: Happened) -> None:
    """RES goes on, the closed time is a pause; FR never starts again (S6). The ``line`` that reopened it, and those
    said while it was closed, ask for an answer."""
    if not case.closed:
        return
    case.closed = False
    if "line" in event.data:
        case.answers.add(str(event.data["line"]), event.at, event.ingested_at)
    clock = case.first("RES")
    if clock and clock.met_at:
        case.put(clock, met_at=None, pauses=(*clock.pauses, (clock.met_at, max(event.at, clock.met_at))))
        case.aim()
    if case.severity == 3 and not case.running("BATCH"):
        _batch(case, event.at)
    replies.next_response(case, event.at)


def _told(case: Case, event: Happened) -> None:
    """Somebody was told of a mark; of a limit it is the moment the breach was detected (rule 11)."""
    name, number, mark = event.data["clock"], event.data["number"], event.data["mark"]
    for clock in case.clocks:
        if (clock.name, clock.number) == (name, number):
            seen = event.ingested_at if mark == LIMIT else clock.detected_at
            case.put(clock, told=(*clock.told, mark), detected_at=seen)


_KINDS: dict[str, Callable[[Case, Happened], None]] = {
    "opened": _opened,
    "said": replies.said,
    "courtesy": replies.courtesy,
    "receipted": _receipted,
    "replied": replies.replied,
    "reply_failed": replies.reply_failed,
    "waiting": replies.waiting,
    "waiting_over": replies.waiting_over,
    "promised": _promised,
    "held_over": _held_over,
    "severity_changed": changes.severity_changed,
    "tier_changed": changes.tier_changed,
    "hotline_opened": changes.hotline_opened,
    "hotline_closed": changes.hotline_closed,
    "rebased": changes.reckoned_anew,
    "escalated": _escalated,
    "escalation_acknowledged": _escalation_acknowledged,
    "batch_left": _batch_left,
    "told": _told,
    "merged_from": changes.merged_from,
    "merged_into": changes.merged_into,
    "split_off": changes.split_off,
    "resolved": _resolved,
    "reopened": _reopened,
}
