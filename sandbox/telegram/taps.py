"""Presses of inline buttons: each is answered at most once, and only for a while."""

import random
from dataclasses import dataclass
from datetime import datetime

from sandbox.ledger import Json
from sandbox.telegram.errors import BOT_API, bad
from sandbox.telegram.updates import CALLBACK


@dataclass(slots=True)
class Tap:
    """``answer`` is what the bot showed the person; None as long as it said nothing."""

    id: str
    user_id: int
    at: datetime
    answer: Json | None = None


class Taps:
    """Callback queries by id."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._taps: dict[str, Tap] = {}

    def press(self, user_id: int, at: datetime) -> Tap:
        tap = Tap(str(self._dice.randrange(10**17, 10**18)), user_id, at)
        self._taps[tap.id] = tap
        return tap

    def find(self, number: str) -> Tap:
        """Raises KeyError for an id nobody pressed."""
        return self._taps[number]

    def answer(self, number: str, answer: Json, now: datetime) -> None:
        """Raises Refused for an unknown, answered or too old query: 150 s (Client.cpp, callback expiry)."""
        tap = self._taps.get(number)
        if tap is None or tap.answer is not None or now - tap.at > CALLBACK:
            raise bad("query is too old and response timeout expired or query ID is invalid", BOT_API)
        tap.answer = answer
