"""What is owed to providers and how it went: depth, age, dwell, repetitions, tokens."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from prometheus_client.core import Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import buckets
from bot.lanes import Lane
from bot.shell import Shell
from models import Delivery
from models.deliveries import PENDING
from webhooks.figures.gauges import NEWEST, RECENT, ages, counted, quantiles, single, written

_OWED = written(*PENDING)
(_HELD,) = written("held")


def outbox(shell: Shell, session: Session) -> Iterator[Metric]:
    now = shell.clock.now()
    owed = _owed(session)
    depth = {(_lane(row.lane), row.state): 0 for row in owed}
    oldest: dict[str, datetime] = {}
    for row in owed:
        depth[_lane(row.lane), row.state] += row.many
        if row.state != "held":
            oldest[_lane(row.lane)] = min(row.oldest, oldest.get(_lane(row.lane), row.oldest))
    words = "provider calls not done, by lane and state; unknown: its fate is being asked, held: WhatsApp's window"
    yield counted("backstop_deliveries", words, ("lane", "state"), depth)
    words = "age of the oldest provider call owed"
    yield ages("backstop_deliveries_oldest_seconds", words, "lane", now, sorted(oldest.items()))
    recent = _recent(session, now)
    done = Counter((row.channel, row.state) for row in recent)
    words = "provider calls of the last hour by what became of them so far"
    yield counted("backstop_deliveries_last_hour", words, ("channel", "state"), done)
    doubtful = sum(row.many for row in owed if row.doubt)
    doubtful += sum(row.doubt for row in recent if row.state not in (*PENDING, "held"))
    words = "calls owed now or of the last hour that may be repetitions: an earlier attempt may have been taken"
    yield single("backstop_deliveries_doubtful", words, doubtful)
    dwell: defaultdict[str, list[float]] = defaultdict(list)
    for row in recent:
        if row.accepted_at is not None:
            dwell[_lane(row.lane)].append((row.accepted_at - row.created_at).total_seconds())
    words = "from a call being owed to the provider taking it, of the last hour"
    yield quantiles("backstop_dwell_seconds", words, "lane", dwell)
    yield from _tokens(shell, session)


def _owed(session: Session) -> list[Any]:
    by = (Delivery.lane, Delivery.state, Delivery.doubt)
    found = select(*by, func.count().label("many"), func.min(Delivery.created_at).label("oldest")).group_by(*by)
    waiting = session.execute(found.where(Delivery.state.in_(_OWED))).all()
    return [*waiting, *session.execute(found.where(Delivery.state == _HELD))]


def _recent(session: Session, now: datetime) -> list[Any]:
    columns = (Delivery.lane, Delivery.channel, Delivery.state, Delivery.doubt)
    newest = select(*columns, Delivery.created_at, Delivery.accepted_at).order_by(Delivery.id.desc()).limit(NEWEST)
    return [row for row in session.execute(newest) if now - row.created_at <= RECENT]


def _tokens(shell: Shell, session: Session) -> Iterator[Metric]:
    """Of groups and of our own numbers; customers' buckets bear their addresses and are only counted."""
    levels = {(name,): float(left) for name, left in buckets.levels(shell, session).items()}
    words = "calls a destination or number of ours takes just now; 0 also while a 429 holds it"
    yield counted("backstop_budget_left", words, ("bucket",), levels)
    words = "destinations and numbers held by a 429"
    yield single("backstop_budget_held", words, buckets.held(shell, session))


def _lane(number: int) -> str:
    return Lane(number).name.lower()
