"""When a ring goes out: the first of a ticket at once, repeated ones of one person together (issue 7, throttle)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from oncall.people import CHANNELS
from sla.durations import PolicyError, duration

_LINKED = tuple(kind for kind in CHANNELS if kind != "voice")


@dataclass(frozen=True, slots=True)
class Throttle:
    """For one person and channel: repeated rings go at most once in ``gap``; of first rings ``alone`` within a gap go
    by themselves, further ones together every ``bundle``. ``links``: the channels whose pages carry the signed link."""

    gap: timedelta
    bundle: timedelta
    alone: int
    links: tuple[str, ...] = ("telegram",)


def goes_at(first: bool, sent: Sequence[datetime], waiting: datetime | None, now: datetime, by: Throttle) -> datetime:
    """The moment a ring goes: ``now`` by itself, later with all others of that moment, as one text.

    ``sent``: when this person was last rung on this channel; ``waiting``: the moment of the bundle not yet gone.
    """
    recent = sorted(moment for moment in sent if moment > now - by.gap)
    if not recent or (first and len(recent) < by.alone):
        return now
    together = max(recent[-1] + (by.bundle if first else by.gap), now)
    return min(together, waiting) if waiting is not None and waiting >= now else together


def read_throttle(table: Any) -> Throttle:
    """Checks and types ``[paging]``. Raises PolicyError naming what is wrong, with an example of right."""
    shipped = {"gap": "60 s", "bundle": "15 s", "alone": 5, "links": ["telegram"]}
    if not isinstance(table, Mapping):
        raise PolicyError('paging: it is a table; example: [paging] gap = "60 s"')
    unknown = sorted(f"paging.{key}" for key in set(table) - set(shipped))
    if unknown:
        known = ", ".join(field.name for field in fields(Throttle))
        raise PolicyError(f'unknown {", ".join(unknown)}; the table knows {known}; example: [paging] gap = "60 s"')
    values = {**shipped, **table}
    gap, bundle = (duration(values[key], f"[paging] {key}") for key in ("gap", "bundle"))
    alone = values["alone"]
    if not isinstance(alone, int) or isinstance(alone, bool) or alone < 1:
        raise PolicyError(f"[paging] alone: {alone!r} is no number of pages above zero; write it like alone = 5")
    if bundle > gap:
        raise PolicyError(f'[paging] bundle: {values["bundle"]!r} is longer than gap; example: bundle = "15 s"')
    return Throttle(gap, bundle, alone, _links(values["links"]))


def _links(value: Any) -> tuple[str, ...]:
    """Not by SMS as it ships: carriers drop texts with links (sla.md section 6)."""
    if not isinstance(value, list) or not set(map(str, value)) <= set(_LINKED):
        known = ", ".join(_LINKED)
        raise PolicyError(f'[paging] links: {value!r} is no list of {known}; write it like links = ["telegram"]')
    return tuple(value)
