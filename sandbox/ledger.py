"""The append-only record of every call, webhook and human act that crossed the sandbox."""

import asyncio
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.clock import Clock

Json = dict[str, Any]


@dataclass(slots=True)
class Entry:
    """One line of the ledger.

    ``flow`` is ``call`` (the product called a provider), ``webhook`` (a provider called the
    product), ``person`` (somebody typed, tapped or read), ``fault`` (a fault was applied) or
    ``unmodelled`` (the product asked for something the sandbox does not know).
    ``outcome`` is what the other side got: an HTTP status, or ``timeout``/``dropped``.
    """

    number: int
    real: str
    shows: str
    provider: str
    flow: str
    action: str
    destination: str = ""
    request: Json = field(default_factory=dict)
    outcome: int | str = ""
    response: Any = None
    rule: str = ""
    attempt: int = 1


class Ledger:
    """Entries are numbered from 1 without gaps and never change."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._grown = asyncio.Event()

    def append(self, provider: str, flow: str, action: str, **facts: Any) -> Entry:
        entry = Entry(
            number=len(self._entries) + 1,
            real=self._clock.real().isoformat(),
            shows=self._clock.now().isoformat(),
            provider=provider,
            flow=flow,
            action=action,
            **facts,
        )
        self._entries.append(entry)
        self._grown.set()
        self._grown = asyncio.Event()
        return entry

    def forget(self) -> None:
        """Begins again at 1."""
        self._entries.clear()

    @property
    def last(self) -> int:
        return len(self._entries)

    def after(self, number: int, **wanted: str) -> list[Json]:
        """The entries behind ``number`` whose fields equal every one of ``wanted``."""
        rows = self._entries[max(number, 0) :]
        return [asdict(row) for row in rows if all(str(getattr(row, k)) == v for k, v in wanted.items())]

    async def grown(self, number: int, wait: float) -> bool:
        """Waits at most ``wait`` real seconds for an entry behind ``number``."""
        if self.last > number or wait <= 0:
            return self.last > number
        try:
            await asyncio.wait_for(self._grown.wait(), wait)
        except TimeoutError:
            return False
        return True
