"""One promise running: its dues, marks and state, and how new terms move it. Source: sla.md section 2, S1, S8, S21."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sla.calendars import ALWAYS, Calendar, Pause, due, elapsed
from sla.terms import Dues, Target

NUDGES = {"T-10": timedelta(minutes=10), "T-5": timedelta(minutes=5)}  # before a promised update (section 3)
WARNINGS = {"50": 0.5, "80": 0.8}  # shares of the business time from start to target (S21)
TARGET, LIMIT = "target", "limit"
_WARNED = ("FR", "NR")


class Mark(NamedTuple):
    """A moment the watch must look at a clock: a warning, a nudge, the ``target`` or the ``limit``."""

    at: datetime
    name: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise running. ``name`` is ACK, FR, NR, UP, RES, EACK or BATCH, ``number`` counts those of one name.

    All moments aware UTC; ``target_due`` and ``limit_due`` are None while the clock is paused or only measures.
    ``line`` is the customer's line it answers or what began it, ``met_by`` the reply that kept it, ``told`` the
    marks told, ``detected_at`` when its breach was, ``alarm`` why its calendar failed closed.
    """

    name: str
    number: int
    policy: str
    started_at: datetime
    target_due: datetime | None = None
    limit_due: datetime | None = None
    calendar: Calendar = ALWAYS
    met_at: datetime | None = None
    missed_at: datetime | None = None
    breached_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: str = ""
    pauses: tuple[Pause, ...] = ()
    line: str = ""
    met_by: str = ""
    told: tuple[str, ...] = ()
    detected_at: datetime | None = None
    alarm: str = ""

    @property
    def open(self) -> bool:
        """Whether it still waits to be met, breached or not."""
        return self.met_at is None and self.cancelled_at is None

    @property
    def by_terms(self) -> bool:
        """Whether it is an update the terms promise, not one by a clock time."""
        return self.line.startswith("reply ")

    @property
    def paused(self) -> bool:
        return self.open and any(end is None for _, end in self.pauses)

    @property
    def state(self) -> str:
        """``running``, ``paused``, ``met``, ``breached``, ``met_late`` or ``cancelled``; the later word wins (S24)."""
        if self.met_at:
            return "met_late" if self.breached_at else "met"
        if self.breached_at:
            return "breached"
        if self.cancelled_at:
            return "cancelled"
        return "paused" if self.paused else "running"

    @property
    def outcome(self) -> str:
        """What became of a promised update: kept, moved, rescued, broken, or empty while it runs (section 3)."""
        if self.reason == "rescued":
            return "rescued"
        if self.breached_at:
            return "broken"
        return "kept" if self.met_at else "moved" if self.reason == "moved" else ""

    def next_mark(self) -> Mark | None:
        """What has to be told next; None once all that can come has been."""
        return min(self.marks(), default=None)

    def marks(self) -> Iterator[Mark]:
        """What nobody was told of yet: warnings and nudges while it runs, a target and a limit also when they passed
        before it ended."""
        if self.paused:
            return
        if self.open and self.target_due and not (self.missed_at or self.breached_at):
            yield from (mark for mark in self._ahead(self.target_due) if mark.name not in self.told)
        both = self.target_due != self.limit_due
        if self.target_due and both and TARGET not in self.told and (self.open or self.missed_at):
            yield Mark(self.target_due, TARGET)
        if self.limit_due and LIMIT not in self.told and (self.open or self.breached_at):
            yield Mark(self.limit_due, LIMIT)

    def _ahead(self, due_at: datetime) -> Iterator[Mark]:
        if self.name == "UP":
            nudges = (Mark(due_at - before, name) for name, before in NUDGES.items())
            yield from (mark for mark in nudges if mark.at > self.started_at)
        elif self.name in _WARNED and due_at > self.started_at:
            span = elapsed(self.calendar, self.started_at, due_at)
            for name, share in WARNINGS.items():
                at = due(self.calendar, self.started_at, span * share).at if span * share else None
                if at:
                    yield Mark(min(at, due_at), name)


def passed(clock: Clock, now: datetime) -> Clock:
    """Records the marks that lie before ``now``; met exactly at the due is in time (S13)."""
    until = min((at for at in (clock.met_at, clock.cancelled_at) if at), default=now)
    if clock.target_due and clock.missed_at is None and until > clock.target_due:
        clock = replace(clock, missed_at=clock.target_due)
    if clock.limit_due and clock.breached_at is None and until > clock.limit_due:
        clock = replace(clock, breached_at=clock.limit_due)
    return clock


def shown(clock: Clock, now: datetime) -> Clock:
    """As it stands at ``now``: one that was met, however late we learned of it, passed no due behind that (S13)."""
    met_at = clock.met_at
    if met_at:
        missed, breached = (at if at and at < met_at else None for at in (clock.missed_at, clock.breached_at))
        clock = replace(clock, missed_at=missed, breached_at=breached)
    return passed(clock, now)


def rebased(clock: Clock, target: Target, at: datetime, grace: timedelta) -> Clock:
    """The stricter of old and new from the original start, mark by mark; a new due already past becomes now + grace,
    never later than the old (rule 8, S8). A breached clock stands as it is."""
    if not clock.open or clock.breached_at:
        return clock
    new = target.dues(clock.started_at)

    def stricter(old: datetime | None, fresh: datetime) -> datetime:
        fresh = fresh if fresh > at else at + grace
        return min(old or fresh, fresh)

    limit = stricter(clock.limit_due, new.limit)
    first = min(limit, stricter(clock.target_due, new.target))
    if (first, limit) == (clock.target_due, clock.limit_due):
        return clock
    calendar = target.calendar if first != clock.target_due else clock.calendar
    return replace(clock, target_due=first, limit_due=limit, calendar=calendar, reason="rebased", alarm=new.alarm)


def reckoned(clock: Clock, target: Target, at: datetime, grace: timedelta) -> Clock:
    """The dues anew from the original start, looser ones too: an explicit re-base (S19). A past one gets grace, a
    breached clock stands."""
    if not clock.open or clock.breached_at:
        return clock
    new: Dues = target.dues(clock.started_at)
    limit = new.limit if new.limit > at else at + grace
    first = min(limit, new.target if new.target > at else at + grace)
    return replace(
        clock, target_due=first, limit_due=limit, calendar=target.calendar, reason="rebased", alarm=new.alarm
    )
