"""The policy file: who is promised which first answer, by (tier, severity). Source: sla.md section 1."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

TIERS = ("free", "pro", "agency")
SEVERITIES = (1, 2, 3)
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_EXAMPLE = '[[policy]] tier = "agency", severity = 1, first_response = { target = "15 min", limit = "4 h" }'


class PolicyError(ValueError):
    """The policy file says something that cannot be kept; the message names the place and an example of right."""


@dataclass(frozen=True, slots=True)
class Target:
    """``target`` is told to the customer, ``limit`` is the contract; both elapsed time, target <= limit."""

    target: timedelta
    limit: timedelta


@dataclass(frozen=True, slots=True)
class Policies:
    """One version of the whole policy. ``version`` is kept on every clock that was started under it."""

    version: str
    support_zone: ZoneInfo
    grace: timedelta
    first_response: Mapping[tuple[str, int], Target]


def read(data: Mapping[str, Any], version: str) -> Policies:
    """Checks and types the parsed TOML. Raises PolicyError naming the entry, what is wrong and an example."""
    return Policies(
        version=version,
        support_zone=_zone(data.get("support_zone", "Europe/Madrid")),
        grace=duration(data.get("grace", "15 min"), "grace"),
        first_response=_first_responses(data.get("policy", [])),
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


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: "Europe" is a folder of zones
        raise PolicyError(f'support_zone: {name!r} is no IANA time zone; write it like "Europe/Madrid"') from error


def _first_responses(rows: Any) -> dict[tuple[str, int], Target]:
    if not isinstance(rows, list):
        raise PolicyError(f"policy: each promise is a table under double brackets; example: {_EXAMPLE}")
    found: dict[tuple[str, int], Target] = {}
    for number, row in enumerate(rows, 1):
        key, target = _first_response(row, f"policy {number}")
        if key in found:
            raise PolicyError(f"policy {number}: a second policy for {key[0]} SEV{key[1]}; keep one of them")
        found[key] = target
    missing = [f"{tier} SEV{severity}" for tier in TIERS for severity in SEVERITIES if (tier, severity) not in found]
    if missing:
        raise PolicyError(f"no policy for {', '.join(missing)}; example: {_EXAMPLE}")
    return found


def _first_response(row: Any, place: str) -> tuple[tuple[str, int], Target]:
    try:
        tier, severity, mark = row["tier"], row["severity"], row["first_response"]
        target, limit = mark["target"], mark["limit"]
    except (KeyError, TypeError) as error:
        raise PolicyError(f"{place}: {error} is missing; example: {_EXAMPLE}") from error
    if tier not in TIERS or severity not in SEVERITIES:
        raise PolicyError(f"{place}: unknown tier or severity {tier!r}, {severity!r}; example: {_EXAMPLE}")
    spoken = Target(duration(target, f"{place} target"), duration(limit, f"{place} limit"))
    if spoken.target > spoken.limit:
        raise PolicyError(f"{place}: the target {target!r} lies past its limit {limit!r}; example: {_EXAMPLE}")
    return (tier, severity), spoken
