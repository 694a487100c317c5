"""Working hours: when a target is due on a calendar, how much open time passed. Source: sla.md section 4, C1-C12."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sla import bank_holidays
from sla.spans import Measure, Span, minus, union
from sla.zones import RELEASE, instant, placed, zone

HORIZON = timedelta(days=800)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)
_DAY = 86_400_000_000
_YEARS = range(1900, 9900)  # what a start may lie in: 800 days more must still be dates
_SHARED = 32  # days of starts that share one compiled calendar
_MARGIN = 3  # days a window may reach over the edge: overnight, and the widest zones

Pause = tuple[datetime, datetime | None]


class CalendarError(ValueError):
    """The calendar, start, target or pause makes no sense; the message names it and an example of right."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One version of working hours; two are equal when their ``version`` is.

    ``week`` holds, from Monday, each day's windows in minutes from its midnight; an end past 1440 lies in the
    next day. ``closed`` are dates, inclusive; ``openings`` naive local times.
    """

    zone: ZoneInfo = field(compare=False)
    week: tuple[tuple[Span, ...], ...] = field(default=((),) * 7, compare=False)
    holidays: tuple[str, str] | None = field(default=None, compare=False)
    closed: tuple[tuple[date, date], ...] = field(default=(), compare=False)
    openings: tuple[tuple[datetime, datetime], ...] = field(default=(), compare=False)
    always: bool = field(default=False, compare=False)
    version: str = field(init=False)

    def __post_init__(self) -> None:
        said = (self.zone.key, self.week, self.holidays, self.closed, self.openings, self.always)
        source = repr((said, RELEASE, bank_holidays.RELEASE if self.holidays else ""))
        object.__setattr__(self, "version", hashlib.sha256(source.encode()).hexdigest()[:12])


ALWAYS = Calendar(zone("UTC"), always=True)


@dataclass(frozen=True, slots=True)
class Due:
    """``at`` aware UTC, None while a pause stands open; ``remaining`` is then the business time left (C9).

    ``alarm`` says why it failed closed (C8), empty when it did not.
    """

    at: datetime | None
    remaining: timedelta = timedelta()
    alarm: str = ""


def due(calendar: Calendar, start: datetime, target: timedelta, pauses: Sequence[Pause] = ()) -> Due:
    """The instant ``target`` of open, unpaused time from ``start`` is used up. Raises CalendarError.

    1. Pauses are a set (C4). 2. Used up exactly at a close or a pause's start is due there (C3). 3. A calendar
    without a due within the horizon, were every open pause over, fails closed: start + target (C8).
    """
    first = _point(start, "start")
    if target <= timedelta():
        raise CalendarError(f"target: {target} is not above zero; write it like 3600 seconds")
    hours, (held, stopped) = compile(calendar, start), _paused(pauses, first)
    last, wanted = first + HORIZON // _MICROSECOND, target // _MICROSECOND
    at = _reached(hours, first, wanted, held)
    if at is None or at > last:
        return Due(_wall_clock(start, target), alarm=f"no due within {HORIZON.days} days: it is start + target")
    if stopped is not None and at > stopped:
        return Due(None, (wanted - _open(hours, first, stopped, held)) * _MICROSECOND)
    return Due(_EPOCH + at * _MICROSECOND)


def elapsed(calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """Open, unpaused time between two aware moments. Raises CalendarError."""
    first, last = _point(start, "start"), _point(end, "end")
    if last < first:
        raise CalendarError(f"end: {end.isoformat()} lies before the start {start.isoformat()}")
    held, stopped = _paused(pauses, first)
    last = last if stopped is None else min(last, stopped)
    total = 0
    while first < last:
        upto = min(last, first + HORIZON // _MICROSECOND)
        total += _open(_compiled(calendar, first // _DAY // _SHARED), first, upto, held)
        first = upto
    return total * _MICROSECOND


def compile(calendar: Calendar, around: datetime) -> Measure:
    """The open spans (microseconds since 1970 UTC) from ``around`` to the horizon at least; kept by version."""
    return _compiled(calendar, _point(around, "start") // _DAY // _SHARED)


@lru_cache(maxsize=512)
def _compiled(calendar: Calendar, share: int) -> Measure:
    first = _EPOCH_DAY + share * _SHARED - _MARGIN
    last = _EPOCH_DAY + (share + 1) * _SHARED + HORIZON.days + _MARGIN
    if calendar.always:
        return Measure([((first - _EPOCH_DAY) * _DAY, (last - _EPOCH_DAY) * _DAY)])
    hours = minus(union(_windows(calendar, first, last)), union(_closures(calendar, first, last)))
    spans = union([*hours, *_openings(calendar)])
    return Measure([(start * 1_000_000, end * 1_000_000) for start, end in spans])


def _windows(calendar: Calendar, first: int, last: int) -> Iterator[Span]:
    """Each day's windows; one that a skipped hour leaves empty has its end not after its start (C1)."""
    week = [
        [(start, timedelta(minutes=start), end, timedelta(minutes=end)) for start, end in day] for day in calendar.week
    ]
    for ordinal in range(first, last):
        windows = week[(ordinal - 1) % 7]  # ordinal 1 is a Monday
        if windows:
            midnight = datetime.fromordinal(ordinal).replace(tzinfo=calendar.zone)
            face = (ordinal - _EPOCH_DAY) * 86400
            for start, after_start, end, after_end in windows:
                opening = placed(midnight + after_start, face + start * 60, False)
                yield opening, placed(midnight + after_end, face + end * 60, True)


def _closures(calendar: Calendar, first: int, last: int) -> Iterator[Span]:
    """Civil days, from midnight to midnight, also inside a night (C2)."""
    dates = [(day.toordinal(), until.toordinal() + 1) for day, until in calendar.closed]
    if calendar.holidays:
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        days = [day.toordinal() for year in years for day in bank_holidays.days(*calendar.holidays, year)]
        dates += [(day, day + 1) for day in days]
    for begin, end in dates:
        inside = max(begin, first), min(end, last)
        if inside[0] < inside[1]:
            start, stop = (instant(datetime.fromordinal(day), calendar.zone) for day in inside)
            yield start, stop


def _openings(calendar: Calendar) -> Iterator[Span]:
    """One-off openings beat closures and holidays (C7)."""
    for start, end in calendar.openings:
        yield instant(start, calendar.zone), instant(end, calendar.zone, closing=True)


def _reached(hours: Measure, first: int, wanted: int, held: list[Span]) -> int | None:
    """Where ``wanted`` is used up: each pause begun before that moves it by the open time in the pause."""
    goal = hours.upto(first) + wanted
    for begin, end in held:
        at = hours.reach(goal)
        if at is None or at <= begin:
            return at
        goal += hours.upto(end) - hours.upto(begin)
    return hours.reach(goal)


def _open(hours: Measure, first: int, last: int, held: list[Span]) -> int:
    """Open time from ``first`` to ``last`` outside the pauses."""
    clipped = ((max(begin, first), min(end, last)) for begin, end in held)
    paused = sum(hours.upto(end) - hours.upto(begin) for begin, end in clipped if begin < end)
    return max(0, hours.upto(last) - hours.upto(first) - paused)


def _paused(pauses: Sequence[Pause], first: int) -> tuple[list[Span], int | None]:
    """The closed pauses from ``first`` on as one set, and where a still-open one stops the clock (C4, C5, C9)."""
    spans, stops = [], []
    for number, (begin, end) in enumerate(pauses, 1):
        start = _point(begin, f"pause {number}")
        if end is None:
            stops.append(max(start, first))
            continue
        stop = _point(end, f"pause {number}")
        if stop < start:
            raise CalendarError(f"pause {number}: it ends {end.isoformat()}, before it begins {begin.isoformat()}")
        spans.append((max(start, first), stop))
    return union(spans), min(stops, default=None)


def _point(moment: datetime, place: str) -> int:
    """Microseconds since 1970 UTC."""
    if moment.tzinfo is None:
        raise CalendarError(f"{place}: {moment.isoformat()} has no offset; write it like 2026-06-12T16:30:00+02:00")
    if moment.year not in _YEARS:
        raise CalendarError(f"{place}: {moment.isoformat()} lies outside the years {_YEARS[0]} to {_YEARS[-1]}")
    return (moment - _EPOCH) // _MICROSECOND


def _wall_clock(start: datetime, target: timedelta) -> datetime:
    try:
        return start.astimezone(UTC) + target
    except OverflowError as error:
        raise CalendarError(f"target: {target.days} days is longer than a calendar; write it like 3600") from error
