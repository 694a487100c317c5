"""What one tier is promised at one severity: a row of the policy file, checked and typed. Source: sla.md section 1."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sla.calendars import ALWAYS, Calendar, due
from sla.durations import PolicyError, duration

_KEYS = {"tier", "severity", "calendar", "first_response", "next_response", "update", "resolution"}
_MARKS = {"target", "limit"}
EXAMPLE = '[[policy]] tier = "agency", severity = 1, first_response = { target = "15 min", limit = "4 h" }'


@dataclass(frozen=True, slots=True)
class Dues:
    """When a promise comes due, aware UTC: ``target`` is told to the customer, passing ``limit`` is the breach.

    ``alarm`` says why the calendar failed closed (C8), empty when it did not.
    """

    target: datetime
    limit: datetime
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """``target`` runs on ``calendar``, whose name is ``hours``; ``limit`` is the contract and elapsed time, None for
    a promise whose target is its limit (S1). On the always calendar target <= limit."""

    target: timedelta
    limit: timedelta | None = None
    calendar: Calendar = ALWAYS
    hours: str = "always"

    def dues(self, start: datetime) -> Dues:
        """The target is the least of the calendar's due and the limit (S1)."""
        answer = due(self.calendar, start, self.target)
        assert answer.at is not None  # only a pause leaves it open
        limit = answer.at if self.limit is None else start + self.limit
        return Dues(min(answer.at, limit), limit, answer.alarm)


@dataclass(frozen=True, slots=True)
class Terms:
    """``update`` is the interval of next-update promises, None where there is one only when there is news;
    ``resolution`` an aim that never breaches (S20). Both run on the calendar of the row."""

    first_response: Target
    next_response: Target
    update: Target | None = None
    resolution: Target | None = None


def read(row: Any, place: str, calendars: Mapping[str, Calendar]) -> Terms:
    """Reads the promises of one table. Raises PolicyError naming the key, what is wrong and an example."""
    if not isinstance(row, Mapping) or "first_response" not in row:
        raise PolicyError(f"{place}: 'first_response' is missing; example: {EXAMPLE}")
    unknown = sorted(set(row) - _KEYS)
    if unknown:
        raise PolicyError(f"{place}: unknown {', '.join(unknown)}; example: {EXAMPLE}")
    hours = row.get("calendar", "always")
    if not isinstance(hours, str) or hours not in calendars:
        known = ", ".join(sorted(calendars))
        raise PolicyError(f"{place}: unknown calendar {hours!r}; the file knows {known}; example: {EXAMPLE}")
    first = _target(row, "first_response", place, calendars)
    return Terms(
        first_response=first,
        next_response=_target(row, "next_response", place, calendars) if "next_response" in row else first,
        update=_interval(row, "update", place, calendars),
        resolution=_interval(row, "resolution", place, calendars),
    )


def _target(row: Mapping[str, Any], name: str, place: str, calendars: Mapping[str, Calendar]) -> Target:
    """``{ target, limit }``; with a limit alone the target is the limit, elapsed like it (S1)."""
    marks, hours = row[name], row.get("calendar", "always")
    if not isinstance(marks, Mapping) or "limit" not in marks:
        raise PolicyError(f"{place}: '{name}' has no 'limit'; example: {EXAMPLE}")
    unknown = sorted(f"{name}.{key}" for key in set(marks) - _MARKS)
    if unknown:
        raise PolicyError(f"{place}: unknown {', '.join(unknown)}; example: {EXAMPLE}")
    limit = duration(marks["limit"], f"{place} limit")
    if "target" not in marks:
        return Target(limit, limit)
    spoken = Target(duration(marks["target"], f"{place} target"), limit, calendars[hours], hours)
    if spoken.calendar.always and spoken.target > limit:
        raise PolicyError(
            f"{place}: the target {marks['target']!r} lies past its limit {marks['limit']!r}; example: {EXAMPLE}"
        )
    return spoken


def _interval(row: Mapping[str, Any], name: str, place: str, calendars: Mapping[str, Calendar]) -> Target | None:
    if name not in row:
        return None
    hours = row.get("calendar", "always")
    return Target(duration(row[name], f"{place} {name}"), None, calendars[hours], hours)
