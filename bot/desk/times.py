"""Moments as agents write them: ``14:35``, ``tomorrow 9:00``, ``mon``, ``mon 09:00``, ``45m``, ``2h``, ``1d``."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.zones import instant

EXAMPLES = "14:35, tomorrow 9:00, mon 09:00, 45m or 2h"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = 3  # letters that name a day
_MORNING = time(9)  # of a day told without a time
_SPAN = re.compile(r"\+?(\d{1,4}) ?(m|min|h|d)", re.IGNORECASE)
_AT = re.compile(r"(?:([a-z]+)(?: +|$))?(?:([01]?\d|2[0-3])[:.]([0-5]\d))?", re.IGNORECASE)
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Meant:
    """A moment, aware UTC; ``passed`` when the time written lies behind today, so that tomorrow's is meant, perhaps."""

    at: datetime
    passed: bool = False


def read(text: str, now: datetime, zone: ZoneInfo, *, bare: bool = True) -> Meant | None:
    """The moment ``text`` names in ``zone``; None if it names none. A ``bare`` day, without a time, is its morning."""
    words = text.strip()
    if span := _SPAN.fullmatch(words):
        length = timedelta(**{_UNITS[span[2].lower()]: int(span[1])})
        return Meant(now + length) if length else None
    found = _AT.fullmatch(words)
    if found is None or not words or not (found[2] or bare):
        return None
    day, clock = (found[1] or "").lower(), time(int(found[2]), int(found[3])) if found[2] else _MORNING
    today = now.astimezone(zone)
    days = _days_ahead(day, today)
    if days is None:
        return None
    at = _on(today, days, clock, zone)
    if at > now:
        return Meant(at)
    if day == "today":
        return None
    return Meant(_on(today, 7, clock, zone)) if day else Meant(_on(today, 1, clock, zone), passed=True)


def _days_ahead(word: str, today: datetime) -> int | None:
    if word in ("", "today"):
        return 0
    if word == "tomorrow":
        return 1
    named = next((number for number, day in enumerate(_DAYS) if len(word) >= _SHORT and day.startswith(word)), None)
    return None if named is None else (named - today.weekday()) % 7


def _on(today: datetime, days: int, clock: time, zone: ZoneInfo) -> datetime:
    local = datetime.combine(today.date() + timedelta(days=days), clock)
    return _EPOCH + timedelta(seconds=instant(local, zone))
