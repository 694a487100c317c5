"""The batched resolution cycle of SEV3: when the next one is, and how long it lasts. Source: sla.md section 1."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sla.durations import PolicyError, duration
from sla.zones import instant

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXAMPLE = '[batch] days = ["tue", "thu"], at = "10:00", lasts = "8 h"'


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle, aware UTC: its tickets are taken up at ``start``, each is closed or promised anew by ``end``."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Batches:
    """The weekly rhythm: ``days`` (Monday is 0) at a local time of ``zone``."""

    days: tuple[int, ...]
    at: time
    lasts: timedelta
    zone: ZoneInfo

    def after(self, moment: datetime) -> Cycle:
        """The first cycle that starts after ``moment``."""
        return next(cycle for cycle in self._cycles(moment) if cycle.start > moment)

    def _cycles(self, moment: datetime) -> Iterator[Cycle]:
        day = moment.astimezone(self.zone).date()
        for ahead in range(9):
            date = day + timedelta(days=ahead)
            if date.weekday() in self.days:
                start = _EPOCH + timedelta(seconds=instant(datetime.combine(date, self.at), self.zone))
                yield Cycle(start, start + self.lasts)


def read(table: Any, zone: ZoneInfo) -> Batches:
    """Reads ``[batch]``. Raises PolicyError naming the key and an example."""
    if not isinstance(table, dict) or set(table) - {"days", "at", "lasts"}:
        raise PolicyError(f"batch: it is a table of days, at and lasts; example: {_EXAMPLE}")
    days = table.get("days", ["tue", "thu"])
    if not isinstance(days, list) or not days or any(day not in _DAYS for day in days):
        raise PolicyError(f"batch days: {days!r} are no days of the week; example: {_EXAMPLE}")
    lasts = duration(table.get("lasts", "8 h"), "batch lasts")
    if lasts > timedelta(hours=24):
        raise PolicyError(f"batch lasts: {table['lasts']!r} is longer than a day; example: {_EXAMPLE}")
    return Batches(tuple(sorted({_DAYS.index(day) for day in days})), _at(table.get("at", "10:00")), lasts, zone)


def _at(text: object) -> time:
    try:
        return time.fromisoformat(str(text)).replace(tzinfo=None)
    except ValueError as error:
        raise PolicyError(f"batch at: {text!r} is no local time; example: {_EXAMPLE}") from error
