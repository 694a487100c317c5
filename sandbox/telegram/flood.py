"""Flood limits: 20 calls a minute to a group, 1 a second to a private chat, 30 a second in all."""

import time
from collections import deque

from sandbox.telegram.errors import FAQ, too_many

GROUP_CALLS, GROUP_WINDOW = 20, 60.0
ALL_CALLS, ALL_WINDOW = 30, 1.0
PRIVATE_BURST, PRIVATE_RATE = 3, 1.0


class Flood:
    """Sliding windows on the real clock; a refused call does not count."""

    def __init__(self, enabled: bool) -> None:
        self.enabled = enabled
        self._all: deque[float] = deque()
        self._groups: dict[int, deque[float]] = {}
        self._private: dict[int, tuple[float, float]] = {}

    def check(self, chat_id: int) -> None:
        """Raises Refused 429 if one more call to this chat would be too many now."""
        if not self.enabled:
            return
        now = time.monotonic()
        self._wait_for(self._all, ALL_CALLS, ALL_WINDOW, "30 calls a second in all")
        if chat_id < 0:
            calls = self._groups.setdefault(chat_id, deque())
            self._wait_for(calls, GROUP_CALLS, GROUP_WINDOW, "20 calls a minute to one group")
        elif self._tokens(chat_id, now) < 1:
            wait = (1 - self._tokens(chat_id, now)) / PRIVATE_RATE
            raise too_many(wait, f"1 call a second to a private chat, burst 3 ({FAQ})")

    def count(self, chat_id: int, calls: int = 1) -> None:
        """Notes ``calls`` successful sends, edits, topic creations, reactions or pins."""
        if not self.enabled:
            return
        now = time.monotonic()
        self._all.extend([now] * calls)
        if chat_id < 0:
            self._groups.setdefault(chat_id, deque()).extend([now] * calls)
        else:
            self._private[chat_id] = (self._tokens(chat_id, now) - calls, now)

    def _tokens(self, chat_id: int, now: float) -> float:
        left, at = self._private.get(chat_id, (float(PRIVATE_BURST), now))
        return min(PRIVATE_BURST, left + (now - at) * PRIVATE_RATE)

    @staticmethod
    def _wait_for(calls: deque[float], most: int, window: float, rule: str) -> None:
        now = time.monotonic()
        while calls and calls[0] <= now - window:
            calls.popleft()
        if len(calls) >= most:
            raise too_many(calls[len(calls) - most] + window - now, f"{rule} ({FAQ})")
