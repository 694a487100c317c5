"""The rota from its file: the whole of it or nothing; numbers that are new and not proven get a test page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.pager import trials
from bot.shell import Shell
from models import Channel, Override, Person, Rotation, Shift, Trial
from oncall.people import CHANNELS
from oncall.roster import Member, Once, Roster, Turns, read_roster


@dataclass(frozen=True, slots=True)
class Imported:
    people: int
    rotations: int
    shifts: int
    overrides: int
    unverified: tuple[str, ...]
    tried: tuple[str, ...]


def import_roster(shell: Shell, data: bytes) -> Imported:
    """Makes the rota what the file says. Raises RosterError and imports nothing.

    Who is not in the file has no role any more; shifts and overrides made at the desk stay.
    """
    read = read_roster(data, shell.policies.support_zone)
    with shell.db.writing() as session:
        numbers, tried = _keep_people(shell, session, read.people)
        _keep_rotations(session, read.rotations, numbers)
        _keep_spans(session, read, numbers)
        mute = select(Channel).join(Person).where(Channel.verified_at.is_(None), Person.name.in_(numbers))
        names = {one.id: one.name for one in session.scalars(select(Person)).unique()}
        unverified = tuple(f"{names[one.person_id]} {one.kind}" for one in session.scalars(mute.order_by(Channel.id)))
        shell.db.ring(session)
    return Imported(len(read.people), len(read.rotations), len(read.shifts), len(read.overrides), unverified, tried)


def try_out(shell: Shell, name: str) -> tuple[str, ...] | None:
    """Sends a test page to each channel of a person; which could be tried, None for nobody of this name."""
    with shell.db.writing() as session:
        person = session.scalar(select(Person).where(Person.name == name))
        if person is None:
            return None
        tried = [one.kind for one in person.channels if trials.ask(shell, session, one, trials.plain(person))]
        shell.db.ring(session)
    return tuple(tried)


def _keep_people(shell: Shell, session: Session, members: Iterable[Member]) -> tuple[dict[str, int], tuple[str, ...]]:
    """Their ids by name, and the channels that are tried because they are new and not proven."""
    found = {one.name: one for one in session.scalars(select(Person)).unique()}
    for one in found.values():
        one.roles, one.agent_id = [], None
    session.flush()
    tried = []
    for member in members:
        person = found.setdefault(member.name, Person(name=member.name, filed=""))
        person.agent_id, person.roles, person.zone = member.agent, list(member.roles), member.zone
        filed = f"{member.language} {member.quiet}"
        if person.filed != filed:  # else what they have set themselves stays
            person.language, person.quiet, person.filed = member.language, member.quiet, filed
        session.add(person)
        session.flush()
        for kind in CHANNELS:
            fresh = _keep_channel(shell, session, person, kind, member)
            if fresh is not None and trials.ask(shell, session, fresh, trials.plain(person)):
                tried.append(f"{member.name} {kind}")
    session.flush()
    return {member.name: found[member.name].id for member in members}, tuple(tried)


def _keep_channel(shell: Shell, session: Session, person: Person, kind: str, member: Member) -> Channel | None:
    """What the file says, unless it says what it said before; one that must be tried, as it is new and not proven.

    ``verified`` counts until a test page is asked for: a number that changes has to be answered anew.
    """
    address = member.channels.get(kind, "")
    known = session.scalar(select(Channel).where(Channel.person_id == person.id, Channel.kind == kind))
    if known is None and not address:
        return None
    channel = known or Channel(person_id=person.id, kind=kind, address="", filed="")
    session.add(channel)
    changed = address not in (channel.filed, channel.address)
    if changed:
        channel.address, channel.verified_at, channel.stopped_at = address, None, None
    channel.filed = address
    session.flush()
    mine = (Trial.channel_id == channel.id, Trial.address == address)
    if not address or channel.address != address or session.scalar(select(Trial.id).where(*mine).limit(1)):
        return None
    if member.verified and (known is None or not changed):
        channel.verified_at = channel.verified_at or shell.clock.now()
    return None if channel.verified_at else channel


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
