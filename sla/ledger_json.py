"""Clocks and events as JSON, as the ledger shows them and the replay reads them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sla.clocks import Clock
from sla.events import Happened
from sla.policies import SEVERITIES, TIERS

_DUES = ("started_at", "target_due", "limit_due")
_ENDS = ("met_at", "missed_at", "breached_at", "detected_at", "cancelled_at")
_KEYS = {"name", "started_at", "target_due", "limit_due"}
_EXAMPLE = (
    '{"kind": "opened", "occurred_at": "2026-11-28T14:02:00Z", "ingested_at": "2026-11-28T14:02:01Z", '
    '"actor": "customer", "data": {"tier": "agency", "severity": 1}}'
)


class EventError(ValueError):
    """An event cannot be read; the message says what is wrong and gives an example of right."""


def dump(clock: Clock) -> dict[str, Any]:
    """One clock; ``due_at`` is the moment whose passing breaches it, the target where nothing does."""
    due_at = clock.limit_due or clock.target_due
    return (
        {"name": clock.name, "number": clock.number, "state": clock.state, "due_at": _iso(due_at)}
        | {name: _iso(getattr(clock, name)) for name in (*_DUES, *_ENDS)}
        | {
            "pauses": [[_iso(begin), _iso(end)] for begin, end in clock.pauses],
            "reason": clock.reason,
            "outcome": clock.outcome if clock.name == "UP" else "",
            "policy": clock.policy,
            "calendar": clock.calendar.version,
            "line": clock.line,
            "alarm": clock.alarm,
        }
    )


def events(lines: Iterable[bytes]) -> Iterator[Happened]:
    """The events of a file, one JSON object a line. Raises EventError naming the line."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield _happened(_parsed(line))
            except EventError as error:
                raise EventError(f"line {number}: {error}") from error


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError as error:
        raise EventError(f"it is no JSON: {error}; example: {_EXAMPLE}") from error


def _happened(found: Any) -> Happened:
    if not isinstance(found, Mapping):
        raise EventError(f"an event is an object; example: {_EXAMPLE}")
    kind, data = found.get("kind"), found.get("data") or {}
    if not isinstance(kind, str) or not kind or not isinstance(data, Mapping):
        raise EventError(f"kind and data are missing or of another form; example: {_EXAMPLE}")
    _checked(kind, data)
    occurred = moment(found.get("occurred_at"), "occurred_at")
    ingested = moment(found["ingested_at"], "ingested_at") if found.get("ingested_at") else occurred
    return Happened(kind, occurred, ingested, str(found.get("actor", "")), data, str(found.get("policy") or ""))


def _checked(kind: str, data: Mapping[str, Any]) -> None:
    """What a kind's clocks are reckoned from has to be there (``sla.events``)."""
    for name, right in _DATA.get(kind, {}).items():
        if name not in data or not right(data[name]):
            raise EventError(f"{kind} data {name}: {data.get(name)!r:.80} cannot be taken; example: {_EXAMPLE}")
    for name in {"due_at", "written_at"} & set(data):
        moment(data[name], f"{kind} data {name}")


def _joins(found: object) -> bool:
    """Whether these are clocks as ``dump`` gives them."""
    return isinstance(found, list) and all(isinstance(each, Mapping) and set(each) >= _KEYS for each in found)


def moment(text: object, place: str) -> datetime:
    """An aware moment. Raises EventError."""
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise EventError(f"{place}: {text!r} is no moment; example: {_EXAMPLE}") from error
    if at.tzinfo is None:
        raise EventError(f"{place}: {text!r} has no offset; example: {_EXAMPLE}")
    return at


_DATA: dict[str, dict[str, Callable[[Any], bool]]] = {
    "opened": {"tier": TIERS.__contains__, "severity": SEVERITIES.__contains__},
    "promised": {"due_at": bool},
    "held_over": {"due_at": bool},
    "severity_changed": {"to": SEVERITIES.__contains__},
    "tier_changed": {"to": TIERS.__contains__},
    "told": {"clock": bool, "number": bool, "mark": bool},
    "merged_from": {"severity": SEVERITIES.__contains__, "clocks": _joins},
    "split_off": {"lines": lambda lines: isinstance(lines, list)},
}


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
