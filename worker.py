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

from bot import alarms, batches, beat, buckets, desk, digest, ends, groups, overview, stillness, watch
from bot.answer import BATCH, answer
from bot.deliver import Senders
from bot.desk import closing, returning, snoozing
from bot.hotline import muster, rollcall, windows
from bot.incidents import turn as incidents
from bot.incidents.proposing import Proposer
from bot.pager import rungs
from bot.phone import called
from bot.pulse import Pulse
from bot.reconcile import Reconciler
from bot.shell import Shell
from bot.silence import silence
from bot.sweeps import sweep
from channels.heartbeat import Heartbeat
from parts import assemble, log_to_stderr

log = structlog.get_logger()
IDLE = 1.0  # seconds a loop sleeps at most without being woken: the ticker's safety net
FINISH = 30.0  # seconds what is in flight may take to end
_COMPARES = 5.0  # seconds between looks whether the inbox is to be compared with the provider's list
_CALLS = 5.0  # seconds between two looks at who is on for the hotline, and whether customers still write
_PROPOSES = 2.0  # seconds between two looks whether fresh tickets are one incident
_DIGEST = 2.0  # seconds between two looks which tickets wait for their topics: in a storm that is thousands
_OVERVIEW = 2.0  # seconds between two looks whether a group's overview is still true
OVERDUE = 15.0  # seconds without a tick after which the process ends itself, to be started again
HANGS = 60.0  # seconds after which one sweep hangs, though others come round: longer than any lock is waited for
CALLS = 600.0  # the same for a sweep that asks a provider, page by page
_STEP = 1.0  # seconds a clock moves in one that nobody has set


class Ticker:
    """Runs the sweeps; ``pulse`` knows which of them comes round."""

    def __init__(self, shell: Shell, name: str, pulse: Pulse) -> None:
        self._pulse, self._stepped = pulse, time.time() - time.monotonic()
        self.heartbeat = Heartbeat(shell.heartbeat_url)
        self._scheduler = BackgroundScheduler(
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1}, timezone="UTC"
        )
        self._every(shell.limits.tick, "quiet", partial(watch.quiet, shell))
        self._every(shell.limits.tick, "clocks", partial(watch.clocks, shell))
        self._every(shell.limits.tick, "windows", partial(watch.windows, shell))
        self._every(min(_COMPARES, shell.limits.reconcile), "reconcile", Reconciler(shell), within=CALLS)
        self._every(shell.limits.tick, "hotline", partial(windows.turn, shell))
        self._every(shell.limits.tick, "silence", partial(silence, shell))
        self._every(shell.limits.tick, "calls", partial(called.follow, shell))
        self._every(shell.limits.tick, "pages", partial(rungs.climb, shell))
        self._every(_CALLS, "rollcall", partial(rollcall.look, shell))
        self._every(1.0, "muster", partial(muster.look, shell))
        self._every(_CALLS, "stillness", partial(stillness.listen, shell))
        self._every(_DIGEST, "digest", partial(digest.show, shell))
        self._every(_OVERVIEW, "overview", partial(overview.show, shell))
        self._every(shell.limits.tick, "incidents", partial(incidents.turn, shell))
        self._every(_PROPOSES, "proposals", Proposer(shell))
        self._every(shell.limits.tick, "alarms", partial(alarms.retell, shell))
        self._every(shell.limits.tick, "snooze", partial(snoozing.sweep, shell))
        self._every(5.0, "returning", partial(returning.sweep, shell))
        self._every(5.0, "closing", partial(closing.sweep, shell))
        self._every(10.0, "ends", partial(ends.look, shell))
        self._every(60.0, "batches", partial(batches.show, shell))
        self._every(shell.limits.tick, "members", partial(desk.look_up, shell), within=CALLS)
        groups.load(shell)
        overview.show(shell)
        self._every(2.0, "groups", partial(groups.follow, shell))
        beat.resumed(shell)
        beat.beat(shell, name)
        self._every(2.0, "beat", partial(self._beat, shell, name))
        self._every(3600.0, "tidy", partial(_tidy, shell))
        self._every(shell.limits.tick, "wake", shell.wakes.all, within=OVERDUE)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=True)

    def keep_ticking(self) -> None:
        """Sets the scheduler anew when somebody has set this machine's clock: it counts by that, and would stand
        still for the hour the clock went back."""
        stepped = time.time() - time.monotonic()
        if abs(stepped - self._stepped) > _STEP:
            log.warning("clock_set", seconds=round(stepped - self._stepped))
            for job in self._scheduler.get_jobs():
                job.reschedule(job.trigger)
        self._stepped = stepped

    def _beat(self, shell: Shell, name: str) -> None:
        """Outside hears of it only while all parts of the work succeed."""
        failing = self._pulse.failing()
        beat.beat(shell, name, failing)
        if not failing:
            self.heartbeat.ticked()

    def _every(self, seconds: float, name: str, work: Callable[[], object], within: float = HANGS) -> None:
        self._pulse.expect(name, seconds + within)
        self._scheduler.add_job(partial(self._tick, name, work), "interval", seconds=seconds, id=name)

    def _tick(self, name: str, work: Callable[[], object]) -> None:
        self._pulse.came(name, well=sweep(partial(_done, work), name) is not None)


def _tidy(shell: Shell) -> None:
    buckets.tidy(shell)
    beat.tidy(shell)


def _done(work: Callable[[], object]) -> bool:
    work()
    return True


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
    pulse = Pulse()
    senders, ticker = Senders(shell, name), Ticker(shell, name, pulse)
    threads = [
        threading.Thread(target=shell.db.listen, args=(shell.wakes.answer.set, stop), name="listen", daemon=True),
        _looping("answer", lambda: answer(shell) == BATCH, shell.wakes.answer, stop, pulse),
        _looping("deliver", senders.deliver, shell.wakes.deliver, stop, pulse),
    ]
    for channel in set(shell.channels.values()):
        channel.open()
    gc.collect()
    gc.freeze()  # what was loaded at start stays; the collector need not walk it again and again
    ticker.start()
    threading.Thread(target=ticker.heartbeat.run, args=(stop,), name="heartbeat", daemon=True).start()
    for thread in threads:
        thread.start()
    log.info("worker_started", worker=name, rehearsing=shell.clock.rehearsing)
    while not stop.wait(1.0):
        ticker.keep_ticking()
        if stuck := [*pulse.stuck(), *(["sender"] if senders.hang() else [])]:
            log.critical("worker_stuck", worker=name, stuck=stuck)
            os._exit(70)
    _finish(shell, senders, ticker, threads)
    beat.ended(shell, name)
    log.info("worker_stopped", worker=name)


def _looping(
    name: str, step: Callable[[], object], wake: threading.Event, stop: threading.Event, pulse: Pulse
) -> threading.Thread:
    pulse.expect(name, 2 * HANGS)  # a batch waits for one lock after the other
    came = partial(pulse.came, name)
    return threading.Thread(target=loop, args=(step, wake, stop, came), name=name)


def loop(step: Callable[[], object], wake: threading.Event, stop: threading.Event, came: Callable[..., object]) -> None:
    """Works while there is work, then waits to be woken; a failing step is logged and tried again."""
    while not stop.is_set():
        wake.wait(IDLE)
        wake.clear()
        busy: object = True
        while busy and not stop.is_set():
            busy = sweep(step, "loop")
            came(well=busy is not None)


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
