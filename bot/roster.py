"""The rota's rows: imported from a file, and read as the one value that ``oncall`` works with."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.shell import Shell
from bot.templates import PAGE
from models import Channel, Confirmation, Override, Person, Rotation, Shift
from oncall import people, rota
from oncall.people import CHANNELS, Quiet
from oncall.roster import Member, Once, Roster, Turns, read_roster
from sla.zones import zone

_PAST = timedelta(days=8)  # shifts over for longer say nothing about now


@dataclass(frozen=True, slots=True)
class Imported:
    people: int
    rotations: int
    shifts: int
    overrides: int
    unverified: tuple[str, ...]


def load_rota(session: Session, at: datetime) -> rota.Rota:
    """The whole rota, as far as it matters around and after a moment."""
    since = at - _PAST
    known = {one.id: _person(one) for one in session.scalars(select(Person).order_by(Person.id)).unique()}
    return rota.Rota(
        known,
        tuple(_rotation(one) for one in session.scalars(select(Rotation).order_by(Rotation.id))),
        tuple(
            rota.Shift(one.role, one.person_id, one.begins_at, one.ends_at)
            for one in session.scalars(select(Shift).where(Shift.ends_at > since).order_by(Shift.id))
        ),
        tuple(
            rota.Override(one.role, one.person_id, one.begins_at, one.ends_at, one.instead_of_id)
            for one in session.scalars(select(Override).where(Override.ends_at > since).order_by(Override.id))
        ),
        tuple(
            rota.Confirmation(one.role, one.person_id, one.begins_at, one.ends_at)
            for one in session.scalars(select(Confirmation).where(Confirmation.ends_at > since))
        ),
    )


def on_call(shell: Shell, session: Session, at: datetime) -> rota.Rota:
    """The rota with the channels that reach people now: switched on here, and WhatsApp only in its window or where we
    have a template."""
    found = load_rota(session, at)
    on = {kind for kind in CHANNELS if kind in shell.channels and (kind == "telegram" or shell.senders.get(kind))}
    open_to = {*found.people}
    if found.people and not shell.templates.sid(PAGE, "en"):
        window = select(Channel.person_id).where(Channel.kind == "whatsapp", Channel.window_expires_at > at)
        open_to = set(session.scalars(window))
    able = {
        number: replace(one, channels=tuple(kind for kind in one.channels if _able(kind, on, number in open_to)))
        for number, one in found.people.items()
    }
    return replace(found, people=able)


def open_to_us(shell: Shell, channel: Channel) -> bool:
    """Whether a channel takes a text or call of ours now, proven or not."""
    if channel.stopped_at or channel.kind not in shell.channels:
        return False
    if channel.kind == "whatsapp" and (channel.window_expires_at or shell.clock.now()) <= shell.clock.now():
        return False
    return channel.kind == "telegram" or bool(shell.senders.get(channel.kind))


def opted_out(shell: Shell, session: Session, kind: str, address: str) -> None:
    """A provider told that somebody on call has said STOP there."""
    theirs = update(Channel).where(Channel.kind == kind, Channel.address == address, Channel.stopped_at.is_(None))
    session.execute(theirs.values(stopped_at=shell.clock.now()))


def _able(kind: str, on: set[str], open_to: bool) -> bool:
    return kind in on and (kind != "whatsapp" or open_to)


def import_roster(shell: Shell, data: bytes) -> Imported:
    """Makes the rota what the file says. Raises RosterError and imports nothing.

    Who is not in the file has no role any more; shifts and overrides made at the desk stay.
    """
    read = read_roster(data, shell.policies.support_zone)
    with shell.db.writing() as session:
        numbers = _keep_people(shell, session, read.people)
        _keep_rotations(session, read.rotations, numbers)
        _keep_spans(session, read, numbers)
        mute = select(Channel).join(Person).where(Channel.verified_at.is_(None), Person.name.in_(numbers))
        names = {one.id: one.name for one in session.scalars(select(Person)).unique()}
        unverified = tuple(f"{names[one.person_id]} {one.kind}" for one in session.scalars(mute.order_by(Channel.id)))
    return Imported(len(read.people), len(read.rotations), len(read.shifts), len(read.overrides), unverified)


def _keep_people(shell: Shell, session: Session, members: Iterable[Member]) -> dict[str, int]:
    now, found = shell.clock.now(), {one.name: one for one in session.scalars(select(Person)).unique()}
    for one in found.values():
        one.roles, one.agent_id = [], None
    session.flush()
    for member in members:
        person = found.setdefault(member.name, Person(name=member.name))
        person.agent_id, person.roles, person.language = member.agent, list(member.roles), member.language
        person.quiet, person.zone = member.quiet, member.zone
        session.add(person)
        session.flush()
        for kind, address in member.channels.items():
            _keep_channel(session, person.id, kind, address, now if member.verified else None)
    session.flush()
    return {member.name: found[member.name].id for member in members}


def _keep_channel(session: Session, person: int, kind: str, address: str, verified_at: datetime | None) -> None:
    """A new address has to be verified anew; one that was proven stays so."""
    known = session.scalar(select(Channel).where(Channel.person_id == person, Channel.kind == kind))
    channel = known or Channel(person_id=person, kind=kind)
    if channel.address != address:
        channel.address, channel.verified_at, channel.stopped_at = address, None, None
    channel.verified_at = channel.verified_at or verified_at
    session.add(channel)


def _keep_rotations(session: Session, rotations: Iterable[Turns], numbers: Mapping[str, int]) -> None:
    session.execute(delete(Rotation))
    for one in rotations:
        ids = [numbers[name] for name in one.people]
        turns = {"role": one.role, "people": ids, "every": one.every, "starts": one.starts, "at": one.at}
        session.add(Rotation(name=one.name, zone=one.zone, **turns))


def _keep_spans(session: Session, read: Roster, numbers: Mapping[str, int]) -> None:
    session.execute(delete(Shift).where(Shift.source == "file"))
    session.execute(delete(Override).where(Override.source == "file"))
    session.add_all(Shift(**_span(one, numbers)) for one in read.shifts)
    session.add_all(
        Override(**_span(one, numbers), instead_of_id=numbers.get(one.instead_of)) for one in read.overrides
    )
    session.flush()


def _span(one: Once, numbers: Mapping[str, int]) -> dict[str, object]:
    person = numbers[one.person]
    return {"role": one.role, "person_id": person, "begins_at": one.begins, "ends_at": one.ends, "source": "file"}


def _person(row: Person) -> people.Person:
    verified = {channel.kind for channel in row.channels if channel.verified_at and not channel.stopped_at}
    quiet = None
    if row.quiet:
        begins, _, ends = row.quiet.partition("-")
        quiet = Quiet(time.fromisoformat(begins), time.fromisoformat(ends), zone(row.zone))
    channels = tuple(kind for kind in CHANNELS if kind in verified)
    stopped = tuple(channel.kind for channel in row.channels if channel.stopped_at)
    return people.Person(row.id, row.name, frozenset(row.roles), channels, row.language, quiet, stopped)


def _rotation(row: Rotation) -> rota.Rotation:
    at, where = time.fromisoformat(row.at), zone(row.zone)
    return rota.Rotation(row.name, row.role, tuple(row.people), row.every, row.starts, at, where)
