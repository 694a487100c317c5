"""The policy file's ``[[groups]]``: further agent groups, and which tickets go to each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conversations.phrases import books
from sla import PolicyError
from sla.policies import TIERS
from triage.kinds import Category

MAIN = "main"  # TELEGRAM_AGENT_CHAT_ID, where all goes that is routed nowhere else
_EXAMPLE = '[[groups]] name = "pagos", chat = -1001234567891, languages = ["es"], categories = ["payment"]'
_LISTS = ("tiers", "categories", "languages")


@dataclass(frozen=True, slots=True)
class Route:
    """One group. A ticket goes there if it fits each list that is not empty; with all three empty none goes there by
    itself."""

    name: str
    chat: int
    tiers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def takes(self, tier: str, category: str, language: str) -> bool:
        asked = ((self.tiers, tier), (self.categories, category), (self.languages, language))
        return any(wanted for wanted, _ in asked) and all(not wanted or value in wanted for wanted, value in asked)


def read_groups(rows: Any) -> tuple[Route, ...]:
    """Checks and types ``[[groups]]``. Raises PolicyError naming the group, the key, what is wrong and an example."""
    if not isinstance(rows, list):
        raise PolicyError(f"groups: each is a table under double brackets; example: {_EXAMPLE}")
    found: list[Route] = []
    for number, row in enumerate(rows, 1):
        route = _route(row, f"groups {number}")
        if any(route.name == other.name or route.chat == other.chat for other in found):
            raise PolicyError(f"groups {number} ({route.name}): a second group of this name or chat; keep one of them")
        found.append(route)
    return tuple(found)


def _route(row: Any, place: str) -> Route:
    if not isinstance(row, Mapping):
        raise PolicyError(f"{place}: it is a table; example: {_EXAMPLE}")
    missing, unknown = sorted({"name", "chat"} - set(row)), sorted(set(row) - {"name", "chat", *_LISTS})
    if missing or unknown:
        wrong = f"{', '.join(missing)} is missing" if missing else f"unknown {', '.join(unknown)}"
        raise PolicyError(f"{place}: {wrong}; example: {_EXAMPLE}")
    name, chat = row["name"], row["chat"]
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9-]{1,20}", name) or name == MAIN:
        raise PolicyError(
            f"{place} name: {name!r} is no name; it has 1 to 20 of a-z 0-9 - and is not {MAIN}; example: {_EXAMPLE}"
        )
    place = f"{place} ({name})"
    if type(chat) is not int or chat >= 0:
        raise PolicyError(f"{place} chat: {chat!r} is no group's id, which is a number below 0; example: {_EXAMPLE}")
    known = {"tiers": TIERS, "categories": tuple(one.value for one in Category), "languages": tuple(sorted(books()))}
    return Route(name, chat, *(_names(row.get(key, []), known[key], f"{place} {key}") for key in _LISTS))


def _names(values: Any, known: tuple[str, ...], place: str) -> tuple[str, ...]:
    if not isinstance(values, list):
        raise PolicyError(f'{place}: write a list like ["{known[0]}"]; known: {", ".join(known)}')
    unknown = [value for value in values if value not in known]
    if unknown:
        raise PolicyError(f'{place}: unknown {unknown[0]!r}; known: {", ".join(known)}; example: ["{known[0]}"]')
    return tuple(dict.fromkeys(values))
