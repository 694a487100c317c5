"""The numbers support is measured by, from what happened to each ticket. Source: sla.md section 8, users.md 4.2."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sla.clocks import Clock
from sla.events import Happened
from sla.fold import Ledger

WORST = 5
BAD = ("promised updates rescued by the bot", "reopened")  # shares that had better be small
DIMENSIONS = ("tier", "severity", "category", "week", "during")


@dataclass(frozen=True, slots=True)
class Heard:
    """Something the customer was told, accepted by the provider; ``human`` when a person wrote it."""

    at: datetime
    human: bool


@dataclass(frozen=True, slots=True)
class Life:
    """One ticket for the numbers: its clocks, its events, what its customer heard, and the rating.

    ``severity`` is the highest it had, ``week`` the ISO week it was opened in; ``solved`` is yes, partly, no or empty;
    ``during`` says whether it was opened while an incident stood: incident or calm (trust under stress).
    """

    number: int
    tier: str
    severity: int
    category: str
    week: str
    opened_at: datetime
    until: datetime
    resolved: bool
    ledger: Ledger
    events: Sequence[Happened]
    heard: Sequence[Heard]
    solved: str = ""
    stars: int | None = None
    during: str = "calm"


@dataclass(frozen=True, slots=True)
class Row:
    """One number of one group: ``n`` values with median, p90 and the worst five, or ``n`` cases with a ``share``.

    Lengths in seconds; ``tickets`` are those behind it, ``worst`` the five with their value.
    """

    metric: str
    dimension: str
    group: str
    n: int
    median: float | None
    p90: float | None
    share: float | None
    worst: tuple[tuple[int, float], ...]
    tickets: tuple[int, ...]


Values = Iterator[tuple[int, float]]


def rows(lives: Sequence[Life]) -> Iterator[Row]:
    """Every number over all tickets, then by each dimension; a group without a value has no row."""
    for dimension in ("all", *DIMENSIONS):
        groups: dict[str, list[Life]] = {}
        for life in lives:
            groups.setdefault(str(getattr(life, dimension)) if dimension != "all" else "all", []).append(life)
        for group, some in sorted(groups.items()):
            for metric, values in _LENGTHS.items():
                yield from _length(metric, dimension, group, [pair for life in some for pair in values(life)])
            for metric, cases in _SHARES.items():
                yield from _share(metric, dimension, group, [pair for life in some for pair in cases(life)])


def _length(metric: str, dimension: str, group: str, values: list[tuple[int, float]]) -> Iterator[Row]:
    if values:
        ordered = sorted(value for _, value in values)
        worst = sorted(values, key=lambda pair: (-pair[1], pair[0]))[:WORST]
        numbers = tuple(sorted({number for number, _ in values}))
        middle, late = _quantile(ordered, 0.5), _quantile(ordered, 0.9)
        yield Row(metric, dimension, group, len(values), middle, late, None, tuple(worst), numbers)


def _share(metric: str, dimension: str, group: str, cases: list[tuple[int, float]]) -> Iterator[Row]:
    """``cases`` are 1 for what the share counts, 0 for what it does not; the worst are on the bad side."""
    if cases:
        numbers = tuple(sorted({number for number, _ in cases}))
        misses = tuple((number, value) for number, value in cases if bool(value) == (metric in BAD))[:WORST]
        share = sum(value for _, value in cases) / len(cases)
        yield Row(metric, dimension, group, len(cases), None, None, share, misses, numbers)


def _quantile(ordered: Sequence[float], share: float) -> float:
    """The nearest rank: a value that was really there."""
    return ordered[min(len(ordered) - 1, max(0, -int(-share * len(ordered) // 1) - 1))]


def _first_response(life: Life) -> Values:
    clock = life.ledger.newest("FR")
    if clock and clock.met_at:
        yield life.number, (clock.met_at - clock.started_at).total_seconds()


def _first_help(life: Life) -> Values:
    """To the first message a person marked as help (``/helped``)."""
    helped = min((event.at for event in life.events if event.kind == "helped"), default=None)
    if helped:
        yield life.number, (helped - life.opened_at).total_seconds()


def _engineer(life: Life) -> Values:
    for clock in life.ledger.clocks:
        if clock.name == "EACK" and clock.met_at:
            yield life.number, (clock.met_at - clock.started_at).total_seconds()


def _resolution(life: Life) -> Values:
    """To the closing that stuck, without the time spent waiting for the customer or closed."""
    clock = life.ledger.newest("RES")
    if clock and clock.met_at:
        paused = sum(((end or clock.met_at) - begin for begin, end in clock.pauses), timedelta())
        yield life.number, (clock.met_at - clock.started_at - paused).total_seconds()


def _silence(life: Life) -> Values:
    yield from _gap(life, life.heard)


def _human_silence(life: Life) -> Values:
    yield from _gap(life, [heard for heard in life.heard if heard.human])


def _gap(life: Life, heard: Iterable[Heard]) -> Values:
    """The longest time a SEV1 or SEV2 customer heard nothing, the running one too."""
    if life.severity < 3:
        moments = [life.opened_at, *sorted(one.at for one in heard if one.at <= life.until), life.until]
        yield life.number, max((later - earlier).total_seconds() for earlier, later in pairwise(moments))


def _breach_lag(life: Life) -> Values:
    for clock in life.ledger.clocks:
        if clock.breached_at and clock.detected_at:
            yield life.number, (clock.detected_at - clock.breached_at).total_seconds()


def _kept(life: Life) -> Values:
    """Promised updates whose time has come: kept, or moved in time by a person, against rescued and broken."""
    yield from ((life.number, float(clock.outcome in ("kept", "moved"))) for clock in _promised(life))


def _rescued(life: Life) -> Values:
    yield from ((life.number, float(clock.outcome == "rescued")) for clock in _promised(life))


def _promised(life: Life) -> Iterator[Clock]:
    return (clock for clock in life.ledger.clocks if clock.name == "UP" and clock.outcome)


def _in_time(life: Life) -> Values:
    """First answers by the time the customer was told, and within the limit."""
    clock = life.ledger.newest("FR")
    if clock and (clock.met_at or clock.missed_at):
        yield life.number, float(clock.missed_at is None)


def _within_limit(life: Life) -> Values:
    clock = life.ledger.newest("FR")
    if clock and (clock.met_at or clock.breached_at):
        yield life.number, float(clock.breached_at is None)


def _reopened(life: Life) -> Values:
    if life.resolved or any(event.kind == "resolved" for event in life.events):
        yield life.number, float(any(event.kind == "reopened" and event.actor == "customer" for event in life.events))


def _solved(life: Life) -> Values:
    if life.solved:
        yield life.number, float(life.solved == "yes")


def _satisfied(life: Life) -> Values:
    """CSAT: 4 and 5 of all ratings."""
    if life.stars:
        yield life.number, float(life.stars >= 4)


def _responded(life: Life) -> Values:
    """Of the resolved, how many answered "was it solved?"."""
    if life.resolved:
        yield life.number, float(bool(life.solved))


_LENGTHS: dict[str, Callable[[Life], Values]] = {
    "first human response": _first_response,
    "first help": _first_help,
    "engineer acknowledged": _engineer,
    "resolution": _resolution,
    "longest silence": _silence,
    "longest silence of people": _human_silence,
    "breach detected after": _breach_lag,
}
_SHARES: dict[str, Callable[[Life], Values]] = {
    "first answer by the told time": _in_time,
    "first answer within the limit": _within_limit,
    "promised updates kept": _kept,
    "promised updates rescued by the bot": _rescued,
    "reopened": _reopened,
    "solved": _solved,
    "rated 4 or 5": _satisfied,
    "answered the question": _responded,
}
