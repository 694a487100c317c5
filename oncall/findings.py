"""What is wrong with the rota before it hurts: gaps, people nobody can wake, shifts nobody confirmed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from oncall.people import CHANNELS, ROLES, Person
from oncall.rota import Duty, Override, Rota, Shift, confirmed, duties, who

AHEAD = timedelta(days=7)  # how far a list looks
_OFF, _SHUT = "off here", {"whatsapp": "shut, and there is no template page_sev1"}
_SWITCH = {
    "telegram": "set TELEGRAM_BOT_TOKEN",
    "sms": "set TWILIO_SMS_FROM, like +34910000000",
    "voice": "set TWILIO_VOICE_FROM, like +34910000000",
}


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


def unsaid(rota: Rota, when: datetime, apart: Iterable[tuple[datetime, datetime]]) -> tuple[Finding, ...]:
    """Shifts and stand-ins of the week ahead whose people have not said "I'm on"; those that touch a hotline
    (``apart``) are the roll-call's to ask."""
    calls = tuple(apart)
    spans: tuple[Shift | Override, ...] = (*rota.shifts, *rota.overrides)
    found = []
    for one in spans:
        asked = any(one.begins < closes and one.ends > opens for opens, closes in calls)
        if asked or one.ends <= when or one.begins >= when + AHEAD:
            continue
        on = [person for person in who(rota, one.role, max(one.begins, when)) if person.id == one.person]
        duty = Duty(one.role, tuple(on), one.begins, one.ends)
        found += [
            Finding("unconfirmed", one.role, one.begins, one.ends, person)
            for person in on
            if not confirmed(rota, duty, person)
        ]
    return tuple(found)


def concerns(rota: Rota, when: datetime, here: ZoneInfo, apart: Iterable[tuple[datetime, datetime]] = ()) -> list[str]:
    """What is wrong from now to a week ahead, in words; ``rota`` is as it reaches people here and now."""
    if not any(person.roles for person in rota.people.values()):
        return ["the rota is empty: nobody would be woken; example: flask oncall import rota.toml"]
    found = findings(rota, ROLES, when, when + AHEAD)
    mute = [f"{one.name} holds {_roles(one)} but {_why(one)}" for one in unfit(rota)]
    off = {kind for one in rota.people.values() if one.roles for kind in one.off if kind != "whatsapp"}
    mute += [f"{kind} is off here, so nobody is reached by it; {_SWITCH[kind]}" for kind in CHANNELS if kind in off]
    mute += [
        f"{one.name} has said STOP by {kind}, so nothing rings there; START from that telephone ends it"
        for one in rota.people.values()
        for kind in one.stopped
        if one.roles
    ]
    gaps = [said(one, here) for one in found if one.kind == "gap"]
    return mute + gaps + [f"{said(one, here)}: /confirm" for one in unsaid(rota, when, apart)]


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


def _why(person: Person) -> str:
    if not person.off:
        return "has no verified channel"
    return f"nothing can ring them now: {', '.join(f'{kind} is {_SHUT.get(kind, _OFF)}' for kind in person.off)}"


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
