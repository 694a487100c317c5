"""``/metrics`` for Prometheus: read from the rows at each scrape, so that all processes tell the same story."""

import hmac
from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.alarms import standing
from bot.shell import Shell
from models import Clock, Delivery, Inbound, Ticket, Worker
from models.deliveries import PENDING

metrics = Blueprint("metrics", __name__)


@metrics.get("/metrics")
def scrape() -> Response:
    """Loopback without a proxy, or ``Authorization: Bearer METRICS_TOKEN``; 403 otherwise."""
    shell: Shell = current_app.extensions["shell"]
    if not _allowed(shell):
        return Response("metrics are for loopback, or for METRICS_TOKEN as a bearer token\n", 403)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Rows(shell))
    return Response(generate_latest(registry), content_type="text/plain; version=0.0.4; charset=utf-8")


def _allowed(shell: Shell) -> bool:
    """A proxy on this machine makes the world look like loopback, so a forwarded request needs the token."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if shell.metrics_token:
        return hmac.compare_digest(given.encode(), shell.metrics_token.encode())
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-Ip"))
    return request.remote_addr in ("127.0.0.1", "::1") and not forwarded


class Rows:
    """A collector over the tables; every figure is a gauge at the time of the scrape, in seconds where it is time."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def collect(self) -> Iterator[Metric]:
        with self._shell.db.reading() as session:
            yield from (_counted(session, *wanted) for wanted in _COUNTS)
            yield from self._ages(session)
            doubtful = session.scalar(select(func.count()).select_from(Delivery).where(Delivery.doubt))
            yield GaugeMetricFamily("backstop_deliveries_doubtful", "calls that may be repetitions", doubtful)
            yield GaugeMetricFamily("backstop_alarms_standing", "alarms that stand", len(standing(session)))

    def _ages(self, session: Session) -> Iterator[Metric]:
        real, now = self._shell.clock.real(), self._shell.clock.now()
        unread = session.scalar(select(func.min(Inbound.ingested_at)).where(Inbound.state == "waiting"))
        yield _age("backstop_inbox_oldest_seconds", "age of the oldest webhook not worked on", now, unread)
        owed = session.scalar(select(func.min(Delivery.created_at)).where(Delivery.state.in_(PENDING)))
        yield _age("backstop_deliveries_oldest_seconds", "age of the oldest provider call owed", now, owed)
        ticked = session.scalar(select(func.max(Worker.ticked_at)))
        yield _age("backstop_worker_tick_seconds", "time since any worker ticked", real, ticked)


_COUNTS = (
    ("backstop_inbox", "webhooks by state", Inbound.state),
    ("backstop_deliveries", "provider calls by state", Delivery.state),
    ("backstop_tickets", "tickets by state", Ticket.state),
    ("backstop_first_response_clocks", "first-response clocks by state", Clock.state),
)


def _counted(session: Session, name: str, words: str, column: InstrumentedAttribute[str]) -> Metric:
    gauge = GaugeMetricFamily(name, words, labels=("state",))
    for state, number in session.execute(select(column, func.count()).group_by(column)):
        gauge.add_metric((state,), number)
    return gauge


def _age(name: str, words: str, now: datetime, since: datetime | None) -> Metric:
    """Seconds since a moment; 0 when there is none."""
    return GaugeMetricFamily(name, words, max(0.0, (now - since).total_seconds()) if since else 0.0)
