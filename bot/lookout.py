"""The web process's look at the workers: when none ticks, it raises the alarm and sends it itself."""

import os
import socket
import time
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import func, select

from bot import alarm_to, deliver
from bot.alarms import raise_alarm
from bot.shell import Shell
from bot.sweeps import sweep
from models import Alarm, Worker

log = structlog.get_logger()
SILENT = timedelta(seconds=30)  # without a tick of any worker: longer than a restart takes
_EVERY = 5.0


def keep_looking(shell: Shell) -> None:
    """Never returns; a process that has just begun gives the workers the same time to begin."""
    owner = f"web:{socket.gethostname()}:{os.getpid()}"
    time.sleep(SILENT.total_seconds())
    while True:
        sweep(partial(look, shell, owner), "lookout")
        time.sleep(_EVERY)


def look(shell: Shell, owner: str) -> None:
    """One look. The alarm goes through the outbox like all else; only who sends it is another."""
    shell.clock.sample()
    now = shell.clock.real()
    with shell.db.reading() as session:
        last: datetime | None = session.scalar(select(func.max(Worker.ticked_at)))
    if last is not None and now - last <= SILENT:
        return
    since = f"since {last:%H:%M:%S} UTC" if last else "since it was set up"
    words = (
        f"No worker has ticked {since}: messages are kept, but nobody answers, relays or keeps the promises. "
        "Start `python -m worker`."
    )
    with shell.db.writing() as session:
        raise_alarm(shell, session, alarm_to.NOBODY, words)
    with shell.db.reading() as session:
        told = session.scalar(select(Alarm.delivery_id).where(Alarm.key == alarm_to.NOBODY))
        owed = [*([told] if told is not None else []), *alarm_to.owed(session, alarm_to.NOBODY)]
    for number in owed:
        deliver.deliver_one(shell, owner, number)
