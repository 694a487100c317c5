"""The first-response clock, folded from a ticket's append-only events. Source: sla.md section 2, rules 1-3, 8, 11."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sla.policies import Policies, Target


class Mark(StrEnum):
    """What can come due on a running clock."""

    TARGET = "target"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a ticket: its kind (``opened``, ``severity_changed``, ``replied``, ``reply_failed``,
    ``resolved``, ``reopened``), when it occurred (aware UTC) and its data."""

    kind: str
    occurred_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise running. All moments aware UTC; None where it did not happen."""

    name: str
    policy: str
    started_at: datetime
    target_due: datetime
    limit_due: datetime
    met_at: datetime | None = None
    missed_at: datetime | None = None
    breached_at: datetime | None = None
    cancelled_at: datetime | None = None
    reason: str = ""

    @property
    def state(self) -> str:
        """``running``, ``met``, ``breached``, ``met_late`` or ``cancelled`` (ruling S24: the later word wins)."""
        if self.met_at:
            return "met_late" if self.breached_at else "met"
        if self.breached_at:
            return "breached"
        return "cancelled" if self.cancelled_at else "running"

    @property
    def due(self) -> tuple[datetime, Mark] | None:
        """The next mark that can come due, None once met, cancelled or past the limit."""
        if self.met_at or self.cancelled_at or self.breached_at:
            return None
        return (self.limit_due, Mark.LIMIT) if self.missed_at else (self.target_due, Mark.TARGET)


def fold(events: Iterable[Happened], policies: Policies, now: datetime) -> Clock | None:
    """Computes the first-response clock as it stands at ``now``; None before ``opened``.

    A bot message never meets it: only ``replied`` does, which is recorded when the provider accepted a
    person's public message (rule 3); ``reply_failed`` takes that reply back. Resolving cancels it (S5);
    a breach is the instant the limit passed and is never erased (rules 8, 11).
    """
    clock: Clock | None = None
    replies: dict[Any, datetime] = {}
    tier, severity = "", 0
    for event in events:
        if event.kind == "opened":
            tier, severity = event.data["tier"], event.data["severity"]
            clock = _started(event, policies, tier)
        if clock is None:
            continue
        clock = _passed(clock, event.occurred_at)
        match event.kind:
            case "severity_changed":
                severity = event.data["to"]
            case "replied":
                replies.setdefault(event.data.get("delivery"), event.occurred_at)
            case "reply_failed":
                replies.pop(event.data.get("delivery"), None)
            case "resolved":
                clock = replace(clock, cancelled_at=clock.cancelled_at or event.occurred_at)
        clock = replace(clock, met_at=min(replies.values(), default=None))
        if event.kind in (
            "severity_changed",
            "reply_failed",
        ):  # raised while it stood met: applies at the failure (S12)
            clock = _rebased(clock, policies.first_response[(tier, severity)], event.occurred_at, policies)
    return _passed(clock, now) if clock else None


def _started(event: Happened, policies: Policies, tier: str) -> Clock:
    promised = policies.first_response[(tier, event.data["severity"])]
    start = event.occurred_at
    return Clock("FR", policies.version, start, promised.target_due(start), start + promised.limit)


def _passed(clock: Clock, now: datetime) -> Clock:
    """Records the marks that lie before ``now``; answered exactly at the due is met (S13)."""
    answered = min((at for at in (clock.met_at, clock.cancelled_at, now) if at), default=now)
    if clock.missed_at is None and answered > clock.target_due:
        clock = replace(clock, missed_at=clock.target_due)
    if clock.breached_at is None and answered > clock.limit_due:
        clock = replace(clock, breached_at=clock.limit_due)
    return clock


def _rebased(clock: Clock, promised: Target, at: datetime, policies: Policies) -> Clock:
    """Takes the stricter of old and new from the original start; a new due already past becomes now + grace,
    never later than the old due (rule 8, S8)."""
    if clock.breached_at or clock.met_at:
        return clock

    def stricter(old: datetime, new: datetime) -> datetime:
        return min(old, new if new > at else at + policies.grace)

    limit = stricter(clock.limit_due, clock.started_at + promised.limit)
    target = min(limit, stricter(clock.target_due, promised.target_due(clock.started_at)))
    moved = (target, limit) != (clock.target_due, clock.limit_due)
    return replace(clock, target_due=target, limit_due=limit, reason="rebased" if moved else clock.reason)
