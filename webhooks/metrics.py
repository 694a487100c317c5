"""``/metrics`` for Prometheus: read from the rows at each scrape, so that all processes tell the same story."""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric

from bot.shell import Shell
from webhooks import figures

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
            for told in figures.ALL:
                yield from told(self._shell, session)
