"""Door for machines: keeps what providers send, answers at once, understands nothing."""

from webhooks.ack import ack
from webhooks.calls import calls
from webhooks.health import health
from webhooks.media import media
from webhooks.metrics import metrics
from webhooks.receive import receive
from webhooks.voice import voice

DOORS = (receive, voice, calls, ack, media, health, metrics)

__all__ = ["DOORS"]
