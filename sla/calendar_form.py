"""The form of a calendar, the same keys in TOML and JSON, checked and typed. Source: sla.md section 4, C5-C8, C12."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla import bank_holidays, week
from sla.calendars import Calendar, CalendarError
from sla.zones import zone

_KEYS = ("zone", "days", "holidays", "closed", "open", "always")
_CLOSED = 'closed = [["2026-08-01", "2026-08-30"]]'
_OPEN = 'open = [["2026-11-28T22:00", "2026-11-29T02:00"]]'
_HOLIDAYS = 'holidays = { country = "ES", subdivision = "MD" }'
_LOCAL = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")


def read(form: object, zone_name: str = "") -> Calendar:
    """The calendar of that form; ``zone_name`` stands in where it names none. Raises CalendarError by name."""
    if not isinstance(form, Mapping):
        raise CalendarError(f"a calendar is a table with {', '.join(_KEYS)}; not {form!r:.80}")
    unknown = sorted(str(key) for key in form if key not in _KEYS)
    if unknown:
        raise CalendarError(f"unknown {', '.join(unknown)}; a calendar knows {', '.join(_KEYS)}")
    always = form.get("always", False)
    if not isinstance(always, bool):
        raise CalendarError(f"always: {always!r:.80} is neither true nor false; write it like always = true")
    if always:
        return _always(form, zone_name)
    days = week.read(form.get("days", {}))
    openings = tuple(_opening(pair, n) for n, pair in enumerate(_listed(form, "open", _OPEN), 1))
    if not any(days) and not openings:
        raise CalendarError('it is never open; write days = { mon = ["09:00-17:00"] }, or always = true')
    return Calendar(
        zone=_zone(form.get("zone", zone_name)),
        week=days,
        holidays=_holidays(form["holidays"]) if form.get("holidays") else None,
        closed=tuple(_closed(pair, n) for n, pair in enumerate(_listed(form, "closed", _CLOSED), 1)),
        openings=openings,
    )


def _always(form: Mapping[str, Any], zone_name: str) -> Calendar:
    beside = [key for key in ("days", "holidays", "closed", "open") if form.get(key)]
    if beside:
        raise CalendarError(f"always = true never closes, so it takes no {', '.join(beside)}; write only one of them")
    return Calendar(_zone(form.get("zone", zone_name or "UTC")), always=True)


def _zone(name: object) -> ZoneInfo:
    try:
        return zone(str(name))
    except ZoneInfoNotFoundError as error:
        raise CalendarError(f'zone: {name!r:.80} is no IANA time zone; write it like zone = "Europe/Madrid"') from error


def _holidays(place: object) -> tuple[str, str]:
    if not isinstance(place, Mapping) or not {"country"} <= set(place) <= {"country", "subdivision"}:
        raise CalendarError(f"holidays: {place!r:.80} is no country; write it like {_HOLIDAYS}")
    country, subdivision = place["country"], place.get("subdivision", "")
    try:
        if not isinstance(country, str) or not isinstance(subdivision, str):
            raise LookupError("both are text")
        bank_holidays.days(country, subdivision, 2026)
    except LookupError as error:
        raise CalendarError(f"holidays: {error}; write it like {_HOLIDAYS}") from error
    return country, subdivision


def _listed(form: Mapping[str, Any], key: str, example: str) -> list[Any]:
    pairs = form.get(key, [])
    if not isinstance(pairs, list):
        raise CalendarError(f"{key}: {pairs!r:.80} is no list of pairs; write it like {example}")
    return pairs


def _pair(pair: object, place: str, example: str) -> tuple[str, str]:
    """Two words; TOML's own dates and local times are as good as text."""
    if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(one, str | date) for one in pair):
        raise CalendarError(f"{place}: {pair!r:.80} is no pair of first and last; write it like {example}")
    first, last = (one if isinstance(one, str) else one.isoformat() for one in pair)
    return first, last


def _closed(pair: object, number: int) -> tuple[date, date]:
    place = f"closed {number}"
    texts = _pair(pair, place, _CLOSED)
    try:
        first, last = (datetime.strptime(text, "%Y-%m-%d").date() for text in texts)  # noqa: DTZ007 (a civil day)
    except ValueError as error:
        raise CalendarError(f"{place}: {' '.join(texts)!r:.80} are no dates; write it like {_CLOSED}") from error
    if last < first:
        raise CalendarError(f"{place}: it ends {last}, before it begins {first}; write it like {_CLOSED}")
    return first, last


def _opening(pair: object, number: int) -> tuple[datetime, datetime]:
    place = f"open {number}"
    texts = _pair(pair, place, _OPEN)
    first, last = (_local(text, place) for text in texts)
    if last <= first:
        raise CalendarError(f"{place}: it ends {texts[1]}, not after it begins {texts[0]}; write it like {_OPEN}")
    return first, last


def _local(text: str, place: str) -> datetime:
    """A local time to the second, ``24:00`` allowed; the calendar's zone is what places it."""
    found = _LOCAL.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        if found[2] == "24" and (found[3], found[4] or "00") == ("00", "00"):
            return datetime.fromisoformat(found[1]) + timedelta(days=1)
        return datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise CalendarError(f"{place}: {text!r:.80} is no local time without offset; write it like {_OPEN}") from error
