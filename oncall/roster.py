"""The rota as a TOML file: people, rotations, shifts, overrides; the whole of it or nothing, each fault by its name."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from oncall.entries import EXAMPLES, KEYS, TABLES, Entry, RosterError
from oncall.people import CHANNELS, ROLES, is_quiet
from oncall.rota import DAYS


@dataclass(frozen=True, slots=True)
class Member:
    """``channels`` are address by kind; ``agent`` the Telegram user id; ``quiet`` is ``22:00-07:00`` or empty."""

    name: str
    roles: tuple[str, ...]
    channels: Mapping[str, str]
    agent: int | None
    verified: bool
    language: str
    quiet: str
    zone: str


@dataclass(frozen=True, slots=True)
class Turns:
    """A rotation, its people by name."""

    name: str
    role: str
    people: tuple[str, ...]
    every: str
    starts: date
    at: str
    zone: str


@dataclass(frozen=True, slots=True)
class Once:
    """A shift or an override, its people by name."""

    role: str
    person: str
    begins: datetime
    ends: datetime
    instead_of: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    people: tuple[Member, ...]
    rotations: tuple[Turns, ...]
    shifts: tuple[Once, ...]
    overrides: tuple[Once, ...]


def read_roster(data: bytes, support_zone: ZoneInfo) -> Roster:
    """Times without a zone are in the support zone. Raises RosterError."""
    try:
        file = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RosterError(f"it is no TOML ({error}); example: {EXAMPLES['person']}") from error
    if set(file) - set(KEYS):
        raise RosterError(f"unknown {', '.join(sorted(set(file) - set(KEYS)))}; the file knows {TABLES}")
    rows = {table: [Entry(table, number, row, support_zone) for number, row in _listed(file, table)] for table in KEYS}
    people = tuple(_member(row) for row in rows["person"])
    if not people:
        raise RosterError(f"it names nobody, so nobody would be woken; example: {EXAMPLES['person']}")
    rotations = tuple(_turns(row) for row in rows["rotation"])
    _once_each("person", [one.name for one in people])
    _once_each("rotation", [one.name for one in rotations])
    able = {one.name: one.roles for one in people}
    for row, turns in zip(rows["rotation"], rotations, strict=True):
        for name in turns.people:
            row.holds(name, turns.role, able)
    once = {table: tuple(_once(row, able) for row in rows[table]) for table in ("shift", "override")}
    for row, shift in zip(rows["shift"], once["shift"], strict=True):
        row.holds(shift.person, shift.role, able)
    for table in ("shift", "override"):
        _apart(rows[table], once[table])
    return Roster(people, rotations, once["shift"], once["override"])


def _listed(file: Mapping[str, Any], table: str) -> list[tuple[int, Any]]:
    rows = file.get(table, [])
    if not isinstance(rows, list):
        raise RosterError(f"{table}: each is a table under double brackets; example: {EXAMPLES[table]}")
    return list(enumerate(rows, 1))


def _member(row: Entry) -> Member:
    phone, whatsapp, agent = row.number("phone"), row.number("whatsapp"), row.whole("telegram")
    addresses = {"telegram": str(agent or ""), "sms": phone, "whatsapp": whatsapp, "voice": phone}
    quiet = row.text("quiet")
    if quiet and not is_quiet(quiet):
        raise row.wrong(f'quiet {quiet!r} is no span like "22:00-07:00"')
    return Member(
        name=row.text("name"),
        roles=row.listed("roles", ROLES),
        channels={kind: addresses[kind] for kind in CHANNELS if addresses[kind]},
        agent=agent,
        verified=row.flag("verified"),
        language=row.text("language", "en"),
        quiet=quiet,
        zone=row.zone().key,
    )


def _turns(row: Entry) -> Turns:
    people = row.listed("people")
    if not people:
        raise row.wrong("people: nobody takes turns")
    role, every, starts = row.one_of("role", ROLES), row.one_of("every", tuple(DAYS)), row.day("starts")
    return Turns(row.text("name"), role, people, every, starts, row.clock("at"), row.zone().key)


def _once(row: Entry, able: Mapping[str, tuple[str, ...]]) -> Once:
    begins, ends = row.moment("begins"), row.moment("ends", closing=True)
    if ends <= begins:
        raise row.wrong("it ends before it begins, or as it begins")
    once = Once(row.one_of("role", ROLES), row.text("person"), begins, ends, row.text("instead_of"))
    row.known(once.person, able)
    if once.instead_of:
        row.known(once.instead_of, able)
    return once


def _once_each(table: str, names: list[str]) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise RosterError(f"{table}: two are called {twice!r}; give each a name of its own")


def _apart(rows: list[Entry], spans: tuple[Once, ...]) -> None:
    """Of two that share time in one role, one would have no effect: the same shift twice, or two overrides of one turn.
    Two people on shift at once are both on; an override may stand in for another's person."""
    for number, (row, later) in enumerate(zip(rows, spans, strict=True)):
        for other, earlier in zip(rows[:number], spans[:number], strict=True):
            begins, ends = max(earlier.begins, later.begins), min(earlier.ends, later.ends)
            if earlier.role == later.role and begins < ends and _same_turn(row, earlier, later):
                raise row.wrong(
                    f"it overlaps {other.place} in the role {later.role!r}, from {begins:%Y-%m-%dT%H:%MZ} to "
                    f"{ends:%Y-%m-%dT%H:%MZ}; one of the two would have no effect: let one end where the other begins"
                )


def _same_turn(row: Entry, one: Once, other: Once) -> bool:
    return one.instead_of == other.instead_of if row.table == "override" else one.person == other.person
