"""The rota's rows, read as the one value that ``oncall`` works with."""

from dataclasses import replace
from datetime import datetime, time, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.shell import Shell
from bot.templates import PAGE
from models import Absence, Channel, Confirmation, Override, Person, Rotation, Shift
from oncall import people, rota
from oncall.people import CHANNELS, Quiet
from sla.zones import zone

_PAST = timedelta(days=8)  # shifts over for longer say nothing about now


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
        tuple(
            rota.Absence(one.role, one.person_id, one.begins_at, one.ends_at)
            for one in session.scalars(select(Absence).where(Absence.ends_at > since))
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
    return replace(found, people={key: _here(one, on, key in open_to) for key, one in found.people.items()})


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


def _here(person: people.Person, on: set[str], open_to: bool) -> people.Person:
    """With the channels that work here now; the others are kept apart, to be named."""
    able = tuple(kind for kind in person.channels if kind in on and (kind != "whatsapp" or open_to))
    return replace(person, channels=able, off=tuple(kind for kind in person.channels if kind not in able))


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
