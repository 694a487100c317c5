"""The worker process: ``python -m worker``. Two loops, answer and deliver, and APScheduler as the ticker."""

import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from bot import alarms, buckets, desk, groups, hotline, rollcall, watch
from bot.answer import BATCH, answer
from bot.deliver import Senders
from bot.desk import returning, snoozing
from bot.reconcile import Reconciler
from bot.shell import Shell
from bot.silence import silence
from parts import assemble, log_to_stderr

log = structlog.get_logger()
IDLE = 1.0  # seconds a loop sleeps at most without being woken: the ticker's safety net
FINISH = 30.0  # seconds what is in flight may take to end
_COMPARES = 5.0  # seconds between looks whether the inbox is to be compared with the provider's list
_CALLS = 5.0  # seconds between two looks at who is on for the hotline
OVERDUE = 15.0  # seconds without a tick after which the process ends itself, to be started again


class Ticker:
    """Runs the sweeps and remembers, by the monotonic clock, when it last did."""

    def __init__(self, shell: Shell, name: str) -> None:
        self._last = time.monotonic()
        self._scheduler = BackgroundScheduler(
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}, timezone="UTC"
        )
        self._every(shell.limits.tick, "quiet", partial(watch.quiet, shell))
        self._every(shell.limits.tick, "clocks", partial(watch.clocks, shell))
        self._every(shell.limits.tick, "windows", partial(watch.windows, shell))
        self._every(min(_COMPARES, shell.limits.reconcile), "reconcile", Reconciler(shell))
        self._every(shell.limits.tick, "hotline", partial(hotline.turn, shell))
        self._every(shell.limits.tick, "silence", partial(silence, shell))
        self._every(_CALLS, "rollcall", partial(rollcall.look, shell))
        self._every(shell.limits.tick, "alarms", partial(alarms.retell, shell))
        self._every(shell.limits.tick, "snooze", partial(snoozing.sweep, shell))
        self._every(5.0, "returning", partial(returning.sweep, shell))
        self._every(shell.limits.tick, "members", partial(desk.look_up, shell))
        groups.load(shell)
        self._every(2.0, "groups", partial(groups.follow, shell))
        watch.beat(shell, name)
        self._every(2.0, "beat", partial(watch.beat, shell, name))
        self._every(3600.0, "tidy", partial(buckets.tidy, shell))
        self._every(shell.limits.tick, "wake", shell.wakes.all)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)

    def overdue(self) -> bool:
        return time.monotonic() - self._last > OVERDUE

    def _every(self, seconds: float, name: str, work: Callable[[], object]) -> None:
        self._scheduler.add_job(partial(self._tick, name, work), "interval", seconds=seconds, id=name)

    def _tick(self, name: str, work: Callable[[], object]) -> None:
        watch.sweep(work, name)
        self._last = time.monotonic()


def main() -> None:
    """Runs until SIGTERM or SIGINT; then finishes what is in flight and ends."""
    log_to_stderr()
    sys.setswitchinterval(0.0005)  # a line passes through five threads; each hand-over would wait up to 5 ms
    shell = assemble()
    shell.book.keep(shell.clock.now())
    name = f"{socket.gethostname()}:{os.getpid()}"
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    senders, ticker = Senders(shell, name), Ticker(shell, name)
    threads = [
        threading.Thread(target=shell.db.listen, args=(shell.wakes.answer.set, stop), name="listen", daemon=True),
        threading.Thread(target=loop, args=(lambda: answer(shell) == BATCH, shell.wakes.answer, stop), name="answer"),
        threading.Thread(target=loop, args=(senders.deliver, shell.wakes.deliver, stop), name="deliver"),
    ]
    for channel in set(shell.channels.values()):
        channel.open()
    gc.collect()
    gc.freeze()  # what was loaded at start stays; the collector need not walk it again and again
    ticker.start()
    for thread in threads:
        thread.start()
    log.info("worker_started", worker=name, rehearsing=shell.clock.rehearsing)
    while not stop.wait(1.0):
        if ticker.overdue():
            log.critical("ticker_overdue", worker=name)
            os._exit(70)
    _finish(shell, senders, ticker, threads)
    log.info("worker_stopped", worker=name)


def loop(step: Callable[[], object], wake: threading.Event, stop: threading.Event) -> None:
    """Works while there is work, then waits to be woken; a failing step is logged and tried again."""
    while not stop.is_set():
        wake.wait(IDLE)
        wake.clear()
        busy: object = True
        while busy and not stop.is_set():
            busy = watch.sweep(step, "loop")


def _finish(shell: Shell, senders: Senders, ticker: Ticker, threads: list[threading.Thread]) -> None:
    shell.wakes.all()
    ticker.stop()
    for thread in threads[1:]:
        thread.join(FINISH)
    senders.finish()
    for channel in set(shell.channels.values()):
        channel.close()


if __name__ == "__main__":
    main()
