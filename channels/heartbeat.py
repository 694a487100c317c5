"""A heartbeat to an address outside (healthchecks.io and its kind): when it stops coming, they wake somebody."""

import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import structlog

log = structlog.get_logger()
_EVERY = 60.0  # seconds between two of them: what such services expect at their shortest
_PATIENCE = 10.0  # seconds the address may take


class Heartbeat:
    """Goes out behind successful ticks, in a thread of its own: an address that hangs or is gone holds up nothing.

    The address itself is a secret, so nothing of it is logged.
    """

    def __init__(self, url: str, every: float = _EVERY, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url, self._every, self._now = url, every, monotonic
        self._due, self._sent, self._lost = threading.Event(), -every, False

    def ticked(self) -> None:
        """A tick has succeeded; without an address nothing follows."""
        if self._url and self._now() - self._sent >= self._every:
            self._sent = self._now()
            self._due.set()

    def run(self, stop: threading.Event) -> None:
        """Sends what is due until ``stop``."""
        while not stop.is_set():
            if self._due.wait(0.5):
                self._due.clear()
                self._send()

    def _send(self) -> None:
        try:
            with urllib.request.urlopen(self._url, timeout=_PATIENCE):  # noqa: S310 (settings let http and https in only)
                pass
        except (OSError, ValueError) as error:
            code = error.code if isinstance(error, urllib.error.HTTPError) else 0
            if not self._lost:
                log.warning("heartbeat_lost", error=type(error).__name__, code=code)
            self._lost = True
        else:
            if self._lost:
                log.info("heartbeat_back")
            self._lost = False
