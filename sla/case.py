"""The fold as it stands behind some events of a ticket, and what every event may do to its clocks."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from sla.answers import Answers
from sla.calendars import ALWAYS, Calendar, due
from sla.clocks import Clock, passed, rebased
from sla.policies import Book, Policies
from sla.terms import Dues, Target, Terms


class Standing(NamedTuple):
    """What the terms hang on from ``at``; one that does not bind is for clocks that start later only (S16)."""

    at: datetime
    tier: str
    severity: int
    hotline: bool
    binds: bool = True


class Aim(NamedTuple):
    """A target of RES; one that was already past when it came, at ``late``, is due a grace behind that (rule 8)."""

    target: Target
    late: datetime | None = None


@dataclass(slots=True)
class Case:
    """``clocks`` are in the order they began.

    ``standings`` are the changes of terms as they were kept, ``seen`` how many of them a clock began with: the later
    ones bind it, at once or when its met is taken back (S12), ``before`` how many closings. ``aims`` are RES's targets
    (S10). ``beside`` are the NRs a merge brought beside an open FR, which owes both (S9). ``retold`` has, for a
    reply that began an update as another failed, the place and moment behind which updates were told anew.
    """

    book: Book
    policies: Policies
    tier: str = "free"
    severity: int = 3
    hotline: bool = False
    closed: bool = False
    clocks: list[Clock] = field(default_factory=list)
    answers: Answers = field(default_factory=Answers)
    aims: list[Aim] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    seen: dict[tuple[str, int], int] = field(default_factory=dict)
    beside: set[int] = field(default_factory=set)
    retold: dict[str, tuple[int, datetime | None]] = field(default_factory=dict)
    before: dict[tuple[str, int], int] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """What is promised as things stand."""
        return self.policies.promised(self.tier, self.severity, self.hotline)

    def stand(self, at: datetime, *, binds: bool = True) -> None:
        """Keeps what the terms hang on from now."""
        self.standings.append(Standing(at, self.tier, self.severity, self.hotline, binds))

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

    def meet(self, clock: Clock, at: datetime, by: str = "") -> Clock:
        """Kept at ``at``; what it had missed by then comes back if that is void (rule 3, S6)."""
        return self.put(clock, met_at=at, met_by=by)

    def begin(self, name: str, at: datetime, dues: Dues | None, calendar: Calendar = ALWAYS, line: str = "") -> Clock:
        """A new clock; without dues it only measures."""
        number = 1 + sum(clock.name == name for clock in self.clocks)
        clock = Clock(name, number, self.policies.version, at, calendar=calendar, line=line)
        if dues:
            clock = replace(clock, target_due=dues.target, limit_due=dues.limit, alarm=dues.alarm)
        self.clocks.append(clock)
        self.seen[(name, number)] = len(self.standings)
        self.before[(name, number)] = len(self.answers.closings)
        return clock

    def ask(self, line: str, at: datetime) -> None:
        """NR by the terms at its start, and by every stricter ones that came since (S14, rule 8)."""
        place = max((n for n, standing in enumerate(self.standings) if standing.at <= at), default=0)
        target = self._target("NR", self.standings[place], self.policies)
        assert target
        clock = self.begin("NR", at, target.dues(at), target.calendar, line)
        self.seen[(clock.name, clock.number)] = place + 1
        self.catch_up(clock, at)

    def cancel(self, at: datetime, reason: str, *clocks: Clock) -> None:
        """They end unmet; a mark that lies before ``at`` stays passed (rule 8)."""
        for clock in clocks:
            self.clocks[self.clocks.index(clock)] = replace(passed(clock, at), cancelled_at=at, reason=reason)

    def rebase(self, clock: Clock, standing: Standing, at: datetime) -> Clock:
        """The stricter of old and new terms (rule 8), of what has not passed before ``at``; by the policy the clock
        began under (rule 7)."""
        policies = self.book(clock.policy)
        target = self._target(clock.name, standing, policies)
        if target is None or (clock.name == "UP" and not clock.by_terms):
            return clock  # an update promised by a clock time keeps it
        place = self.clocks.index(clock)
        self.clocks[place] = rebased(passed(clock, at), target, at, policies.grace)
        return self.clocks[place]

    def catch_up(self, clock: Clock, at: datetime) -> None:
        """Takes the terms that came while it was not running, at the earliest ``at``; those it knows change nothing."""
        for standing in self.standings[self.seen[(clock.name, clock.number)] :]:
            if standing.binds:
                clock = self.rebase(clock, standing, max(at, standing.at))

    def promised(self, clock: Clock) -> Target | None:
        """What the terms of now say of a clock of that name."""
        return self._target(clock.name, self.standings[-1], self.policies)

    def _target(self, name: str, standing: Standing, policies: Policies) -> Target | None:
        terms = policies.promised(standing.tier, standing.severity, standing.hotline)
        match name:
            case "ACK":
                return policies.acknowledge(standing.severity, standing.hotline)
            case "FR":
                return terms.first_response
            case "NR":
                return terms.next_response
            case "UP":
                return terms.update
            case "EACK":
                return policies.escalation(standing.severity)
        return None

    def aim(self) -> None:
        """RES's due from its aims and pauses; none while it is paused, but one used up before (S10, S20, C9)."""
        clock = self.first("RES")
        if clock is None or not self.aims:
            return
        dues = [self._aimed(clock, aim) for aim in self.aims]
        calendar = self.aims[-1].target.calendar
        self.put(clock, target_due=min((at for at in dues if at), default=None), calendar=calendar)

    def _aimed(self, clock: Clock, aim: Aim) -> datetime | None:
        at = due(aim.target.calendar, clock.started_at, aim.target.target, clock.pauses).at
        if aim.late is None or at is None:
            return at
        return due(ALWAYS, aim.late, self.policies.grace, clock.pauses).at
