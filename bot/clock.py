"""Business time: the database's clock, mapped through CLOCK_FILE when a rehearsal asks for it."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.claims import Database


class Clock:
    """Gives aware UTC moments without asking the database each time.

    It samples the database's clock and counts on with the machine's monotonic one, so a step of the machine's
    wall clock moves nothing. ``CLOCK_FILE`` holds ``{"real": utc, "shows": utc, "rate": 1.0}``.
    """

    def __init__(self, db: Database, file: Path | None = None) -> None:
        self._db, self._file = db, file
        self._lock = threading.Lock()
        self._sampled: tuple[float, datetime] | None = None
        self._stamp: int | None = None
        self._map: tuple[datetime, datetime, float] | None = None

    @property
    def rehearsing(self) -> bool:
        return self._file is not None

    def sample(self) -> None:
        """Reads the database's clock and the rehearsal file again; each tick of the worker does."""
        with self._db.reading() as session:
            moment = self._db.real_now(session)
        with self._lock:
            self._sampled = (time.monotonic(), moment)
            self._read_file()

    def real(self) -> datetime:
        """The database's clock as of now, for leases, back-off and health."""
        sampled = self._sampled
        if sampled is None or time.monotonic() - sampled[0] > 60:
            self.sample()
            sampled = self._sampled
        assert sampled is not None
        return sampled[1] + timedelta(seconds=time.monotonic() - sampled[0])

    def now(self) -> datetime:
        """Business time: what due times, promises and windows go by."""
        real = self.real()
        if self._file is not None:
            with self._lock:
                self._read_file()
        if self._map is None:
            return real
        at, shows, rate = self._map
        return shows + (real - at) * rate

    def _read_file(self) -> None:
        if self._file is None:
            return
        try:
            stamp = self._file.stat().st_mtime_ns
            data = json.loads(self._file.read_text()) if stamp != self._stamp else None
        except (FileNotFoundError, json.JSONDecodeError):
            return  # not there yet, or being written this moment: the last mapping stands
        if data is None:
            return
        self._map = (_utc(data["real"]), _utc(data["shows"]), float(data.get("rate", 1.0)))
        self._stamp = stamp


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"CLOCK_FILE: {text!r} has no offset; write it like 2026-11-28T13:00:00+00:00")
    return moment.astimezone(UTC)
