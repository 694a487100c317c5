"""The machine and the versions, without which no figure says anything."""

import os
import platform
import sqlite3
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from sqlalchemy import text

from bot.claims import Database

_PACKAGES = ("flask", "gunicorn", "sqlalchemy", "psycopg", "twilio", "python-telegram-bot", "httpx", "aiohttp")
_SETTINGS = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "wal_sync_method", "shared_buffers")


@dataclass(frozen=True)
class Machine:
    """``load`` is the load average of the last minute when the run began: above 0.5 somebody else was at work.
    ``fsync`` is the median of writing 4 KiB to the disk the databases lie on, in milliseconds."""

    cpu: str
    cores: int
    memory: float
    kernel: str
    python: str
    load: float
    fsync: float
    sqlite: str
    packages: dict[str, str]

    def line(self) -> str:
        return (
            f"{self.cores} x {self.cpu}, {self.memory:.0f} GiB, Linux {self.kernel}, Python {self.python}, "
            f"SQLite {self.sqlite}, fsync {self.fsync:.1f} ms, load {self.load:.1f} at the start"
        )

    def facts(self) -> dict[str, object]:
        return asdict(self)


def look() -> Machine:
    """This machine, now."""
    return Machine(
        cpu=_cpu(),
        cores=len(os.sched_getaffinity(0)),
        memory=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30,
        kernel=platform.release(),
        python=platform.python_version(),
        load=os.getloadavg()[0],
        fsync=_fsync(),
        sqlite=sqlite3.sqlite_version,
        packages={name: metadata.version(name) for name in _PACKAGES},
    )


def durability(url: str) -> dict[str, str]:
    """What the product's own connection says of itself: the settings on which durability and speed rest."""
    with Database(url).reading() as session:
        if url.startswith("sqlite"):
            return {name: str(session.scalar(text(f"PRAGMA {name}"))) for name in ("journal_mode", "synchronous")}
        rows = session.execute(
            text("SELECT name, setting FROM pg_settings WHERE name = ANY(:names)"), {"names": list(_SETTINGS)}
        )
        return {row[0]: row[1] for row in rows}


def _cpu() -> str:
    told = Path("/proc/cpuinfo").read_text()
    names = [line.partition(":")[2].strip() for line in told.splitlines() if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _fsync() -> float:
    took = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(50):
            began = time.perf_counter()
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000
