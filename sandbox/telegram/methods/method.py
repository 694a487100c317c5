"""One method of the Bot API: its name, what does it, and the parameters it knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.house import House
from sandbox.telegram.params import Params


@dataclass(frozen=True, slots=True)
class Method:
    """``run`` returns the result or an awaitable of it; ``flood``: the call counts against the flood limits."""

    name: str
    run: Callable[[House, Params], Any]
    params: frozenset[str] = frozenset()
    flood: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A result that comes with a ``description``, as of setWebhook."""

    result: Any
    description: str


def method(name: str, run: Callable[[House, Params], Any], params: str = "", flood: bool = False) -> Method:
    return Method(name, run, frozenset(params.split()), flood)
