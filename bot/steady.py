"""The clock of an installation on SQLite: it goes on evenly though somebody sets this machine's clock.

Processes of one machine share its time since boot, and the database what that stands for. A clock that was set is
followed by a tenth of the time that passes, so leases, back-off and promises neither lapse at once nor stand still.
"""

import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from models import Anchor

_MICRO = 1_000_000
_SLOWLY = 0.1
_BOOTING = 600.0  # seconds after boot in which the time servers are still being asked, and believed at once
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def moment(session: Session) -> datetime:
    """Now, aware UTC; the wall clock where no worker has ever ticked since boot."""
    anchor = session.get(Anchor, boot(), populate_existing=True)
    return (
        datetime.fromtimestamp(uptime() + anchor.offset / _MICRO, UTC)
        if anchor
        else datetime.fromtimestamp(wall(), UTC)
    )


def follow(session: Session) -> float:
    """Moves our time towards the wall clock; the seconds that are still between them. Each tick of a worker does."""
    passed, told = uptime(), wall()
    anchor = session.get(Anchor, boot(), with_for_update=True, populate_existing=True)
    if anchor is None:
        session.add(Anchor(boot=boot(), offset=_micros(told - passed), followed_at=_micros(passed)))
        return 0.0
    apart = told - passed - anchor.offset / _MICRO
    most = (passed - anchor.followed_at / _MICRO) * _SLOWLY if passed > _BOOTING else abs(apart)
    step = max(-most, min(most, apart))
    anchor.offset, anchor.followed_at = anchor.offset + _micros(step), _micros(passed)
    return apart - step


def adopt(session: Session) -> None:
    """Takes the wall clock as it is: somebody says that it is right."""
    anchor = session.get(Anchor, boot())
    if anchor is not None:
        anchor.offset = _micros(wall() - uptime())


def wall() -> float:
    """This machine's clock, which people and time servers set: seconds since 1970."""
    return time.time()


@cache
def boot() -> str:
    """Names this boot of this machine; elsewhere than on Linux only the process's own."""
    return _BOOT.read_text().strip() if _BOOT.exists() else f"since {time.time() - time.monotonic():.0f}"


def uptime() -> float:
    """Seconds since boot, sleep included where the system counts it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _micros(seconds: float) -> int:
    return round(seconds * _MICRO)
