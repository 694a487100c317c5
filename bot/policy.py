"""The policy file as the program starts with it: promises, pulse of a burst, budgets, ladders, hotline rules."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from importlib import resources
from pathlib import Path
from typing import Any

from bot.budgets import Budgets, read_budgets
from bot.templates import Templates, read_templates
from conversations.events import Pace
from oncall.bundles import Throttle, read_throttle
from oncall.hotline import Rules
from oncall.ladders import Ladder, read_ladders
from oncall.rules import read_rules
from sla import Policies, PolicyError, read
from sla.policies import duration

_TABLES = {"support_zone", "grace", "conversation", "budgets", "calendars", "policy", "ladder", "paging", "hotline"} | {
    "templates"
}


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One version of the policy file, each table read by the part it belongs to; ``text`` is the file as it was."""

    policies: Policies
    pace: Pace
    budgets: Budgets
    ladders: Mapping[str, Ladder]
    throttle: Throttle
    hotline: Rules
    templates: Templates
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
        pace, budgets = _pace(data.get("conversation", {})), read_budgets(data.get("budgets", {}))
        templates = read_templates(data.get("templates", {}))
        ladders, throttle = read_ladders(data.get("ladder", [])), read_throttle(data.get("paging", {}))
        hotline = read_rules(data.get("hotline", {}))
        return PolicyFile(read(data, version), pace, budgets, ladders, throttle, hotline, templates, text)
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
