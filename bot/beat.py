"""Workers say that they are alive, and what else they see of time: a gap behind them, a clock that was set."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, update
from sqlalchemy.orm import Session

from bot.alarm_to import NOBODY
from bot.alarms import clear_alarm, raise_alarm
from bot.shell import Shell
from models import Worker

FAILING = "sweeps_failing"  # the alarm that workers tick and some of their work never succeeds
_OVER = "a worker ticks again and works on what was kept."
_LEAP = 60.0  # seconds by which a machine's clock is set, not adjusted
ALIVE = timedelta(seconds=15)  # a worker that said so this long ago still ticks; it does every two seconds
_FORGOTTEN = timedelta(days=1)  # without a tick
_GAP = timedelta(minutes=2)  # without any worker that is no mere restart


def beat(shell: Shell, name: str, failing: Sequence[str] = ()) -> None:
    """Says this worker is alive, by the database's clock, and which of its sweeps fail."""
    shell.clock.sample()
    now = shell.clock.real()
    with shell.db.writing() as session:
        known = {"name": name, "started_at": now, "ticked_at": now, "failing": ""}
        shell.db.insert_once(session, Worker, known, ("name",))
        worker = session.get_one(Worker, name)
        worker.ticked_at, worker.ended_at, worker.failing = now, None, ", ".join(failing)
        _alarm_of_clock(shell, session, shell.db.follow_clock(session))
        _alarm_of_sweeps(shell, session, now)
        clear_alarm(shell, session, NOBODY, _OVER)


def ended(shell: Shell, name: str) -> None:
    """Says this worker has finished and ticks no more; when it ticked last stays known."""
    with shell.db.writing() as session:
        session.execute(update(Worker).where(Worker.name == name).values(ended_at=shell.clock.real(), failing=""))


def ticking(now: datetime) -> ColumnElement[bool]:
    """Which workers live: those that ended as told do not, those that were killed still seem to for 15 s."""
    return and_(Worker.ticked_at > now - ALIVE, Worker.ended_at.is_(None))


def tidy(shell: Shell) -> None:
    """Forgets the workers of days past; the last one that ticked stays."""
    with shell.db.writing() as session:
        last = session.scalar(select(func.max(Worker.ticked_at)))
        old = Worker.ticked_at < shell.clock.real() - _FORGOTTEN
        session.execute(delete(Worker).where(old, Worker.ticked_at != last))


def resumed(shell: Shell) -> None:
    """Owns up to a time in which nothing ticked and nobody was left to say so."""
    shell.clock.sample()
    now = shell.clock.real()
    with shell.db.writing() as session:
        last = session.scalar(select(func.max(Worker.ticked_at)))
        if last is not None and now - last > _GAP:
            words = f"Nothing ran for {(now - last) // timedelta(minutes=1)} minutes, until now."
            if raise_alarm(shell, session, NOBODY, words):
                clear_alarm(shell, session, NOBODY, _OVER)


def _alarm_of_sweeps(shell: Shell, session: Session, now: datetime) -> None:
    """What fails in any worker that ticks; another's success does not cover it up."""
    session.flush()
    told = session.scalars(select(Worker.failing).where(ticking(now), Worker.failing != ""))
    names = sorted({name for failing in told for name in failing.split(", ")})
    if names:
        words = (
            f"A worker ticks, but this part of its work has failed for a minute or longer: {', '.join(names)}. The "
            "rest goes on. Its log says why (`sweep_failed`)."
        )
        raise_alarm(shell, session, FAILING, words)
    else:
        clear_alarm(shell, session, FAILING, "all parts of the workers' work succeed again.")


def _alarm_of_clock(shell: Shell, session: Session, apart: float) -> None:
    if abs(apart) > _LEAP:
        raise_alarm(
            shell,
            session,
            "clock_set",
            "This machine's clock was set by more than a minute. Promises and retries go on at their pace and follow "
            "it by a tenth of the time that passes. Is time synchronisation on (`timedatectl`)? If the new time is "
            "right, `flask release` takes it over at once.",
        )
    elif abs(apart) < 1:
        clear_alarm(shell, session, "clock_set", "the clock and this machine agree.")


def adopt_clock(shell: Shell) -> None:
    """An operator says that this machine's clock is right."""
    with shell.db.writing() as session:
        shell.db.adopt_clock(session)
