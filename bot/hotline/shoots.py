"""The shoot calendar: imported whole or not at all, and the hotline windows that follow from it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.shell import Shell
from models import HotlineWindow, Shoot, Studio
from oncall import hotline
from oncall.bookings import Booked, BookingError, read_csv
from oncall.hotline import Rules, Window
from sla.zones import zone

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Imported:
    """``windows``: hotline windows still ahead of, or open at, the studios of the file."""

    shoots: int
    gone: int
    studios: int
    windows: int


def import_shoots(shell: Shell, data: bytes, kind: str, studio: str = "") -> Imported:
    """Adds and updates shoots from CSV or ics bytes. Raises BookingError and imports nothing.

    ``studio`` is whose they are, for a calendar that does not name it.
    """
    now = shell.clock.now()
    booked = _read_ics(data, now) if kind == "ics" else read_csv(data)
    with shell.db.writing() as session:
        whose = [(_studio(session, one, studio), one) for one in booked]
        for owner, one in whose:
            if one.gone:
                session.execute(delete(Shoot).where(Shoot.studio_id == owner.id, Shoot.uid == one.uid))
            else:
                _keep(session, owner, one)
        gone = sum(one.gone for one in booked) + _forget(session, whose, now)
        studios = {owner.id for owner, _ in whose}
        windows = sum(rebook(shell, session, number) for number in sorted(studios))
    return Imported(len(booked) - sum(one.gone for one in booked), gone, len(studios), windows)


def _read_ics(data: bytes, now: datetime) -> Sequence[Booked]:
    from oncall.calendars import read_ics  # noqa: PLC0415 (megabytes of a library that only this needs)

    return read_ics(data, now)


def call_off(shell: Shell, number: int) -> bool:
    """Takes one shoot out; whether there was one."""
    with shell.db.writing() as session:
        shoot = session.get(Shoot, number)
        if shoot is not None:
            remove(shell, session, shoot)
    return shoot is not None


def enter(shell: Shell, session: Session, studio: Studio, booked: Booked) -> tuple[Shoot, Span | None]:
    """One shoot entered by hand, and when it was if it was known: one that shares time and words with a known one is
    that one."""
    mine = select(Shoot).where(Shoot.studio_id == studio.id)
    known = session.scalar(mine.where(Shoot.uid == booked.uid)) or next(
        (one for one in overlapping(session, studio.id, booked) if _same(one.title, booked.title)), None
    )
    before = (known.begins_at, known.ends_at) if known else None
    if known is not None:
        booked = replace(booked, uid=known.uid, series=known.series)
    shoot = _keep(session, studio, booked)
    rebook(shell, session, studio.id)
    return shoot, before


def _same(title: str, other: str) -> bool:
    return bool(title) and title.casefold() == other.casefold()


def overlapping(session: Session, studio: int, booked: Booked) -> Sequence[Shoot]:
    """The shoots of a studio that share time with this one."""
    shared = (Shoot.begins_at < booked.ends, Shoot.ends_at > booked.begins)
    found = select(Shoot).where(Shoot.studio_id == studio, *shared).order_by(Shoot.begins_at, Shoot.id)
    return session.scalars(found).unique().all()


def ahead(session: Session, studio: int, now: datetime) -> Sequence[Shoot]:
    """The shoots of a studio that are not over."""
    found = select(Shoot).where(Shoot.studio_id == studio, Shoot.ends_at > now).order_by(Shoot.begins_at, Shoot.id)
    return session.scalars(found).unique().all()


def window_of(session: Session, shoot: Shoot) -> HotlineWindow | None:
    """The window a shoot lies in, open or ahead."""
    mine = (HotlineWindow.studio_id == shoot.studio_id, HotlineWindow.due_at.is_not(None))
    around = (HotlineWindow.opens_at < shoot.ends_at, HotlineWindow.closes_at > shoot.begins_at)
    return session.scalars(select(HotlineWindow).where(*mine, *around).limit(1)).unique().first()


def said(one: Shoot) -> str:
    return f"Shoot {one.id}: {span(one.begins_at, one.ends_at, zone(one.zone))} ({one.zone})"


def span(begins: datetime, ends: datetime, where: ZoneInfo) -> str:
    """``Sat 28 Nov 14:00-22:00``, with the end's day if it is another."""
    here, there = begins.astimezone(where), ends.astimezone(where)
    end = f"{there:%H:%M}" if there.date() == here.date() else f"{there:%a} {there.day} {there:%b %H:%M}"
    return f"{here:%a} {here.day} {here:%b %H:%M}-{end}"


def remove(shell: Shell, session: Session, shoot: Shoot) -> None:
    studio = shoot.studio_id
    session.delete(shoot)
    session.flush()
    rebook(shell, session, studio)


def rebook(shell: Shell, session: Session, studio: int) -> int:
    """Makes the rows of a studio's windows what its shoots now ask for; returns how many are open or ahead.

    What is open stays one window, with its new end; what nobody asks for any more closes, or never opens.
    """
    now = shell.clock.now()
    wanted = [window for window in _wanted(shell.hotline, session, studio) if window.closes > now]
    mine = select(HotlineWindow).where(HotlineWindow.studio_id == studio, HotlineWindow.due_at.is_not(None))
    rows = session.scalars(mine.order_by(HotlineWindow.opens_at).with_for_update(of=HotlineWindow)).all()
    left = list(wanted)
    for row in rows:
        window = next((one for one in left if one.opens <= row.closes_at and one.closes >= row.opens_at), None)
        if window is not None:
            left.remove(window)
        _move(session, row, window, now)
    for window in left:
        fresh = {"opens_at": window.opens, "closes_at": window.closes, "due_at": window.opens, "known_at": now}
        session.add(HotlineWindow(studio_id=studio, zone=window.zone.key, **fresh))
    session.flush()
    return len(wanted)


def rebook_all(shell: Shell) -> None:
    """After a change of the rules."""
    with shell.db.writing() as session:
        rebook_booked(shell, session)


def rebook_booked(shell: Shell, session: Session, among: Container[int] | None = None) -> None:
    """The studios that have shoots, all or ``among`` these, whose tier may have changed."""
    for studio in session.scalars(select(Shoot.studio_id).distinct().order_by(Shoot.studio_id)).all():
        if among is None or studio in among:
            rebook(shell, session, studio)


def planned(shoot: Shoot) -> hotline.Shoot:
    return hotline.Shoot(shoot.studio_id, shoot.studio.tier, shoot.begins_at, shoot.ends_at, zone(shoot.zone))


def _wanted(rules: Rules, session: Session, studio: int) -> Sequence[Window]:
    booked = session.scalars(select(Shoot).where(Shoot.studio_id == studio)).unique()
    return hotline.windows([planned(shoot) for shoot in booked], rules)


def _move(session: Session, row: HotlineWindow, window: Window | None, now: datetime) -> None:
    if window is None and row.opened_at is None:
        session.delete(row)
    elif window is None:
        row.closes_at = row.due_at = min(row.closes_at, now)
    else:
        if row.opened_at is None:
            row.opens_at, row.zone = window.opens, window.zone.key
        row.closes_at = window.closes
        row.due_at = row.closes_at if row.opened_at else row.opens_at
        if row.opened_at:
            row.studio.hotline_until = row.closes_at


def _studio(session: Session, booked: Booked, named: str) -> Studio:
    """The first of the names that is known. Raises BookingError with what was tried."""
    for name in (named,) if named else booked.studios:
        found = session.scalar(select(Studio).where(Studio.name == name))
        if found is not None:
            return found
    tried = ", ".join(repr(name) for name in ((named,) if named else booked.studios)) or "no name at all"
    raise BookingError(
        f"{booked.place}: no studio is called {tried}; name it as `flask studios import` did, or in an .ics by "
        f'X-STUDIO, or for a whole file by --studio "Adeyemi Photo"'
    )


def _keep(session: Session, studio: Studio, booked: Booked) -> Shoot:
    known = session.scalar(select(Shoot).where(Shoot.studio_id == studio.id, Shoot.uid == booked.uid))
    shoot = known or Shoot(studio_id=studio.id, uid=booked.uid)
    shoot.title, shoot.series = booked.title, booked.series
    shoot.zone = booked.zone.key if booked.zone else studio.timezone
    shoot.begins_at, shoot.ends_at = booked.begins, booked.ends
    session.add(shoot)
    session.flush()
    return shoot


def _forget(session: Session, whose: Sequence[tuple[Studio, Booked]], now: datetime) -> int:
    """Repetitions still ahead that the series no longer has."""
    gone = 0
    for owner, series in {(owner.id, one.series) for owner, one in whose if one.series}:
        kept = [one.uid for studio, one in whose if studio.id == owner and one.series == series]
        stale = select(Shoot.id).where(Shoot.studio_id == owner, Shoot.series == series, Shoot.ends_at > now)
        numbers = session.scalars(stale.where(Shoot.uid.not_in(kept))).all()
        session.execute(delete(Shoot).where(Shoot.id.in_(numbers)))
        gone += len(numbers)
    return gone
