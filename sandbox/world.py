"""What the halves of the sandbox share: clock, ledger, faults, dice and one HTTP client."""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.ledger import Ledger


@dataclass
class World:
    """One sandbox. ``settings`` is the JSON configuration it was started with (docs/sandbox.md); ``hung_up`` counts the
    clients that dropped their connection in the middle."""

    clock: Clock
    dice: random.Random
    settings: dict[str, Any]
    ledger: Ledger = field(init=False)
    faults: Faults = field(init=False)
    http: aiohttp.ClientSession = field(init=False)
    hung_up: int = 0
    on_reset: list[Callable[[], None]] = field(default_factory=list)
    _tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.clock)
        self.faults = Faults(self.dice)

    async def open(self) -> None:
        # Providers verify certificates and follow no redirects; each caller sets its own time-outs.
        self.http = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), auto_decompress=False)

    async def close(self) -> None:
        await self._quiet()
        await self.http.close()

    async def forget(self) -> None:
        """Forgets everything but the configuration: each half adds its own part to ``on_reset``."""
        await self._quiet()
        self.faults.remove()
        self.ledger.forget()
        self.hung_up = 0
        for forget in self.on_reset:
            forget()

    async def _quiet(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Runs ``work`` beside the request and keeps it alive until it ends."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


WORLD = web.AppKey("world", World)
