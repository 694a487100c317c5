"""Who has to be rung when, reckoned from what reached us and from sla.md section 6 alone; nothing here is ours."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LATE, GAP = timedelta(seconds=2), timedelta(seconds=60)  # exact to two seconds; repeated pages of one person bundle
SILENT = timedelta(seconds=5)
BOTH = ("text", "call")
STEPS = {
    "response": (
        (0, "primary", ("text",)),
        (2, "primary", ("call",)),
        (5, "backup", BOTH),
        (10, "lead", BOTH),
        (15, "everybody", BOTH),
    ),
    "engineering": ((0, "engineer", BOTH), (5, "backup_engineer", BOTH), (10, "lead", BOTH)),
}
AGAIN = {"response": ("everybody",), "engineering": ("engineer", "backup_engineer", "lead")}
ALARM, REPEAT, REARM = 5, 15, {"response": 10 * MINUTE, "engineering": 15 * MINUTE}
Crew = Callable[[str, datetime], tuple[str, ...]]  # who is on in a role at a moment


@dataclass(frozen=True, slots=True)
class Fact:
    """What somebody did: ``took``, ``passed``, ``failed`` (a call that ended without a key), ``over``."""

    at: datetime
    kind: str
    who: str = ""
    since: datetime | None = None  # of a call: when it began


@dataclass(frozen=True, slots=True)
class Rung:
    at: datetime
    who: str
    way: str


class Climb:
    """One page as the rules tell it, fact by fact; ``rungs`` is what the provider has to have seen."""

    def __init__(self, ladder: str, began: datetime, crew: Crew) -> None:
        self.ladder, self.crew, self.rungs = ladder, crew, list[Rung]()
        self.rung, self.due, self.stepped = -1, began, began
        self.asked, self.passed, self.holder = dict[tuple[str, str], bool](), set[str](), ""
        self.quiet: list[tuple[datetime, datetime | None]] = []  # from when until when somebody had it

    def until(self, moment: datetime) -> None:
        while self.due <= moment:
            if self.holder:
                self.quiet[-1] = (self.quiet[-1][0], self.due)
                self.rung, self.holder, self.passed = -1, "", set()
            self.step(self.due)

    def take(self, fact: Fact) -> bool:
        """Whether the page is over."""
        self.until(fact.at)
        if fact.kind == "over":
            if not self.holder:
                self.quiet.append((fact.at, None))
            return True
        if fact.kind == "took" and not self.holder:
            self.holder, self.due = fact.who, fact.at + REARM[self.ladder]
            self.quiet.append((fact.at, None))
        elif fact.kind == "passed" and self.holder in ("", fact.who):
            had, self.holder = bool(self.holder), ""
            if had:
                self.quiet[-1] = (self.quiet[-1][0], fact.at)
            self.passed.add(fact.who)
            self.asked |= {key: False for key in self.asked if key[0] == fact.who}
            self.onward(fact.at, at_once=had)
        elif fact.kind == "failed" and not self.holder and fact.since and fact.since >= self.stepped - LATE:
            self.failed(fact)
        return False

    def failed(self, fact: Fact) -> None:
        if not self.asked.get((fact.who, "call")):
            return
        self.asked[fact.who, "call"] = False
        if (fact.who, "text") not in self.asked:
            self.ask(fact.at, fact.who, "text")
        else:
            self.onward(fact.at)

    def onward(self, at: datetime, *, at_once: bool = False) -> None:
        if at_once or not (any(self.asked.values()) or self.rung >= len(STEPS[self.ladder])):
            self.step(at)

    def step(self, at: datetime) -> None:
        """One rung; the next is as long after it as the ladder says, whenever it came."""
        steps = STEPS[self.ladder]
        self.rung, self.stepped, self.asked = self.rung + 1, at, {}
        self.due = at + (self.offset(self.rung + 1) - self.offset(self.rung)) * MINUTE
        if self.rung == len(steps):
            return
        roles: tuple[str, ...] = AGAIN[self.ladder]
        ways: tuple[str, ...] = BOTH
        if self.rung < len(steps):
            roles, ways = (steps[self.rung][1],), steps[self.rung][2]
        else:
            self.passed = set()
        people = dict.fromkeys(who for role in roles for who in self.crew(role, at))
        for who in people:
            for way in () if who in self.passed else ways:
                self.ask(at, who, way)
        if not self.asked and self.rung < len(steps):
            self.step(at)

    def ask(self, at: datetime, who: str, way: str) -> None:
        self.asked[who, way] = True
        self.rungs.append(Rung(at, who, way))

    def offset(self, rung: int) -> int:
        steps = STEPS[self.ladder]
        last = steps[-1][0]
        if rung < len(steps):
            return steps[rung][0]
        return last + (ALARM if rung == len(steps) else REPEAT * (rung - len(steps)))


def faults(climb: Climb, seen: Iterable[Rung], theirs: Callable[[Rung], Iterable[datetime]]) -> Iterator[str]:
    """Where the provider's ledger is not what the rules ask for. ``theirs``: every ring of a person by that way."""
    left = sorted(seen, key=lambda one: one.at)
    for want in climb.rungs:
        recent = [at for at in theirs(want) if want.at - GAP < at <= want.at + LATE]
        latest = max([want.at, *(at + GAP for at in recent if at < want.at + LATE)]) + LATE
        found = next((one for one in left if _is(one, want) and want.at - LATE / 4 <= one.at <= latest), None)
        if found:
            left.remove(found)
        elif not any(begin <= latest and (end is None or end > want.at) for begin, end in climb.quiet):
            yield f"{climb.ladder}: {want.who} got no {want.way} at {want.at:%a %H:%M:%S}"
    for one in left:
        yield f"{climb.ladder}: {one.who} got a {one.way} at {one.at:%a %H:%M:%S} that no rule asks for"
    for one in seen:
        if any(begin + SILENT < one.at < (end or one.at + DAY) for begin, end in climb.quiet):
            yield f"{climb.ladder}: {one.who} got a {one.way} at {one.at:%a %H:%M:%S}, when somebody had it"


def _is(one: Rung, want: Rung) -> bool:
    return (one.who, one.way) == (want.who, want.way)


def local(day: date, hour: float, zone: str) -> datetime:
    """A wall clock's moment: of two the first, of none the end of the gap."""
    where, utc = ZoneInfo(zone), ZoneInfo("UTC")
    wall = datetime(day.year, day.month, day.day) + timedelta(hours=hour)  # noqa: DTZ001 (a wall clock)
    first = wall.replace(tzinfo=where).astimezone(utc)
    if first.astimezone(where).replace(tzinfo=None) == wall:
        return first
    before = wall.replace(tzinfo=where).utcoffset()  # skipped: the old offset holds to the gap, a quarter of an hour's
    moment = first - DAY / 2
    while moment.astimezone(where).utcoffset() == before:
        moment += DAY / 96
    return moment


def on_turn(people: tuple[str, ...], starts: date, hour: float, zone: str, moment: datetime) -> str:
    """Whose day it is in a rotation that changes every day at ``hour``."""
    turns = [local(starts + n * DAY, hour, zone) for n in range(40)]
    return next(people[n % len(people)] for n, (one, two) in enumerate(pairwise(turns)) if one <= moment < two)


def hotline_from(begins: datetime, ends: datetime, zone: str, moment: datetime) -> datetime:
    """When a studio with that shoot is in its hotline, from this moment on: two hours before the shoot to four after
    it, and the whole weekend it lies in; in its own zone."""
    day = begins.astimezone(ZoneInfo(zone)).date()
    friday = day - timedelta(days=(day.weekday() - 4) % 7)
    spans = [(begins - 120 * MINUTE, ends + 240 * MINUTE)]
    weekend = (local(friday, 18, zone), local(friday + 3 * DAY, 6, zone))
    if begins < weekend[1] and ends > weekend[0]:
        spans.append(weekend)
    return min((max(opens, moment) for opens, closes in spans if moment < closes), default=moment + 400 * DAY)
