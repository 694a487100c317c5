"""``python -m tests.faults.wounded``: the worker, wounded as WOUND says, as no signal from outside could wound it.

``ticker``: the scheduler's thread ends without a word two seconds after the start. ``clock``: this machine's wall clock
is off by the seconds in the file CLOCK_OFF, which may change while the worker runs.
"""

import os
import sys
import threading
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from apscheduler.schedulers import background

import worker

OVERDUE = 1.0  # the watchdog's patience, shorter than in life so that a test need not wait for it


def main() -> None:
    if os.environ["WOUND"] == "ticker":
        _kill_the_ticker()
    else:
        _shift_the_clock(Path(os.environ["CLOCK_OFF"]))
    worker.main()


def _kill_the_ticker() -> None:
    worker.OVERDUE = OVERDUE
    whole = background.BackgroundScheduler._process_jobs
    ends = time.monotonic() + 2

    def dying(self: Any) -> Any:
        if time.monotonic() > ends and threading.current_thread() is not threading.main_thread():
            raise SystemExit
        return whole(self)

    background.BackgroundScheduler._process_jobs = dying


def _shift_the_clock(file: Path) -> None:
    """Whoever asks this process for the wall time gets the wrong one; the monotonic clock stays."""

    def off() -> float:
        return float(file.read_text() or 0)

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Wrong":
            return super().now(tz) + timedelta(seconds=off())

    right = time.time
    time.time = lambda: right() + off()
    for name, module in list(sys.modules.items()):
        if name.startswith(("bot.", "apscheduler.")) and getattr(module, "datetime", None) is datetime:
            module.datetime = Wrong  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
