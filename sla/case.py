"""The fold as it stands behind some events of a ticket, and what every event may do to its clocks."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sla.answers import Answers
from sla.calendars import ALWAYS, Calendar, due
from sla.clocks import Clock, passed, rebased
from sla.policies import Book, Policies
from sla.terms import Dues, Target, Terms


@dataclass(slots=True)
class Case:
    """``clocks`` are in the order they began; ``closings`` are the moments a person resolved it.

    ``aims`` are RES's targets, each with the moment it is due at the least (S10, rule 8); ``raised`` the terms that
    came under way and when, for a clock whose met is taken back later (S12).
    """

    book: Book
    policies: Policies
    tier: str = "free"
    severity: int = 3
    hotline: bool = False
    closed: bool = False
    clocks: list[Clock] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    aims: list[tuple[Target, datetime | None]] = field(default_factory=list)
    raised: list[tuple[datetime, Terms]] = field(default_factory=list)
    closings: list[datetime] = field(default_factory=list)

    @property
    def terms(self) -> Terms:
        """What is promised as things stand; a new clock takes these (S14)."""
        return self.policies.promised(self.tier, self.severity, self.hotline)

    def running(self, *names: str) -> list[Clock]:
        return [clock for clock in self.clocks if clock.open and clock.name in names]

    def first(self, name: str) -> Clock | None:
        """FR, RES and ACK exist once."""
        return next((clock for clock in self.clocks if clock.name == name), None)

    def put(self, clock: Clock, **changed: Any) -> Clock:
        """Takes the changed clock in the place of the old."""
        fresh = replace(clock, **changed)
        self.clocks[self.clocks.index(clock)] = fresh
        return fresh

    def begin(self, name: str, at: datetime, dues: Dues | None, calendar: Calendar = ALWAYS, line: str = "") -> Clock:
        """A new clock; without dues it only measures."""
        number = 1 + sum(clock.name == name for clock in self.clocks)
        clock = Clock(name, number, self.policies.version, at, calendar=calendar, line=line)
        if dues:
            clock = replace(clock, target_due=dues.target, limit_due=dues.limit, alarm=dues.alarm)
        self.clocks.append(clock)
        return clock

    def cancel(self, at: datetime, reason: str, *clocks: Clock) -> None:
        """They end unmet; a mark that lies before ``at`` stays passed (rule 8)."""
        for clock in clocks:
            self.clocks[self.clocks.index(clock)] = replace(passed(clock, at), cancelled_at=at, reason=reason)

    def rebase(self, clock: Clock, target: Target, at: datetime) -> Clock:
        """The stricter of old and new terms (rule 8), of what has not passed before ``at``."""
        place = self.clocks.index(clock)
        self.clocks[place] = rebased(passed(clock, at), target, at, self.policies.grace)
        return self.clocks[place]

    def aim(self) -> None:
        """RES's due from its aims and pauses; none while it is paused (S10, S20)."""
        clock = self.first("RES")
        if clock is None or not self.aims:
            return
        dues = [_aimed(clock, target, least) for target, least in self.aims]
        known = [at for at in dues if at]
        least = min(known) if len(known) == len(dues) else None
        self.put(clock, target_due=None if clock.paused else least, calendar=self.aims[-1][0].calendar)


def _aimed(clock: Clock, target: Target, least: datetime | None) -> datetime | None:
    at = due(target.calendar, clock.started_at, target.target, clock.pauses).at
    return max(at, least) if at and least else at
