"""Faults that can be switched on for a provider's methods, webhooks and destinations."""

import random
from dataclasses import asdict, dataclass, fields
from typing import Any

ACTIONS = {
    "latency": "answer `seconds` later",
    "timeout_after_accept": "do the work, then never answer (the connection is held `seconds`, then dropped)",
    "drop_before": "close the connection before doing anything",
    "drop_after_accept": "do the work, then close the connection without an answer",
    "status": "answer the HTTP status `status` without doing the work (429 with `retry_after`)",
    "duplicate": "webhooks only: post each one `times_each` times at once",
    "reorder": "webhooks only: hold each one a random time up to `seconds`, outside the usual order",
    "delay": "webhooks only: hold each one `seconds`",
    "silence": "webhooks only: never post it",
}


@dataclass
class Fault:
    """One rule: which calls it meets, what it does to them, how often.

    ``provider`` is twilio, telegram or mail; ``flow`` is call or webhook; ``method`` is the
    Telegram method, the Twilio resource (``Messages.create``) or the webhook kind
    (``message``, ``status``, ``voice``, ``update``); ``destination`` is an address or chat id.
    Empty means any. It applies ``times`` times (-1: until removed), each with ``probability``.
    """

    action: str
    provider: str = ""
    flow: str = "call"
    method: str = ""
    destination: str = ""
    times: int = 1
    probability: float = 1.0
    seconds: float = 0.0
    status: int = 500
    retry_after: int = 1
    times_each: int = 2
    id: int = 0

    def meets(self, provider: str, flow: str, method: str, destination: str) -> bool:
        return (
            self.times != 0
            and self.provider in ("", provider)
            and self.flow == flow
            and self.method in ("", method)
            and self.destination in ("", destination)
        )


class Faults:
    """The switched-on faults; every roll of the dice comes from the world's seed."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._rules: list[Fault] = []
        self._next = 1

    def add(self, data: dict[str, Any]) -> Fault:
        """Switches one on. Raises ValueError naming the unknown action or field."""
        unknown = set(data) - {f.name for f in fields(Fault)}
        if unknown or data.get("action") not in ACTIONS:
            raise ValueError(
                f"unknown fault {sorted(unknown) or data.get('action')!r}; actions: {', '.join(ACTIONS)}; "
                'example: {"action": "status", "status": 429, "provider": "telegram", "method": "sendMessage"}'
            )
        fault = Fault(**data)
        fault.id, self._next = self._next, self._next + 1
        self._rules.append(fault)
        return fault

    def remove(self, number: int | None = None) -> None:
        self._rules = [rule for rule in self._rules if number is not None and rule.id != number]

    def all(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def take(self, provider: str, flow: str, method: str, destination: str) -> Fault | None:
        """The first fault that meets this call now, used up by one; None if it goes through."""
        for rule in self._rules:
            if rule.meets(provider, flow, method, destination) and self._dice.random() < rule.probability:
                if rule.times > 0:
                    rule.times -= 1
                return rule
        return None
