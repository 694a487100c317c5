"""The connections to a webhook: how many, and when a new one may be opened (WebhookActor.cpp)."""

import asyncio
import time
from collections import deque

ACTIVE_FOR = 10.0  # the last success is at most this old: as many connections as needed
NEW_WHILE_FAILING = 2.0  # else one new connection in so many seconds


class Lines:
    """The connections: a kept one is used again; new ones up to the maximum, one at a time while failing."""

    def __init__(self, most: int, scale: float) -> None:
        self._most = most
        self._scale = scale
        self._open = self._busy = 0
        self._succeeded_at = self._opened_at = float("-inf")
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def take(self) -> None:
        """Waits for a free connection, or for leave to open one."""
        while not self._ready():
            await self._wait()
        if self._busy == self._open:
            self._open += 1
            self._opened_at = time.monotonic()
        self._busy += 1
        if self._ready():
            self._next()

    async def _wait(self) -> None:
        """With a connection open somebody will wake us; without one the next try is a matter of time."""
        ticket: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(ticket)
        try:
            await asyncio.wait([ticket], timeout=None if self._open else max(0.01, self._next_try()))
        finally:
            if not ticket.done():
                self._waiting.remove(ticket)

    def give_back(self, keeps: bool) -> None:
        self._busy -= 1
        self._open -= 0 if keeps else 1
        self._next()

    def succeeded(self) -> None:
        self._succeeded_at = time.monotonic()
        self._next()

    def _ready(self) -> bool:
        if self._busy < self._open:
            return True
        now = time.monotonic()
        if now - self._succeeded_at <= ACTIVE_FOR:
            return self._open < self._most
        return self._open < 1 and self._next_try() <= 0

    def _next_try(self) -> float:
        return self._opened_at + NEW_WHILE_FAILING * self._scale - time.monotonic()

    def _next(self) -> None:
        while self._waiting:
            ticket = self._waiting.popleft()
            if not ticket.done():
                ticket.set_result(None)
                return
