"""What is wrong with the rota before it hurts: gaps, people nobody can wake, shifts nobody confirmed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from oncall.people import ROLES, Person
from oncall.rota import Duty, Rota, confirmed, duties, who

AHEAD = timedelta(days=7)  # how far a list looks


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


def bare(rota: Rota, roles: Iterable[str], at: datetime) -> tuple[str, ...]:
    """The roles that nobody holds at that moment who has said so."""
    return tuple(role for role in roles if not any(_said(rota, role, one, at) for one in who(rota, role, at)))


def concerns(rota: Rota, when: datetime, here: ZoneInfo) -> list[str]:
    """What is wrong from now to a week ahead, in words; confirmations are the roll-call's to ask."""
    if not any(person.roles for person in rota.people.values()):
        return ["the rota is empty: nobody would be woken; example: flask oncall import rota.toml"]
    found = findings(rota, ROLES, when, when + AHEAD)
    mute = [f"{one.name} holds {_roles(one)} but has no verified channel" for one in unfit(rota)]
    mute += [
        f"{one.name} has said STOP by {kind}, so nothing rings there; START from that telephone ends it"
        for one in rota.people.values()
        for kind in one.stopped
        if one.roles
    ]
    return mute + [said(one, here) for one in found if one.kind == "gap"]


def said(finding: Finding, here: ZoneInfo) -> str:
    """One finding in words, its times in the agents' zone."""
    span = f"{finding.begins.astimezone(here):%a %Y-%m-%d %H:%M} to {finding.ends.astimezone(here):%a %Y-%m-%d %H:%M}"
    role, person = finding.role.replace("_", " "), finding.person.name if finding.person else ""
    match finding.kind:
        case "gap":
            return f"nobody is {role} from {span}"
        case "silent":
            return f"{person} is {role} from {span} but has no verified channel"
        case "unconfirmed":
            return f"{person} has not confirmed being {role} from {span}"


def _said(rota: Rota, role: str, person: Person, at: datetime) -> bool:
    mine = (said for said in rota.confirmations if (said.role, said.person) == (role, person.id))
    return any(said.begins <= at < said.ends for said in mine)


def _roles(person: Person) -> str:
    return ", ".join(role.replace("_", " ") for role in ROLES if role in person.roles)


def _of(rota: Rota, duty: Duty) -> Iterator[Finding]:
    if not duty.people:
        yield Finding("gap", duty.role, duty.begins, duty.ends)
    for person in duty.people:
        if not person.channels:
            yield Finding("silent", duty.role, duty.begins, duty.ends, person)
        if not confirmed(rota, duty, person):
            yield Finding("unconfirmed", duty.role, duty.begins, duty.ends, person)
