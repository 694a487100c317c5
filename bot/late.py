"""Lines that reached us long after they were written: what agents and customers are told of it."""

from datetime import datetime, timedelta

from bot.scene import Scene
from conversations.phrases import clock_time

_LATE = timedelta(minutes=10)


def untold(scene: Scene) -> datetime | None:
    """When the line was written, if it is late and its sender has not been told of this outage: one message owns up
    to all that was written before it."""
    line, message, told = scene.line, scene.message, scene.conversation.late_told_at
    if line is None or message is None or line.occurred_at is None or message.ingested_at - line.occurred_at <= _LATE:
        return None
    return line.occurred_at if told is None or line.occurred_at > told else None


def found(scene: Scene) -> str:
    """``written 14:02, found 14:31 after an outage``, in the agents' time; empty for a line that came as it should."""
    line, message = scene.line, scene.message
    if line is None or message is None or line.occurred_at is None:
        return ""
    if message.ingested_at - line.occurred_at <= _LATE and not line.recovered:
        return ""
    return span(scene, line.occurred_at, message.ingested_at)


def span(scene: Scene, written: datetime, ingested: datetime) -> str:
    zone = scene.shell.policies.support_zone
    first, then = (clock_time(moment, scene.now, zone, "en") for moment in (written, ingested))
    return f"written {first}, found {then} after an outage"
