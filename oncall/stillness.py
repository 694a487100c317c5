"""How long no customer may write before that itself is a fault: counted in open hours of calendars (``[inbound]``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sla.calendars import Calendar, elapsed
from sla.durations import PolicyError, duration, written

_SHIPPED = {"support": "12 h", "always": "3 d"}
_EXAMPLE = 'example: [inbound] silent = { support = "12 h", always = "3 d" }'
_FARTHEST = timedelta(days=60)  # silence longer than this is not counted any further


@dataclass(frozen=True, slots=True)
class Stillness:
    """Each a calendar by its name and how much of its open time may pass without a line; none is never a fault."""

    allowed: tuple[tuple[str, Calendar, timedelta], ...] = ()

    def broken(self, since: datetime, now: datetime) -> str:
        """Which of them has passed since the newest line, in words; "" for none."""
        since = max(since, now - _FARTHEST)
        over = (
            f"{written(most)} of the calendar {name!r}"
            for name, calendar, most in self.allowed
            if now > since and elapsed(calendar, since, now) > most
        )
        return next(over, "")


def read_stillness(table: Any, calendars: Mapping[str, Calendar]) -> Stillness:
    """Checks and types ``[inbound]``. Raises PolicyError naming what is wrong, with an example of right."""
    if not isinstance(table, Mapping) or set(table) - {"silent"}:
        raise PolicyError(f"inbound: it is a table that knows silent; {_EXAMPLE}")
    silent = table.get("silent", {name: most for name, most in _SHIPPED.items() if name in calendars})
    if not isinstance(silent, Mapping):
        raise PolicyError(f"[inbound] silent: {silent!r} is no table of calendars; {_EXAMPLE}")
    unknown = sorted(set(silent) - set(calendars))
    if unknown:
        raise PolicyError(f"[inbound] silent: no calendar is called {unknown[0]!r}; {_EXAMPLE}")
    allowed = ((name, calendars[name], duration(most, f"[inbound] silent.{name}")) for name, most in silent.items())
    return Stillness(tuple(allowed))
