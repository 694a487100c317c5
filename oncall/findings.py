"""What is wrong with the rota before it hurts: gaps, people nobody can wake, shifts nobody confirmed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from oncall.people import Person
from oncall.rota import Duty, Rota, confirmed, duties


@dataclass(frozen=True, slots=True)
class Finding:
    """``kind``: gap (nobody is on), silent (on, but no verified channel), unconfirmed (has not said "I'm on")."""

    kind: Literal["gap", "silent", "unconfirmed"]
    role: str
    begins: datetime
    ends: datetime
    person: Person | None = None


def findings(rota: Rota, roles: Iterable[str], begins: datetime, ends: datetime) -> tuple[Finding, ...]:
    """Everything wrong between two moments in these roles, by time: the daily list, doctor's, and the roll-call's.

    Complete is: no finding.
    """
    found = [finding for role in roles for duty in duties(rota, role, begins, ends) for finding in _of(rota, duty)]
    return tuple(sorted(found, key=lambda finding: (finding.begins, finding.role, finding.kind)))


def unfit(rota: Rota) -> tuple[Person, ...]:
    """People who may hold a role but have no verified channel."""
    return tuple(person for person in rota.people.values() if person.roles and not person.channels)


def _of(rota: Rota, duty: Duty) -> Iterator[Finding]:
    if not duty.people:
        yield Finding("gap", duty.role, duty.begins, duty.ends)
    for person in duty.people:
        if not person.channels:
            yield Finding("silent", duty.role, duty.begins, duty.ends, person)
        if not confirmed(rota, duty, person):
            yield Finding("unconfirmed", duty.role, duty.begins, duty.ends, person)
