"""The open windows of a week, read from text like ``09:00-13:00``. Source: sla.md section 4, C6, C12."""

import re
from collections.abc import Mapping
from typing import Any

from sla.calendars import CalendarError
from sla.spans import Span

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_EXAMPLE = 'days = { mon = ["09:00-13:00", "14:00-18:00"], fri = ["22:00-06:00"] }'
_WINDOW = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|24:00)")
_DAY, _WEEK = 1440, 7 * 1440


def read(days: object) -> tuple[tuple[Span, ...], ...]:
    """Each day's windows from Monday, in minutes from its midnight. Raises CalendarError by name."""
    if not isinstance(days, Mapping):
        raise CalendarError(f"days: {days!r:.80} is no table; write it like {_EXAMPLE}")
    unknown = sorted(str(day) for day in days if day not in DAYS)
    if unknown:
        raise CalendarError(f"days: unknown {', '.join(unknown)}; the days are {', '.join(DAYS)}; example: {_EXAMPLE}")
    week = tuple(tuple(_window(text, day) for text in _texts(days.get(day, []), day)) for day in DAYS)
    _refuse_overlap(week)
    return week


def _texts(texts: Any, day: str) -> list[Any]:
    if not isinstance(texts, list):
        raise CalendarError(f"days.{day}: {texts!r:.80} is no list of windows; write it like {_EXAMPLE}")
    return texts


def _window(text: object, day: str) -> Span:
    """An end at or before the start lies in the next day."""
    found = _WINDOW.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise CalendarError(f"days.{day}: {text!r:.80} is no window; write it like {_EXAMPLE}")
    start = int(found[1]) * 60 + int(found[2])
    end = int(found[3]) * 60 + int(found[4]) if found[3] else _DAY
    if start == end:
        raise CalendarError(f'days.{day}: {text!r} opens and closes at once; write "00:00-24:00" for a whole day')
    return start, end if end > start else end + _DAY


def _refuse_overlap(week: tuple[tuple[Span, ...], ...]) -> None:
    """Windows may touch, not share time; the week is a ring, so Sunday's night reaches into Monday."""
    ring = sorted(
        (at * _DAY + start, at * _DAY + end, f"{DAYS[at]} {_said(start)}-{_said(end)}")
        for at, windows in enumerate(week)
        for start, end in windows
    )
    if not ring:
        return
    first = ring[0]
    again = (first[0] + _WEEK, first[1] + _WEEK, first[2])
    for one, other in zip(ring, [*ring[1:], again], strict=True):
        if one[1] > other[0]:
            raise CalendarError(f"days: {one[2]} and {other[2]} overlap; let one end where the other starts")


def _said(minute: int) -> str:
    return f"{minute // 60 % 24 if minute != _DAY else 24:02}:{minute % 60:02}"
