"""How long each process takes from its start to being of use."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import requests
from sqlalchemy import Engine, delete, func, select

from bench.bed import Bed
from bench.engine import engine_for
from models import Worker
from tests.support.stack import Stack


@dataclass(frozen=True)
class Start:
    """Seconds, medians of ``times`` starts: web to the first 200 of /up, worker to its loops running
    (``worker_started`` in its log) and to its first tick in the database, which /ready waits for."""

    times: int
    web: float
    worker: float
    first_tick: float


def measure(bed: Bed) -> Start:
    """Starts web and worker alone, one after the other, some times over; the database is migrated already."""
    times = bed.size(5, 3)
    with bed.stack() as stack:
        engine = engine_for(stack.environment["DATABASE_URL"])
        stack.stop("web")
        stack.stop("worker")
        webs = [_web(stack) for _ in range(times)]
        workers = [_worker(stack, engine) for _ in range(times)]
    started, ticked = ([row[column] for row in workers] for column in (0, 1))
    return Start(times, statistics.median(webs), statistics.median(started), statistics.median(ticked))


def _web(stack: Stack) -> float:
    began = time.perf_counter()
    stack.start_web()
    took = _until(began, lambda: _up(stack))
    stack.stop("web")
    return took


def _up(stack: Stack) -> bool:
    try:
        return requests.get(f"{stack.public}/up", timeout=60).status_code == 200
    except requests.ConnectionError:
        return False


def _worker(stack: Stack, engine: Engine) -> tuple[float, float]:
    with engine.begin() as connection:
        connection.execute(delete(Worker))
    log = stack.directory / "worker.log"
    read_before = log.stat().st_size
    began = time.perf_counter()
    stack.start_worker()
    started = _until(began, lambda: b"worker_started" in log.read_bytes()[read_before:])
    ticked = _until(began, lambda: _ticks(engine) > 0)
    stack.stop("worker")
    return started, ticked


def _ticks(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(Worker)).scalar_one()


def _until(began: float, found: Callable[[], bool]) -> float:
    """Seconds since ``began`` at which it was found; looks a hundred times a second."""
    while not found():
        if time.perf_counter() - began > 60:
            raise TimeoutError("the process has not started in a minute")
        time.sleep(0.01)
    return time.perf_counter() - began
