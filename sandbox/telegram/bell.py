"""Wakes those who wait for a new update."""

import asyncio


class Bell:
    """Wakes a waiting getUpdates; ``pollers`` counts them, so that a newer one ends the older."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self.pollers = 0

    def ring(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._event.wait(), seconds)
        except TimeoutError:
            return
