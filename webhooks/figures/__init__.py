"""The figures of ``/metrics``, one module a part of the road.

A scrape must stay cheap however much history there is: what waits is counted by the partial indexes, and what the last
hour was like is read from the newest rows by their ids.
"""

from collections.abc import Callable, Iterator

from prometheus_client.core import Metric
from sqlalchemy.orm import Session

from bot.shell import Shell
from webhooks.figures.desk import desk
from webhooks.figures.house import house
from webhooks.figures.inbox import inbox
from webhooks.figures.outbox import outbox
from webhooks.figures.promises import promises

Figures = Callable[[Shell, Session], Iterator[Metric]]
ALL: tuple[Figures, ...] = (inbox, outbox, promises, desk, house)
