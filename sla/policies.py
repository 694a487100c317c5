"""The policy file: who is promised which first answer, by (tier, severity). Source: sla.md section 1."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla import calendar_form
from sla.calendars import ALWAYS, Calendar, CalendarError, due
from sla.zones import zone

TIERS = ("free", "pro", "agency")
SEVERITIES = (1, 2, 3)
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_WRITTEN = (("h", 3600), ("min", 60))
_ROW, _MARKS = {"tier", "severity", "calendar", "first_response"}, {"target", "limit"}
_EXAMPLE = '[[policy]] tier = "agency", severity = 1, first_response = { target = "15 min", limit = "4 h" }'


class PolicyError(ValueError):
    """The policy file says something that cannot be kept; the message names the place and an example of right."""


@dataclass(frozen=True, slots=True)
class Target:
    """``target`` is told to the customer and runs on ``calendar``, whose name is ``hours``; ``limit`` is the
    contract and elapsed time. On the always calendar target <= limit."""

    target: timedelta
    limit: timedelta
    calendar: Calendar = ALWAYS
    hours: str = "always"

    def target_due(self, start: datetime) -> datetime:
        """The least of the calendar's due and the limit (S1), aware UTC."""
        at = due(self.calendar, start, self.target).at
        assert at is not None  # only a pause leaves it open
        return min(at, start + self.limit)


@dataclass(frozen=True, slots=True)
class Policies:
    """One version of the whole policy. ``version`` is kept on every clock that was started under it."""

    version: str
    support_zone: ZoneInfo
    grace: timedelta
    first_response: Mapping[tuple[str, int], Target]
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


def read(data: Mapping[str, Any], version: str) -> Policies:
    """Checks and types the parsed TOML. Raises PolicyError naming the entry, what is wrong and an example."""
    support_zone = _zone(data.get("support_zone", "Europe/Madrid"))
    calendars = _calendars(data.get("calendars", {}), support_zone.key)
    return Policies(
        version=version,
        support_zone=support_zone,
        grace=duration(data.get("grace", "15 min"), "grace"),
        first_response=_first_responses(data.get("policy", []), calendars),
        calendars=calendars,
    )


def duration(text: object, place: str) -> timedelta:
    """Reads ``15 min``, ``4 h``, ``90 s`` or ``3 d``. Raises PolicyError for anything else and for zero."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?) ?(s|min|h|d)", text) if isinstance(text, str) else None
    if found is None or float(found[1]) == 0:
        raise PolicyError(f'{place}: {text!r} is no duration above zero; write it like "15 min", "4 h" or "3 d"')
    try:
        return timedelta(seconds=float(found[1]) * _UNITS[found[2]])
    except OverflowError as error:
        raise PolicyError(f'{place}: {text!r:.40} is longer than a calendar; write it like "3 d"') from error


def written(length: timedelta) -> str:
    """A length as the policy file writes it: ``15 min``, ``24 h``."""
    seconds = length.total_seconds()
    size, unit = next(((size, unit) for unit, size in _WRITTEN if seconds % size == 0), (1, "s"))
    number = seconds / size
    return f"{int(number) if number.is_integer() else number} {unit}"


def _zone(name: object) -> ZoneInfo:
    try:
        return zone(str(name))
    except ZoneInfoNotFoundError as error:
        raise PolicyError(f'support_zone: {name!r} is no IANA time zone; write it like "Europe/Madrid"') from error


def _calendars(forms: Any, support_zone: str) -> dict[str, Calendar]:
    """The calendars that ship (``sla/calendars.toml``) and the file's own, which replace those of the same name."""
    if not isinstance(forms, Mapping):
        raise PolicyError("calendars: each is a table of its own; example: [calendars.support] always = true")
    shipped = tomllib.loads(resources.files("sla").joinpath("calendars.toml").read_text())
    found = {}
    for name, form in {**shipped, **forms}.items():
        try:
            found[name] = calendar_form.read(form, support_zone)
        except CalendarError as error:
            raise PolicyError(f"[calendars.{name}] {error}") from error
    return found


def _first_responses(rows: Any, calendars: Mapping[str, Calendar]) -> dict[tuple[str, int], Target]:
    if not isinstance(rows, list):
        raise PolicyError(f"policy: each promise is a table under double brackets; example: {_EXAMPLE}")
    found: dict[tuple[str, int], Target] = {}
    for number, row in enumerate(rows, 1):
        key, target = _first_response(row, f"policy {number}", calendars)
        if key in found:
            raise PolicyError(f"policy {number}: a second policy for {key[0]} SEV{key[1]}; keep one of them")
        found[key] = target
    missing = [f"{tier} SEV{severity}" for tier in TIERS for severity in SEVERITIES if (tier, severity) not in found]
    if missing:
        raise PolicyError(f"no policy for {', '.join(missing)}; example: {_EXAMPLE}")
    return found


def _first_response(row: Any, place: str, calendars: Mapping[str, Calendar]) -> tuple[tuple[str, int], Target]:
    try:
        tier, severity, mark = row["tier"], row["severity"], row["first_response"]
        target, limit = mark["target"], mark["limit"]
    except (KeyError, TypeError) as error:
        raise PolicyError(f"{place}: {error} is missing; example: {_EXAMPLE}") from error
    if tier not in TIERS or severity not in SEVERITIES:
        raise PolicyError(f"{place}: unknown tier or severity {tier!r}, {severity!r}; example: {_EXAMPLE}")
    unknown = sorted((set(row) - _ROW) | {f"first_response.{key}" for key in set(mark) - _MARKS})
    if unknown:
        raise PolicyError(f"{place}: unknown {', '.join(unknown)}; example: {_EXAMPLE}")
    hours = row.get("calendar", "always")
    if not isinstance(hours, str) or hours not in calendars:
        known = ", ".join(sorted(calendars))
        raise PolicyError(f"{place}: unknown calendar {hours!r}; the file knows {known}; example: {_EXAMPLE}")
    spoken = Target(duration(target, f"{place} target"), duration(limit, f"{place} limit"), calendars[hours], hours)
    if spoken.calendar.always and spoken.target > spoken.limit:
        raise PolicyError(f"{place}: the target {target!r} lies past its limit {limit!r}; example: {_EXAMPLE}")
    return (tier, severity), spoken
