"""The sandbox's two clocks: the real one, and the rehearsal clock that CLOCK_FILE steers."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path


def _parse(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no UTC offset; write it like 2026-11-28T13:00:00+00:00")
    return moment.astimezone(UTC)


class Clock:
    """Business time: the real clock mapped through ``{"real": utc, "shows": utc, "rate": 1.0}``.

    The file is read again when its modification time changes, so that the product and the
    sandbox, given the same file, show the same time. Time-outs and back-off stay on the real clock.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self._stamp: int | None = None
        self._checked = 0.0
        self._real = self._shows = datetime.now(UTC)
        self._rate = 1.0

    def real(self) -> datetime:
        return datetime.now(UTC)

    def now(self) -> datetime:
        """What the rehearsal clock shows, aware UTC; the real time without a file."""
        real = self.real()
        if self.path is None:
            return real
        if time.monotonic() - self._checked > 0.1:
            self._reread()
        return self._shows + (real - self._real) * self._rate

    def steer(self, shows: datetime, rate: float = 1.0) -> None:
        """Writes the clock file, so that from now on the clock shows ``shows`` and runs at ``rate``."""
        if self.path is None:
            raise ValueError("no clock file: start the sandbox with --clock FILE or CLOCK_FILE=FILE")
        data = {"real": self.real().isoformat(), "shows": shows.isoformat(), "rate": rate}
        swap = self.path.with_suffix(".new")
        swap.write_text(json.dumps(data))
        swap.replace(self.path)
        self._checked = 0.0

    def _reread(self) -> None:
        self._checked = time.monotonic()
        assert self.path is not None
        try:
            stamp = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return
        if stamp == self._stamp:
            return
        data = json.loads(self.path.read_text())
        self._real, self._shows = _parse(data["real"]), _parse(data["shows"])
        self._rate = float(data.get("rate", 1.0))
        self._stamp = stamp
