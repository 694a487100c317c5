"""The policy file as the program starts with it: promises, pulse of a burst, budgets, ladders, hotline rules."""

import hashlib
import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import structlog

from bot.budgets import Budgets, read_budgets
from bot.claims import Database
from bot.incidents.rules import read_incidents
from bot.patience import Patience
from bot.routes import Route, read_groups
from bot.templates import Templates, read_templates
from conversations.events import Pace
from models import Policy
from oncall.bundles import Throttle, read_throttle
from oncall.hotline import Rules
from oncall.ladders import Ladder, read_ladders
from oncall.rules import read_rules
from oncall.stillness import Stillness, read_stillness
from sla import Policies, PolicyError, read
from sla.durations import duration
from triage.incidents import Rules as Incidents

log = structlog.get_logger()

_TABLES = {"support_zone", "grace", "conversation", "desk", "groups", "calendars", "policy", "batch", "clocks"} | {
    "budgets",
    "ladder",
    "paging",
    "hotline",
    "incidents",
    "templates",
    "inbound",
}


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One version of the policy file, each table read by the part it belongs to; ``text`` is the file as it was."""

    policies: Policies
    pace: Pace
    patience: Patience
    budgets: Budgets
    ladders: Mapping[str, Ladder]
    throttle: Throttle
    hotline: Rules
    templates: Templates
    incidents: Incidents
    groups: tuple[Route, ...]
    stillness: Stillness
    text: str


class PolicyBook:
    """The policy of any version: the running one, and those that open promises were made under (sla.md rule 7)."""

    def __init__(self, db: Database, running: PolicyFile) -> None:
        self._db, self._running = db, running
        self._known = {"": running.policies, running.policies.version: running.policies}

    def __call__(self, version: str) -> Policies:
        """The policy as it was kept; one that nobody kept is the running one, which is logged."""
        if version not in self._known:
            with self._db.reading() as session:
                kept = session.get(Policy, version)
            if kept is None:
                log.error("policy_not_kept", version=version)
            self._known[version] = read(tomllib.loads(kept.text), version) if kept else self._running.policies
        return self._known[version]

    def keep(self, now: datetime) -> None:
        """Keeps the running file's text under its version, once."""
        values = {"version": self._running.policies.version, "text": self._running.text, "kept_at": now}
        with self._db.writing() as session:
            self._db.insert_once(session, Policy, values, ("version",))


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
        pace, patience, budgets = _pace(data), _patience(data), read_budgets(data.get("budgets", {}))
        templates = read_templates(data.get("templates", {}))
        ladders, throttle = read_ladders(data.get("ladder", [])), read_throttle(data.get("paging", {}))
        hotline, incidents = read_rules(data.get("hotline", {})), read_incidents(data.get("incidents", {}))
        groups, policies = read_groups(data.get("groups", [])), read(data, version)
        stillness = read_stillness(data.get("inbound", {}), policies.calendars)
        return PolicyFile(
            policies, pace, patience, budgets, ladders, throttle, hotline, templates, incidents, groups, stillness, text
        )
    except (PolicyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"{file}: {error}") from error


T = TypeVar("T")


def _durations(kind: Callable[..., T], names: Collection[str], data: dict[str, Any], table: str, example: str) -> T:
    """A value made of one table of durations."""
    found = data.get(table, {})
    if not isinstance(found, dict):
        raise PolicyError(f"{table}: it is a table; example: [{table}] {example}")
    unknown = sorted(f"{table}.{key}" for key in set(found) - set(names))
    if unknown:
        raise PolicyError(f"unknown {', '.join(unknown)}; the table knows {', '.join(sorted(names))}")
    return kind(**{name: duration(value, f"[{table}] {name}") for name, value in found.items()})


def _pace(data: dict[str, Any]) -> Pace:
    return _durations(Pace, [field.name for field in fields(Pace)], data, "conversation", 'quiet = "8 s"')


def _patience(data: dict[str, Any]) -> Patience:
    read = _durations(Patience, [field.name for field in fields(Patience)], data, "desk", 'nudge = "20 min"')
    for nudge, returns in (("nudge", "returns"), ("urgent_nudge", "urgent_returns")):
        if getattr(read, nudge) >= getattr(read, returns):
            raise PolicyError(
                f'[desk] {nudge} comes before {returns}; example: {nudge} = "5 min", {returns} = "10 min"'
            )
    return read
