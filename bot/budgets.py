"""The ``[budgets]`` of the policy file: how many calls a provider takes, and how spent ones come back (delivery.md)."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from importlib import resources
from typing import Any

from sla import PolicyError
from sla.durations import duration

_FREE = ("AnswerTap", "Fetch")  # Telegram counts sends, edits, topic creations, reactions and pins (tdlib/td#2592)
_UNLIMITED = "unlimited"
_TICKS = "[budgets] ticks"
_EXAMPLE = 'write it like { calls = 20, per = "60 s" }, { burst = 5, refill = "6 s" } or "unlimited"'
_TRAVEL = 1.02  # calls of one window reach the provider a little apart from how they left us


@dataclass(frozen=True, slots=True)
class Budget:
    """``calls`` tokens. Together: each comes back ``back`` after it was spent, a sliding window; else one after
    another, ``back`` apart. The last ``urgent`` are kept for SEV1; edits need at least ``edits`` left."""

    calls: int
    back: timedelta
    together: bool = True
    urgent: int = 0
    edits: int = 0

    def spent(self, out: Sequence[int], now: int) -> list[int]:
        """``out`` with one more token gone; moments in microseconds at which tokens come back, oldest first."""
        still, length = [moment for moment in out if moment > now], self.back // timedelta(microseconds=1)
        return sorted([*still, (now if self.together else max([now, *still])) + length])

    def opens(self, out: Sequence[int], now: int, needed: int) -> int:
        """From when on ``needed`` tokens are there: now, or the moment that brings the last of them back."""
        still = [moment for moment in out if moment > now]
        missing = needed - (self.calls - len(still))
        return now if missing <= 0 else still[missing - 1]


@dataclass(frozen=True, slots=True)
class Budgets:
    """A budget of None is unlimited. ``whatsapp``, ``sms`` and ``voice`` are for each number of ours.

    More than ``digest`` messages in a minute in one group are a storm. ``ticks``: how long a delivery tick waits
    for a better one; ``overview``: between two edits of a group's overview.
    """

    telegram: Budget | None = None
    telegram_group: Budget | None = None
    telegram_private: Budget | None = None
    whatsapp: Budget | None = None
    whatsapp_customer: Budget | None = None
    sms: Budget | None = None
    voice: Budget | None = None
    digest: int = 15
    ticks: timedelta = timedelta(0)
    overview: timedelta = timedelta(minutes=1)

    @property
    def lifted(self) -> bool:
        """Whether no call needs a token."""
        return not any(isinstance(getattr(self, field.name), Budget) for field in fields(self))

    def charged(self, kind: str, channel: str, destination: str, sender: str) -> list[tuple[str, Budget]]:
        """The buckets one call draws from, each by its name."""
        if kind in _FREE:
            return []
        chat = self.telegram_group if destination.startswith("-") else self.telegram_private
        theirs = {"telegram": chat, "whatsapp": self.whatsapp_customer}.get(channel)
        ours = {"telegram": self.telegram, "whatsapp": self.whatsapp, "sms": self.sms, "voice": self.voice}.get(channel)
        found = ((receiver(channel, destination), theirs), (f"{channel}<{sender}", ours))
        return [(name, budget) for name, budget in found if budget is not None]


def receiver(channel: str, destination: str) -> str:
    """The name of a destination's bucket; our own number's is written with ``<``. ``bot/turns.py`` says it in SQL."""
    return f"{channel}>{destination}"


def read_budgets(table: Any) -> Budgets:
    """Checks and types ``[budgets]``; what it leaves out is as in the file that ships. Raises PolicyError."""
    if not isinstance(table, Mapping):
        raise PolicyError('budgets: it is a table; example: [budgets] sms = { calls = 1, per = "1 s" }')
    known = {field.name for field in fields(Budgets)}
    if unknown := sorted(f"budgets.{key}" for key in set(table) - known):
        raise PolicyError(f"unknown {', '.join(unknown)}; the table knows {', '.join(sorted(known))}")
    shipped = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text(encoding="utf-8"))["budgets"]
    found = {**shipped, **table}
    digest, ticks = _count(found.pop("digest"), "[budgets] digest", least=1), duration(found.pop("ticks"), _TICKS)
    overview = duration(found.pop("overview"), "[budgets] overview")
    limits = {name: _budget(value, f"[budgets] {name}") for name, value in found.items()}
    return Budgets(digest=digest, ticks=ticks, overview=overview, **limits)


def _budget(value: Any, place: str) -> Budget | None:
    if value == _UNLIMITED:
        return None
    keys = set(value) if isinstance(value, Mapping) else set()
    kept = {"urgent", "edits"} if place.endswith(" telegram_group") else set()
    if keys - kept == {"calls", "per"}:
        calls = _count(value["calls"], f"{place} calls", least=1)
        urgent, edits = (_count(value.get(name, 0), f"{place} {name}", most=calls) for name in ("urgent", "edits"))
        window = duration(value["per"], f"{place} per") * _TRAVEL
        return _fitting(Budget(calls, window, urgent=urgent, edits=edits), place)
    if keys == {"burst", "refill"}:
        refill = duration(value["refill"], f"{place} refill")
        return Budget(_count(value["burst"], f"{place} burst", least=1), refill, together=False)
    raise PolicyError(f"{place}: {value!r} is no budget; {_EXAMPLE}")


def _fitting(budget: Budget, place: str) -> Budget:
    if budget.urgent >= budget.calls:
        raise PolicyError(
            f"{place} urgent: {budget.urgent} of {budget.calls} leave none for the rest; example: 6 of 20"
        )
    return budget


def _count(value: Any, place: str, least: int = 0, most: int = 1_000_000) -> int:
    if type(value) is not int or not least <= value <= most:
        raise PolicyError(f"{place}: {value!r} is no whole number from {least} to {most}; write it like 20")
    return int(value)
