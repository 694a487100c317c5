"""Our texts kept at Twilio: which one in which language, from ``[templates]`` of the policy file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from conversations.phrases import books
from sla import PolicyError

READY = "answer_ready"  # the only one that goes out after the 24 hours, and so needs WhatsApp's approval
# What each is for, and the keys of its buttons as ``say:<key>``; the questions are phrases of the book.
TAPS: Mapping[str, tuple[str, ...]] = {
    READY: ("show_answer",),
    "closed": ("yes", "partly", "no"),
    "ask_same": ("still_broken", "something_new", "just_thanks"),
    "ask_stars": ("1", "2", "3", "4", "5"),
}
_EXAMPLE = f'{READY} = {{ en = "HX0123456789abcdef0123456789abcdef" }}'


@dataclass(frozen=True, slots=True)
class Templates:
    """Content SIDs by name and language."""

    sids: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def sid(self, name: str, language: str) -> str:
        """The one in the customer's language, else the English one; "" for none."""
        named = self.sids.get(name, {})
        return named.get(language.replace("_", "-").split("-")[0].lower()) or named.get("en", "")


def read_templates(table: Any) -> Templates:
    """Checks ``[templates]``. Raises PolicyError naming the place, what is wrong and an example."""
    if not isinstance(table, dict):
        raise PolicyError(f"templates: it is a table; example: [templates] {_EXAMPLE}")
    unknown = sorted(f"templates.{name}" for name in set(table) - set(TAPS))
    if unknown:
        raise PolicyError(f"unknown {', '.join(unknown)}; the table knows {', '.join(TAPS)}")
    return Templates({name: _languages(name, sids) for name, sids in table.items()})


def _languages(name: str, sids: Any) -> dict[str, str]:
    if not isinstance(sids, dict):
        raise PolicyError(f"templates.{name}: it names one Content SID a language; example: {_EXAMPLE}")
    for language, sid in sids.items():
        where = f"templates.{name}.{language}"
        if language not in books():
            raise PolicyError(f"{where}: {language!r} is no language we speak; they are {', '.join(sorted(books()))}")
        if not isinstance(sid, str) or not re.fullmatch(r"HX[0-9a-fA-F]{32}", sid):
            raise PolicyError(f"{where}: {sid!r} is no Content SID of Twilio; example: {_EXAMPLE}")
    return sids
