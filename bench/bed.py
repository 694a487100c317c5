"""Where a measurement lies: its database, its directory, its size."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.databases import fresh
from tests.support.sandbox import ROOT
from tests.support.stack import LIFTED, SHIPPED, Stack, standing

# Providers that take everything at once: Telegram's flood limits and Twilio's rules lifted, no status callbacks.
WILLING = {"twilio": {"callback_delays": None, "rules": False}, "telegram": {"flood_limits": False}}


@dataclass(frozen=True)
class Bed:
    """``database`` is sqlite or postgresql; ``deliveries`` is the length of the drain."""

    database: str
    directory: Path
    quick: bool
    deliveries: int

    def size(self, full: int, quick: int) -> int:
        return quick if self.quick else full

    def place(self) -> Path:
        """A fresh directory."""
        return Path(tempfile.mkdtemp(dir=self.directory))

    @contextlib.contextmanager
    def stack(self) -> Iterator[Stack]:
        """Web, worker and sandbox on a fresh database, our budgets lifted too; ``bench`` is importable for what else is
        started beside them."""
        place = self.place()
        with standing(place, fresh(self.database, place), WILLING, LIFTED, PYTHONPATH=str(ROOT)) as stack:
            yield stack

    @contextlib.contextmanager
    def shipped(self) -> Iterator[Stack]:
        """The same with the budgets and the bursts that ship, against a Telegram that refuses what is too many."""
        place, willing = self.place(), {"twilio": WILLING["twilio"]}
        with standing(place, fresh(self.database, place), willing, SHIPPED, ("8 s", "20 s")) as stack:
            yield stack
