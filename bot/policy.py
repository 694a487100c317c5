"""The policy file as the program starts with it: promises for ``sla``, the pulse of a burst for ``conversations``."""

import hashlib
import tomllib
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

from conversations.events import Pace
from sla import Policies, PolicyError, read
from sla.policies import duration

_TABLES = {"support_zone", "grace", "conversation", "calendars", "policy"}


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One version of the policy file, each table read by the part it belongs to; ``text`` is the file as it was."""

    policies: Policies
    pace: Pace
    text: str


def read_policy(path: Path | None) -> PolicyFile:
    """Reads and checks ``path``, or the file that ships. Raises PolicyError naming file, place and an example."""
    file = path or resources.files("sla").joinpath("default.toml")
    try:
        text = file.read_text(encoding="utf-8")
        data = tomllib.loads(text)
        unknown = sorted(set(data) - _TABLES)
        if unknown:
            raise PolicyError(f"unknown {', '.join(unknown)}; the file knows {', '.join(sorted(_TABLES))}")
        version = hashlib.sha256(text.encode()).hexdigest()[:12]
        pace = _pace(data.get("conversation", {}))
        return PolicyFile(read(data, version), pace, text)
    except (PolicyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{file}: {error}") from error


def _pace(table: Any) -> Pace:
    if not isinstance(table, dict):
        raise PolicyError('conversation: it is a table; example: [conversation] quiet = "8 s"')
    known = {field.name for field in fields(Pace)}
    unknown = sorted(f"conversation.{key}" for key in set(table) - known)
    if unknown:
        raise PolicyError(f"unknown {', '.join(unknown)}; the table knows {', '.join(sorted(known))}")
    return Pace(**{name: duration(value, f"[conversation] {name}") for name, value in table.items()})
