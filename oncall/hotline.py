"""Hotline windows from shoots, in the shoot's own zone; when the crew is called together (sla.md section 5).

A window opens ``before`` a shoot and closes ``after`` it; a weekend in which a shoot lies is open from its Friday to
its Monday. Windows of one studio that touch or lie within ``merge`` are one. Moments are aware UTC; what is local keeps
its clock time across DST (an opening in a skipped hour is the end of the gap, an ambiguous closing the second: C1).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sla.zones import instant

_WEEK = timedelta(days=7)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Weekly:
    """A local moment of each week; ``day`` 0 is Monday."""

    day: int
    at: time

    def on(self, monday: date) -> datetime:
        """The naive local moment in the week that begins on ``monday``."""
        return datetime.combine(monday + timedelta(days=self.day), self.at)


@dataclass(frozen=True, slots=True)
class Rules:
    """``[hotline]`` of the policy file. ``warn`` is local in the support zone, ``opens`` and ``closes`` of the weekend
    in the shoot's; ``confirm`` before an opening the crew says "I'm on"."""

    before: timedelta
    after: timedelta
    merge: timedelta
    opens: Weekly
    closes: Weekly
    warn: Weekly
    confirm: timedelta
    tiers: frozenset[str]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shoot:
    """One booked shoot of a studio; ``zone`` is where it takes place."""

    studio: int
    tier: str
    begins: datetime
    ends: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Window:
    """``studio`` is on the hotline from ``opens``, included, to ``closes``, excluded; ``zone`` is its first shoot's."""

    studio: int
    opens: datetime
    closes: datetime
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class RollCall:
    """The crew is needed from ``opens`` to ``closes``: warned of gaps at ``warn_at`` (None: no weekend in it), asked to
    confirm at ``confirm_at``."""

    opens: datetime
    closes: datetime
    warn_at: datetime | None
    confirm_at: datetime


def windows(shoots: Iterable[Shoot], rules: Rules) -> tuple[Window, ...]:
    """The windows of all studios that may have one, by opening; those of one studio never touch."""
    spans = sorted(
        (window for shoot in shoots if shoot.tier in rules.tiers for window in _spans(shoot, rules)),
        key=lambda window: (window.studio, window.opens, window.closes),
    )
    merged: list[Window] = []
    for window in spans:
        last = merged[-1] if merged else None
        if last and last.studio == window.studio and window.opens <= last.closes + rules.merge:
            merged[-1] = Window(last.studio, last.opens, max(last.closes, window.closes), last.zone)
        else:
            merged.append(window)
    return tuple(sorted(merged, key=lambda window: (window.opens, window.studio)))


def roll_calls(windows: Iterable[Window], rules: Rules, support_zone: ZoneInfo) -> tuple[RollCall, ...]:
    """One for each stretch of time in which any window is open: the crew is the same for all studios."""
    stretches: list[tuple[datetime, datetime]] = []
    for window in sorted(windows, key=lambda window: window.opens):
        if stretches and window.opens <= stretches[-1][1]:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], window.closes))
        else:
            stretches.append((window.opens, window.closes))
    return tuple(
        RollCall(opens, closes, _warned(opens, closes, rules, support_zone), opens - rules.confirm)
        for opens, closes in stretches
    )


def weekends(begins: datetime, ends: datetime, rules: Rules, zone: ZoneInfo) -> tuple[tuple[datetime, datetime], ...]:
    """The weekends of a zone that share time with the span."""
    monday = _monday(begins.astimezone(zone).date()) - _WEEK
    found = []
    while monday <= ends.astimezone(zone).date():
        closing = rules.closes.on(monday)
        opens = _moment(rules.opens.on(monday), zone)
        closes = _moment(closing if closing > rules.opens.on(monday) else closing + _WEEK, zone, closing=True)
        if opens < ends and closes > begins:
            found.append((opens, closes))
        monday += _WEEK
    return tuple(found)


def _spans(shoot: Shoot, rules: Rules) -> Iterable[Window]:
    around = (shoot.begins - rules.before, shoot.ends + rules.after)
    for opens, closes in (around, *weekends(shoot.begins, shoot.ends, rules, shoot.zone)):
        yield Window(shoot.studio, opens, closes, shoot.zone)


def _warned(opens: datetime, closes: datetime, rules: Rules, zone: ZoneInfo) -> datetime | None:
    """The warning before the first weekend that the stretch has a part in."""
    found = weekends(opens, closes, rules, zone)
    if not found:
        return None
    monday = _monday(found[0][0].astimezone(zone).date())
    return _moment(rules.warn.on(monday), zone)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _moment(local: datetime, zone: ZoneInfo, *, closing: bool = False) -> datetime:
    return datetime.fromtimestamp(instant(local, zone, closing=closing), UTC)
