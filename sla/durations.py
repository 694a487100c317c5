"""Lengths of time as the policy file writes them, and the error a wrong file gets."""

import re
from datetime import timedelta

_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_WRITTEN = (("h", 3600), ("min", 60))


class PolicyError(ValueError):
    """The policy file says something that cannot be kept; the message names the place and an example of right."""


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
