"""What a policy file says that can be kept but was hardly meant. Source: sla.md, first paragraph."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sla.calendars import HORIZON, compile, due
from sla.durations import written
from sla.policies import Policies
from sla.terms import Target

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def doubts(policies: Policies, at: datetime) -> list[str]:
    """One sentence for each, looking from ``at`` to the horizon.

    A target that never comes before its limit; a limit that can pass without an open minute.
    """
    return [
        f"{tier} SEV{severity}: {doubt}"
        for (tier, severity), terms in policies.terms.items()
        for doubt in _about(terms.first_response, at)
    ]


def _about(promised: Target, at: datetime) -> Iterator[str]:
    limit = promised.limit or promised.target
    spans = _spans(promised, at)
    if not _comes_first(promised, spans):
        yield f"the target {written(promised.target)} on {promised.hours} never comes before the limit {written(limit)}"
    closed = next((gap for gap in _gaps(spans, at) if gap[1] - gap[0] >= limit), None)
    if closed:
        first, last = (f"{moment.astimezone(promised.calendar.zone):%a %Y-%m-%d %H:%M}" for moment in closed)
        yield f"the limit {written(limit)} can pass without an open minute: {promised.hours} is shut {first} to {last}"


def _spans(promised: Target, at: datetime) -> list[tuple[datetime, datetime]]:
    spans = ((_EPOCH + a * _MICROSECOND, _EPOCH + b * _MICROSECOND) for a, b in compile(promised.calendar, at).spans)
    return [(max(start, at), min(end, at + HORIZON)) for start, end in spans if end > at and start < at + HORIZON]


def _comes_first(promised: Target, spans: list[tuple[datetime, datetime]]) -> bool:
    """Most open time in a stretch as long as the limit lies in one that begins at an opening or ends at a close."""
    limit = promised.limit or promised.target
    starts = (start for opening, close in spans for start in (opening, close - limit))
    found = ((start, due(promised.calendar, start, promised.target)) for start in starts)
    return any(answer.at and not answer.alarm and answer.at < start + limit for start, answer in found)


def _gaps(spans: list[tuple[datetime, datetime]], at: datetime) -> Iterator[tuple[datetime, datetime]]:
    close = at
    for opening, end in spans:
        yield close, opening
        close = end
    yield close, at + HORIZON
