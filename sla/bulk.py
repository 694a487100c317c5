"""Dues in bulk: one JSON object a line in, the same object with its due or error out. Source: sla.md C8, C9."""

import json
import math
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sla import calendar_form
from sla.calendars import Calendar, CalendarError, Due, Pause, due

_ANSWERS = ("due", "remaining_seconds", "alarm", "error")
_EXAMPLE = '{"calendar": {"zone": "UTC", "always": true}, "start": "2026-06-12T16:30:00+02:00", "target_seconds": 3600}'


def answered(lines: Iterable[bytes]) -> Iterator[str]:
    """One line for each that is not blank, in order; a bad one gets ``error`` and the others go on."""
    for number, raw in enumerate(lines, 1):
        if raw.strip():
            yield _answered(raw, number)


def _answered(raw: bytes, number: int) -> str:
    try:
        asked = _asked(raw)
        try:
            return json.dumps(asked | _answer(asked))
        except CalendarError as error:
            return json.dumps(asked | {"error": str(error)})
    except (ValueError, RecursionError) as error:  # no JSON, or nested deeper than anything meant
        return json.dumps({"line": number, "error": f"line {number}: {error}"})


def _asked(raw: bytes) -> dict[str, Any]:
    line = json.loads(raw, parse_constant=_finite, parse_float=_finite)
    if not isinstance(line, dict):
        raise ValueError(f"a line is one JSON object; example: {_EXAMPLE}")
    return {key: value for key, value in line.items() if key not in _ANSWERS}


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    missing = [key for key in ("calendar", "start", "target_seconds") if key not in asked]
    if missing:
        raise CalendarError(f"{', '.join(missing)} is missing; example: {_EXAMPLE}")
    calendar = _calendar(json.dumps(asked["calendar"], sort_keys=True))
    start, target = _moment(asked["start"], "start"), _target(asked["target_seconds"])
    found: Due = due(calendar, start, target, _pauses(asked.get("pauses")))
    if found.at is None:
        left = found.remaining.total_seconds()
        return {"due": None, "remaining_seconds": int(left) if left.is_integer() else left}
    moment = found.at.astimezone(calendar.zone).isoformat()
    return {"due": moment, "alarm": found.alarm} if found.alarm else {"due": moment}


@lru_cache(maxsize=1024)
def _calendar(form: str) -> Calendar:
    return calendar_form.read(json.loads(form))


def _moment(text: object, place: str) -> datetime:
    try:
        if not isinstance(text, str):
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError as error:
        said = f"{place}: {text!r:.80} is no moment; write it like 2026-06-12T16:30:00+02:00"
        raise CalendarError(said) from error


def _target(seconds: object) -> timedelta:
    try:
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not math.isfinite(seconds):
            raise ValueError(seconds)
        return timedelta(seconds=seconds)
    except (ValueError, OverflowError) as error:
        raise CalendarError(f"target_seconds: {seconds!r:.80} is no number of seconds; write it like 3600") from error


def _pauses(pairs: object) -> list[Pause]:
    if pairs is None:
        return []
    if not isinstance(pairs, list):
        raise CalendarError(f"pauses: {pairs!r:.80} is no list; write it like [[from, to], [from, null]]")
    return [_pause(pair, f"pause {number}") for number, pair in enumerate(pairs, 1)]


def _pause(pair: object, place: str) -> Pause:
    if not isinstance(pair, list) or len(pair) != 2:
        raise CalendarError(f"{place}: {pair!r:.80} is no pair; write it like [from, to] or [from, null]")
    return _moment(pair[0], place), None if pair[1] is None else _moment(pair[1], place)


def _finite(text: str) -> float:
    """JSON has no NaN and no Infinity, and ours is never to answer with one."""
    if not math.isfinite(float(text)):
        raise ValueError(f"{text:.80} is no number of JSON")
    return float(text)
