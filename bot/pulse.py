"""Whether each sweep and loop of a worker still comes round, by the monotonic clock: no other one speaks for it."""

import time
from collections.abc import Callable

_FAILING = 60.0  # seconds without a success after which a sweep that comes round is said to fail


class Pulse:
    """``within`` are the seconds in which each must come round; what fails each time comes round too, without a
    success."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._now = monotonic
        self._within: dict[str, float] = {}
        self._round: dict[str, float] = {}
        self._well: dict[str, float] = {}

    def expect(self, name: str, within: float) -> None:
        self._within[name] = within
        self._round[name] = self._well[name] = self._now()

    def came(self, name: str, *, well: bool) -> None:
        self._round[name] = self._now()
        if well:
            self._well[name] = self._round[name]

    def stuck(self) -> list[str]:
        """Those that hang, or that nobody runs any more."""
        now = self._now()
        return [name for name, within in self._within.items() if now - self._round[name] > within]

    def failing(self) -> list[str]:
        """Those that come round and have not succeeded for a minute, though more often due."""
        ended, within = self._round, self._within
        return [name for name in within if ended[name] - self._well[name] > max(_FAILING, within[name])]
