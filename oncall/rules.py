"""``[hotline]`` of the policy file, typed and checked."""

import re
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from oncall.hotline import DAYS, Rules, Weekly
from oncall.people import ROLES
from sla.durations import PolicyError, duration
from sla.policies import TIERS

_SHIPPED = {
    "before": "2 h",
    "after": "4 h",
    "merge": "2 h",
    "opens": "fri 18:00",
    "closes": "mon 06:00",
    "warn": "thu 10:00",
    "confirm": "60 min",
    "tiers": ["agency"],
    "roles": ["primary", "backup", "engineer"],
}


def read_rules(table: Any) -> Rules:
    """What the table leaves out is as it ships. Raises PolicyError naming the key, what is wrong and an example."""
    if not isinstance(table, Mapping):
        raise PolicyError('hotline: it is a table; example: [hotline] before = "2 h"')
    unknown = sorted(f"hotline.{key}" for key in set(table) - set(_SHIPPED) - {"promises"})
    if unknown:
        known = ", ".join(_SHIPPED)
        raise PolicyError(f'unknown {", ".join(unknown)}; the table knows {known}; example: [hotline] before = "2 h"')
    values = {**_SHIPPED, **table}
    if values["opens"] == values["closes"]:
        raise PolicyError('[hotline] opens and closes are the same; example: opens = "fri 18:00", closes = "mon 06:00"')
    return Rules(
        before=_length(values["before"], "before"),
        after=_length(values["after"], "after"),
        merge=_length(values["merge"], "merge"),
        opens=_weekly(values["opens"], "opens"),
        closes=_weekly(values["closes"], "closes"),
        warn=_weekly(values["warn"], "warn"),
        confirm=_length(values["confirm"], "confirm"),
        tiers=frozenset(_names(values["tiers"], TIERS, "tiers")),
        roles=_names(values["roles"], ROLES, "roles"),
    )


def _length(value: Any, key: str) -> timedelta:
    """A duration, or "0 min" for none."""
    return timedelta(0) if value == "0 min" else duration(value, f"[hotline] {key}")


def _weekly(value: Any, key: str) -> Weekly:
    found = re.fullmatch(r"([a-z]{3}) ([01]\d|2[0-3]):([0-5]\d)", value) if isinstance(value, str) else None
    if found is None or found[1] not in DAYS:
        raise PolicyError(f'[hotline] {key}: {value!r} is no weekday and time; write it like "fri 18:00"')
    return Weekly(DAYS.index(found[1]), time(int(found[2]), int(found[3])))


def _names(values: Any, known: tuple[str, ...], key: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not values or any(value not in known for value in values):
        raise PolicyError(f'[hotline] {key}: {values!r} is no list of {", ".join(known)}; example: ["{known[-1]}"]')
    return tuple(dict.fromkeys(values))
