"""Ladders: who is asked, how and when, until somebody has it (sla.md section 6); ``[[ladder]]`` of the policy file.

A page keeps the ladder it began with (``oncall.pages``), so that an edit never breaks one that is climbing.
"""

import itertools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any

from oncall.people import CHANNELS, EVERYBODY, ROLES
from sla.durations import PolicyError, duration, written

LADDERS = ("response", "engineering", "promise")
MENTION = "mention"  # the person's name in the ticket's topic: seen by who looks, wakes nobody
WAYS = (MENTION, *CHANNELS)
_KEYS, _STEP = {"name", "repeat", "alarm", "rearm", "steps"}, {"after", "roles", "channels"}
_EXAMPLE = (
    '[[ladder]] name = "response", repeat = "15 min", alarm = "5 min", rearm = "10 min", '
    'steps = [{ after = "0 min", roles = ["primary"], channels = ["sms"] }]'
)


@dataclass(frozen=True, slots=True)
class Step:
    """``after`` counts from the page's beginning; everybody of ``roles`` is asked on all ``channels`` at once."""

    after: timedelta
    roles: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ladder:
    """``alarm`` after the last step the ladder is exhausted; ``repeat`` after it everybody named is asked again, for
    ever; who has it and does nothing for ``rearm`` has it no longer."""

    name: str
    steps: tuple[Step, ...]
    repeat: timedelta
    alarm: timedelta
    rearm: timedelta

    @property
    def again(self) -> Step:
        """What a repeat asks: everybody the ladder names, on every channel it names."""
        last = self.steps[-1].after
        roles = dict.fromkeys(role for step in self.steps for role in step.roles)
        channels = dict.fromkeys(channel for step in self.steps for channel in step.channels)
        return Step(last + self.repeat, tuple(roles), tuple(channels))

    def offset(self, rung: int) -> timedelta:
        """When a rung is due, from the beginning: the steps, then the alarm, then one repeat after the other."""
        steps, last = len(self.steps), self.steps[-1].after
        if rung < steps:
            return self.steps[rung].after
        return last + self.alarm if rung == steps else last + self.repeat * (rung - steps)


def read_ladders(rows: Any) -> dict[str, Ladder]:
    """Checks and types ``[[ladder]]``; what the file leaves out is as it ships. Raises PolicyError with an example."""
    if not isinstance(rows, list):
        raise PolicyError(f"ladder: each is a table under double brackets; example: {_EXAMPLE}")
    own: dict[str, Ladder] = {}
    for number, row in enumerate(rows, 1):
        ladder = _ladder(row, f"ladder {number}")
        if ladder.name in own:
            raise PolicyError(f"ladder {number}: a second ladder {ladder.name!r}; keep one of them")
        own[ladder.name] = ladder
    return own if len(own) == len(LADDERS) else {**_shipped(), **own}


@cache
def _shipped() -> Mapping[str, Ladder]:
    rows = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text(encoding="utf-8"))["ladder"]
    return {row["name"]: _ladder(row, row["name"]) for row in rows}


def _ladder(row: Any, place: str) -> Ladder:
    _known(row, _KEYS, place)
    name = row["name"]
    if name not in LADDERS:
        raise PolicyError(f"{place}: unknown ladder {name!r}; it is one of {', '.join(LADDERS)}; example: {_EXAMPLE}")
    place = f"{place} ({name})"
    repeat, alarm, rearm = (duration(row[key], f"{place} {key}") for key in ("repeat", "alarm", "rearm"))
    if alarm >= repeat:
        raise PolicyError(
            f"{place} alarm: {written(alarm)} is not before repeat, {written(repeat)}; example: {_EXAMPLE}"
        )
    return Ladder(name, _steps(row["steps"], place), repeat, alarm, rearm)


def _steps(rows: Any, place: str) -> tuple[Step, ...]:
    if not isinstance(rows, list) or not rows:
        raise PolicyError(f"{place} steps: there is none, so it ends in nobody; example: {_EXAMPLE}")
    steps = tuple(_step(row, f"{place} step {number}") for number, row in enumerate(rows, 1))
    for number, (before, step) in enumerate(itertools.pairwise(steps), 2):
        if step.after <= before.after:
            wrong = f"after {_minutes(step.after)} does not come after {_minutes(before.after)}, the step before it"
            raise PolicyError(f'{place} step {number}: {wrong}; write them ascending: "0 min", "2 min", "5 min"')
    if steps[0].after:
        raise PolicyError(f'{place} step 1: the first is asked at once; write it like after = "0 min"')
    if set(steps[-1].channels) == {MENTION}:
        raise PolicyError(f"{place}: it ends in nobody: a mention wakes no one; example of a last step: "
                          '{ after = "15 min", roles = ["everybody"], channels = ["sms", "voice"] }')  # fmt: skip
    return steps


def _step(row: Any, place: str) -> Step:
    _known(row, _STEP, place)
    zero = row["after"] in ("0 s", "0 min", "0 h")
    after = timedelta(0) if zero else duration(row["after"], f"{place} after")
    roles = _names(row["roles"], (*ROLES, EVERYBODY), f"{place} roles")
    return Step(after, roles, _names(row["channels"], WAYS, f"{place} channels"))


def _minutes(after: timedelta) -> str:
    return written(after) if after else "0 min"


def _names(values: Any, known: tuple[str, ...], place: str) -> tuple[str, ...]:
    if not isinstance(values, list) or not values:
        raise PolicyError(f'{place}: nobody and nothing; write a list like ["{known[0]}"]; known: {", ".join(known)}')
    unknown = [value for value in values if value not in known]
    if unknown:
        raise PolicyError(f'{place}: unknown {unknown[0]!r}; known: {", ".join(known)}; example: ["{known[0]}"]')
    return tuple(dict.fromkeys(values))


def _known(row: Any, keys: set[str], place: str) -> None:
    if not isinstance(row, Mapping):
        raise PolicyError(f"{place}: it is a table; example: {_EXAMPLE}")
    missing, unknown = sorted(keys - set(row)), sorted(set(row) - keys)
    if missing or unknown:
        wrong = f"{', '.join(missing)} is missing" if missing else f"unknown {', '.join(unknown)}"
        raise PolicyError(f"{place}: {wrong}; example: {_EXAMPLE}")
