"""The load generator: one process of its own, requests made beforehand, kept-alive connections, a bounded count.

``python -m bench.load`` reads a plan as JSON and writes the answers as JSON; ``fire`` runs it so.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import aiohttp

from tests.support.sandbox import ROOT

CONNECTIONS = 8  # in a closed loop: as many as the web process has threads, so that none waits for one
_OPEN = 64  # at a given rate: enough that a late answer holds up no later request


@dataclass(frozen=True, slots=True)
class Shot:
    """One POST, ready to go."""

    url: str
    body: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Answers:
    """``posted`` (unix time), ``seconds`` and ``statuses`` (0: no answer) stand in the order of the shots."""

    lasted: float
    posted: list[float]
    seconds: list[float]
    statuses: list[int]

    @property
    def rate(self) -> float:
        """Requests a second, if all were taken."""
        return len(self.statuses) / self.lasted

    @property
    def taken(self) -> int:
        """How many were answered 2xx."""
        return sum(200 <= status < 300 for status in self.statuses)

    @cached_property
    def spread(self) -> "Spread":
        return spread(self.seconds)


@dataclass(frozen=True)
class Spread:
    """Milliseconds."""

    p50: float
    p99: float
    worst: float


def spread(seconds: Sequence[float]) -> Spread:
    """The middle, the 99th of a hundred, the worst; of less than two values there is no spread to tell."""
    if len(seconds) < 2:
        return Spread(float("nan"), float("nan"), float("nan"))
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Spread(cuts[49] * 1000, cuts[98] * 1000, max(seconds) * 1000)


def fire(shots: Sequence[Shot], rate: float | None = None) -> Answers:
    """Posts them ``rate`` a second whatever the answers take, or without a rate as fast as they are answered."""
    plan = json.dumps({"rate": rate, "shots": [asdict(shot) for shot in shots]})
    command = [sys.executable, "-m", "bench.load"]
    done = subprocess.run(command, cwd=ROOT, input=plan, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603 (our own module)
    return Answers(**json.loads(done.stdout))


async def _fired(plan: dict[str, Any]) -> dict[str, Any]:
    shots, rate = plan["shots"], plan["rate"]
    answers = _Answering(shots)
    connector = aiohttp.TCPConnector(limit=_OPEN if rate else CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=30)) as session:
        began = time.perf_counter()
        await (answers.paced(session, rate) if rate else answers.closed(session))
        lasted = time.perf_counter() - began
    rows = [answers.rows[number] for number in range(len(shots))]
    posted, seconds, statuses = ([row[column] for row in rows] for column in range(3))
    return {"lasted": lasted, "posted": posted, "seconds": seconds, "statuses": statuses}


class _Answering:
    """Posts the shots and keeps (posted, seconds, status) of each by its number."""

    def __init__(self, shots: list[dict[str, Any]]) -> None:
        self._shots = shots
        self.rows: dict[int, tuple[float, float, int]] = {}

    async def paced(self, session: aiohttp.ClientSession, rate: float) -> None:
        """An open loop: each has its moment."""
        began, tasks = time.perf_counter(), []
        for number in range(len(self._shots)):
            await asyncio.sleep(began + number / rate - time.perf_counter())
            tasks.append(asyncio.create_task(self._post(session, number)))
        await asyncio.gather(*tasks)

    async def closed(self, session: aiohttp.ClientSession) -> None:
        """Each connection posts its next one when its last one is answered."""
        numbers = iter(range(len(self._shots)))

        async def lane() -> None:
            for number in numbers:
                await self._post(session, number)

        await asyncio.gather(*(lane() for _ in range(CONNECTIONS)))

    async def _post(self, session: aiohttp.ClientSession, number: int) -> None:
        shot = self._shots[number]
        posted, began = time.time(), time.perf_counter()
        try:
            async with session.post(shot["url"], data=shot["body"], headers=shot["headers"]) as answer:
                await answer.read()
                status = answer.status
        except (aiohttp.ClientError, TimeoutError):
            status = 0
        self.rows[number] = (posted, time.perf_counter() - began, status)


if __name__ == "__main__":
    json.dump(asyncio.run(_fired(json.load(sys.stdin))), sys.stdout)
