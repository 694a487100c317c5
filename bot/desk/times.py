"""Moments as agents write them: ``14:35``, ``tomorrow 9:00``, ``mon 09:00``, ``45m``, ``2h``, ``1d``."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.zones import instant

EXAMPLES = "14:35, tomorrow 9:00, mon 09:00, 45m or 2h"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"\+?(\d{1,4}) ?(m|min|h|d)", re.IGNORECASE)
_AT = re.compile(r"(?:(\w+) +)?([01]?\d|2[0-3])[:.]([0-5]\d)", re.IGNORECASE)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Meant:
    """A moment, aware UTC; ``passed`` when the time written lies behind today, so that tomorrow's is meant, perhaps."""

    at: datetime
    passed: bool = False


def read(text: str, now: datetime, zone: ZoneInfo) -> Meant | None:
    """The moment ``text`` names in ``zone``; None if it names none."""
    if span := _SPAN.fullmatch(text.strip()):
        length = timedelta(**{_UNITS[span[2].lower()]: int(span[1])})
        return Meant(now + length) if length else None
    found = _AT.fullmatch(text.strip())
    if found is None:
        return None
    clock, today = time(int(found[2]), int(found[3])), now.astimezone(zone)
    days = _days_ahead(found[1], today)
    if days is None:
        return None
    at = _on(today, days, clock, zone)
    if at > now:
        return Meant(at)
    return Meant(_on(today, 7, clock, zone)) if found[1] else Meant(_on(today, 1, clock, zone), passed=True)


def _days_ahead(word: str | None, today: datetime) -> int | None:
    if word is None or word.lower() == "today":
        return 0
    if word.lower() == "tomorrow":
        return 1
    name = word.lower()[:3]
    return (_DAYS.index(name) - today.weekday()) % 7 if name in _DAYS else None


def _on(today: datetime, days: int, clock: time, zone: ZoneInfo) -> datetime:
    local = datetime.combine(today.date() + timedelta(days=days), clock)
    return _EPOCH + timedelta(seconds=instant(local, zone))
