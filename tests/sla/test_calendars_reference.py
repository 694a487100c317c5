"""The same dues by an independent reckoner that steps minute by minute and knows no offsets, only what clocks show."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count, groupby
from typing import Any, NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sla.calendar_form import read
from sla.calendars import Pause, due, elapsed
from sla.week import DAYS
from sla.zones import zone
from tests.sla.test_calendars_properties import FIRST, MINUTE, forms, lengths, pauses_from, targets

MINUTES = 66 * 1440  # reckoned, from three days before the first start
HOUR = timedelta(hours=1)


class Faces(NamedTuple):
    """What a clock shows in every minute from ``begin``, the first and the last minute in which it shows a
    time, and the runs of minutes in which it shows a date."""

    begin: datetime
    shown: list[datetime]
    first: dict[datetime, int]
    last: dict[datetime, int]
    dates: list[tuple[date, int, int]]


@cache
def faces(name: str, day: date) -> Faces:
    begin, here = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(3), zone(name)
    shown: list[datetime] = []
    for hour in range(MINUTES // 60):
        start = (begin + hour * HOUR).astimezone(here).replace(tzinfo=None, fold=0)
        end = (begin + hour * HOUR + 59 * MINUTE).astimezone(here).replace(tzinfo=None, fold=0)
        if end - start == 59 * MINUTE:
            shown += [start + n * MINUTE for n in range(60)]
        else:
            moments = (begin + hour * HOUR + n * MINUTE for n in range(60))
            shown += [moment.astimezone(here).replace(tzinfo=None, fold=0) for moment in moments]
    backwards = dict(zip(reversed(shown), range(MINUTES - 1, -1, -1), strict=True))
    runs = [list(run) for _, run in groupby(range(MINUTES), key=lambda n: shown[n].date())]
    dates = [(shown[run[0]].date(), run[0], run[-1] + 1) for run in runs]
    return Faces(begin, shown, backwards, dict(zip(shown, count(), strict=False)), dates)


class Reckoner:
    """Which minutes count: windows by their edges, closed days by the date shown, openings on top, pauses out."""

    def __init__(self, form: dict[str, Any], day: date, pauses: list[Pause]) -> None:
        self.faces = faces(form["zone"], day)
        self.counts = bytearray(MINUTES)
        for n in range(-2, MINUTES // 1440 - 4):
            self._open_windows(form["days"], day + timedelta(n))
        closed = [tuple(map(date.fromisoformat, pair)) for pair in form["closed"]]
        for shown, first, last in self.faces.dates:
            if any(begin <= shown <= end for begin, end in closed):
                self.counts[first:last] = bytes(last - first)
        for start, end in form["open"]:
            self._open(datetime.fromisoformat(start), datetime.fromisoformat(end))
        for begin, stop in pauses:
            assert stop is not None
            self.counts[self.minute(begin) : self.minute(stop)] = bytes(self.minute(stop) - self.minute(begin))

    def _open_windows(self, days: dict[str, list[str]], day: date) -> None:
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 (what a clock shows)
        for text in days.get(DAYS[day.weekday()], []):
            start, end = (int(part[:2]) * 60 + int(part[3:]) for part in text.split("-"))
            self._open(midnight + start * MINUTE, midnight + (end if end > start else end + 1440) * MINUTE)

    def _open(self, opening: datetime, closing: datetime) -> None:
        if self.faces.shown[0] < opening and closing < self.faces.shown[-1]:
            first, last = self._edge(opening, self.faces.first), self._edge(closing, self.faces.last)
            self.counts[first:last] = b"\1" * max(0, last - first)

    def _edge(self, face: datetime, minutes: dict[datetime, int]) -> int:
        """The minute that shows it; where none does, the first after the clock jumped over it."""
        while face not in minutes:
            face += MINUTE
        return minutes[face]

    def minute(self, moment: datetime) -> int:
        return min(MINUTES, max(0, (moment - self.faces.begin) // MINUTE))

    def due(self, start: datetime, target: timedelta) -> datetime | None:
        left = target // MINUTE
        for n in range(self.minute(start), MINUTES - 5 * 1440):
            left -= self.counts[n]
            if left == 0:
                return self.faces.begin + (n + 1) * MINUTE
        return None

    def elapsed(self, start: datetime, end: datetime) -> timedelta:
        return sum(self.counts[self.minute(start) : self.minute(end)]) * MINUTE


moments = st.tuples(st.sampled_from([0, 200]), st.integers(0, 39), st.integers(0, 1439))


@settings(deadline=None, max_examples=250)
@given(forms(), moments, targets, lengths, st.integers(0, 20000))
def test_every_due_and_every_open_time_is_what_stepping_by_minutes_gives(
    form: dict[str, Any], moment: tuple[int, int, int], target: timedelta, paused: list[tuple[int, int]], end: int
) -> None:
    season, day, minute = moment
    first = FIRST + timedelta(season)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(day, minute * 60)
    pauses = pauses_from(start, paused)
    reckoner, calendar = Reckoner(form, first, pauses), read(form)

    found = due(calendar, start, target, pauses)

    assert elapsed(calendar, start, start + end * MINUTE, pauses) == reckoner.elapsed(start, start + end * MINUTE)
    expected = reckoner.due(start, target)
    assume(expected is not None)
    assert (found.at, found.alarm) == (expected, "")
