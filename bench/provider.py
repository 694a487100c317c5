"""The sandbox itself: calls a second in its one process (so on one core), and how fast it starts."""

import json
import statistics
import time
from dataclasses import dataclass

from bench.bed import WILLING, Bed
from bench.load import Shot, fire
from tests.support.sandbox import GROUP, running


@dataclass(frozen=True)
class Provider:
    """``start`` in seconds, median of ``starts``; ``rate`` of sendMessage a second; its times in milliseconds."""

    calls: int
    refused: int
    rate: float
    p50: float
    p99: float
    starts: int
    start: float


def measure(bed: Bed) -> Provider:
    """Flood limits off, as many calls at once as the load generator has connections."""
    calls, starts = bed.size(5000, 1000), 3
    took = []
    for _ in range(starts):
        began = time.perf_counter()
        with running(bed.place(), WILLING) as sandbox:
            took.append(time.perf_counter() - began)
            if len(took) == starts:
                answers = fire([_call(sandbox.base, number) for number in range(calls)])
    refused, times = calls - answers.taken, answers.spread
    return Provider(calls, refused, answers.rate, times.p50, times.p99, starts, statistics.median(took))


def _call(base: str, number: int) -> Shot:
    body = json.dumps({"chat_id": GROUP, "text": f"Tolu: one more detail, number {number:06}"})
    return Shot(f"{base}/bot123456:sandbox/sendMessage", body, {"Content-Type": "application/json"})
