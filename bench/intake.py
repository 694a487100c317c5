"""How many webhooks a second the web process takes, next to the floor: the two in turn, medians."""

import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from bench import floor
from bench.bed import Bed
from bench.customers import lines, numbered
from bench.engine import engine_for
from bench.load import CONNECTIONS, Answers, fire
from tests.support.sandbox import eventually
from tests.support.stack import Stack


@dataclass(frozen=True)
class Intake:
    """Medians over the pairs; rates a second, times in milliseconds; ``refused`` must be 0 for the rest to count."""

    connections: int
    requests: int
    refused: int
    floor_rates: list[float]
    rates: list[float]
    floor_rate: float
    rate: float
    ratio: float
    floor_p50: float
    p50: float
    floor_p99: float
    p99: float
    p99_ratio: float


def measure(bed: Bed) -> Intake:
    """Floor, product, floor, product, ...: each web process alone under load, the worker stopped."""
    count, pairs = bed.size(1500, 400), bed.size(5, 3)
    with bed.stack() as stack:
        stack.stop("worker")
        address = _start_floor(stack)

        def floor_run(number: int) -> Answers:
            return fire(lines(stack, numbered(number), f"{address}/lines"))

        def product_run(number: int) -> Answers:
            return fire(lines(stack, numbered(number)))

        for warm in (floor_run, product_run):
            warm(100)
        runs = [(floor_run(count), product_run(count)) for _ in range(pairs)]
    return _figures(count, [first for first, _ in runs], [second for _, second in runs])


def _start_floor(stack: Stack) -> str:
    """Starts it on the product's own database and a port of its choice; returns its address."""
    floor.LINES.create(engine_for(stack.environment["DATABASE_URL"]))
    stack.start("floor", "gunicorn", "-b", "127.0.0.1:0", "bench.floor:create_app()")
    log = stack.directory / "floor.log"
    found = eventually(lambda: re.findall(r"Listening at: (\S+)", log.read_text()), 20, "the floor listens")
    return str(found[0])


def _figures(count: int, floors: list[Answers], products: list[Answers]) -> Intake:
    def middle(runs: list[Answers], figure: Callable[[Answers], float]) -> float:
        return statistics.median(figure(run) for run in runs)

    floor_rate, rate = middle(floors, lambda run: run.rate), middle(products, lambda run: run.rate)
    floor_p99, p99 = middle(floors, lambda run: run.spread.p99), middle(products, lambda run: run.spread.p99)
    return Intake(
        connections=CONNECTIONS,
        requests=count,
        refused=sum(count - run.taken for run in floors + products),
        floor_rates=[run.rate for run in floors],
        rates=[run.rate for run in products],
        floor_rate=floor_rate,
        rate=rate,
        ratio=rate / floor_rate,
        floor_p50=middle(floors, lambda run: run.spread.p50),
        p50=middle(products, lambda run: run.spread.p50),
        floor_p99=floor_p99,
        p99=p99,
        p99_ratio=p99 / floor_p99,
    )
