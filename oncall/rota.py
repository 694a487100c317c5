"""The rota: rotations by local hand-over times, shifts, overrides; ``who`` is on, and from when to when.

An override beats a shift, a shift beats a rotation. A role that no rotation and no shift ever names is held by
everybody who has it. Moments are aware UTC; hand-overs are local and keep their clock time across both DST changes (a
skipped one moves to the end of the gap, of a repeated one the first counts: ruling C1).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from oncall.people import EVERYBODY, ROLES, Person
from sla.zones import instant

DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Rotation:
    """``people`` take turns in ``role``, handed over at ``at`` (local) every ``every``; ``starts`` is the first
    hand-over's date, so its weekday is that of a weekly one. Nobody is on before it."""

    name: str
    role: str
    people: tuple[int, ...]
    every: str
    starts: date
    at: time
    zone: ZoneInfo

    def handover(self, turn: int) -> datetime:
        """When a turn begins, the first being 0."""
        local = datetime.combine(self.starts + timedelta(days=turn * DAYS[self.every]), self.at)
        return datetime.fromtimestamp(instant(local, self.zone), UTC)

    def turn(self, at: datetime) -> int | None:
        """The number of the turn that holds ``at``; None before the first."""
        days = (at.astimezone(self.zone).date() - self.starts).days
        turn = days // DAYS[self.every] + 1
        while self.handover(turn) > at:
            turn -= 1
        return turn if turn >= 0 else None

    def person(self, at: datetime) -> int | None:
        turn = self.turn(at)
        return None if turn is None else self.people[turn % len(self.people)]

    def edges(self, begins: datetime, ends: datetime) -> Iterator[datetime]:
        """The hand-overs between two moments, ends excluded."""
        turn = self.turn(begins)
        turn = -1 if turn is None else turn
        while (edge := self.handover(turn := turn + 1)) < ends:
            yield edge


@dataclass(frozen=True, slots=True)
class Shift:
    """One person in one role for once."""

    role: str
    person: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody said "I'm on" for this role and time, whatever it is that puts them there."""

    role: str
    person: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody said "I can't" for this role and time: nobody asks them in it, whatever it is that puts them there."""

    role: str
    person: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Override:
    """``person`` stands in for whoever has ``role``, or only for ``instead_of``."""

    role: str
    person: int
    begins: datetime
    ends: datetime
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class Rota:
    """Everything ``who`` goes by; people are by their id."""

    people: Mapping[int, Person] = field(default_factory=dict)
    rotations: tuple[Rotation, ...] = ()
    shifts: tuple[Shift, ...] = ()
    overrides: tuple[Override, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """The same people in a role from ``begins`` to ``ends``; nobody is a gap."""

    role: str
    people: tuple[Person, ...]
    begins: datetime
    ends: datetime


def who(rota: Rota, role: str, at: datetime) -> tuple[Person, ...]:
    """Who has the role at that moment; nobody is an empty tuple. People the rota does not know are left out."""
    on = _regularly(rota, role, at)
    for override in rota.overrides:
        if override.role == role and override.begins <= at < override.ends:
            replaced = override.instead_of
            if replaced is None or replaced in on:
                on = [override.person] if replaced is None else [one for one in on if one != replaced]
                on.append(override.person)
    away = {one.person for one in rota.absences if one.role == role and one.begins <= at < one.ends}
    return tuple(rota.people[one] for one in dict.fromkeys(on) if one in rota.people and one not in away)


def crew(rota: Rota, at: datetime) -> dict[str, tuple[Person, ...]]:
    """Who is on in every role, and under ``everybody`` all who may hold one: what a page is told of the rota."""
    on = {role: who(rota, role, at) for role in ROLES}
    able = (person for person in rota.people.values() if person.roles)
    return {**on, EVERYBODY: tuple(dict.fromkeys([*(one for people in on.values() for one in people), *able]))}


def duties(rota: Rota, role: str, begins: datetime, ends: datetime) -> tuple[Duty, ...]:
    """The whole time from ``begins`` to ``ends``, cut where the people change."""
    edges = sorted({begins, *(edge for edge in _edges(rota, role, begins, ends) if begins < edge < ends)})
    turns = [(edge, who(rota, role, edge)) for edge in edges]
    changes = [turn for number, turn in enumerate(turns) if number == 0 or turn[1] != turns[number - 1][1]]
    until = [*(edge for edge, _ in changes[1:]), ends]
    return tuple(Duty(role, on, edge, end) for (edge, on), end in zip(changes, until, strict=True))


def confirmed(rota: Rota, duty: Duty, person: Person) -> bool:
    """Whether one confirmation of this person covers the whole of a duty."""
    return any(
        (said.role, said.person) == (duty.role, person.id) and said.begins <= duty.begins and said.ends >= duty.ends
        for said in rota.confirmations
    )


def _regularly(rota: Rota, role: str, at: datetime) -> list[int]:
    shifts = [shift for shift in rota.shifts if shift.role == role]
    on = [shift.person for shift in shifts if shift.begins <= at < shift.ends]
    if on:
        return on
    rotations = [rotation for rotation in rota.rotations if rotation.role == role]
    if rotations:
        return [person for rotation in rotations if (person := rotation.person(at)) is not None]
    return [] if shifts else [person.id for person in rota.people.values() if role in person.roles]


def _edges(rota: Rota, role: str, begins: datetime, ends: datetime) -> Iterator[datetime]:
    for rotation in rota.rotations:
        if rotation.role == role:
            yield from rotation.edges(begins, ends)
    spans: tuple[Shift | Override | Absence, ...] = (*rota.shifts, *rota.overrides, *rota.absences)
    for span in spans:
        if span.role == role:
            yield from (span.begins, span.ends)
