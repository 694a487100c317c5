"""The policy file: what we promise, by (tier, severity). Source: sla.md sections 1 and 2."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla import batches, calendar_form, terms
from sla.batches import Batches
from sla.calendars import Calendar, CalendarError
from sla.durations import PolicyError, duration
from sla.terms import EXAMPLE, Target, Terms
from sla.zones import zone

TIERS = ("free", "pro", "agency")
SEVERITIES = (1, 2, 3)
_CLOCKS = {
    "acknowledge_urgent": "10 s",
    "acknowledge": "25 s",
    "escalation_sev1": "5 min",
    "escalation_sev2": "15 min",
    "silence_margin": "5 min",
    "silence_free": "24 h",
    "holding": "30 min",
}


@dataclass(frozen=True, slots=True)
class Policies:
    """One version of the whole policy; ``version`` is kept on every event and clock.

    ``hotline`` are the terms inside a hotline window, whatever the severity. ``clocks`` holds the short fixed
    times by their names in the file's ``[clocks]``.
    """

    version: str
    support_zone: ZoneInfo
    grace: timedelta
    terms: Mapping[tuple[str, int], Terms]
    hotline: Terms
    batches: Batches
    clocks: Mapping[str, timedelta]
    calendars: Mapping[str, Calendar] = field(default_factory=dict)

    def promised(self, tier: str, severity: int, hotline: bool = False) -> Terms:
        """The terms of a ticket; inside a hotline window those of the hotline."""
        return self.hotline if hotline else self.terms[(tier, severity)]

    def acknowledge(self, severity: int, hotline: bool = False) -> Target:
        """The bot's receipt (ACK)."""
        return Target(self.clocks["acknowledge_urgent" if severity == 1 or hotline else "acknowledge"])

    def escalation(self, severity: int) -> Target | None:
        """How soon an escalation is acknowledged (EACK); None for SEV3, which is never escalated."""
        return Target(self.clocks[f"escalation_sev{severity}"]) if severity < SEVERITIES[-1] else None

    def silence(self, tier: str, severity: int, hotline: bool = False) -> Target | None:
        """The longest a SEV1 or SEV2 customer hears nothing: the update interval and a margin (sla.md section 2)."""
        if severity == SEVERITIES[-1]:
            return None
        update = self.promised(tier, severity, hotline).update
        if tier == TIERS[0] or update is None:
            return Target(self.clocks["silence_free"])
        return Target(update.target + self.clocks["silence_margin"], None, update.calendar, update.hours)


Book = Callable[[str], Policies]  # the policy of a version


def read(data: Mapping[str, Any], version: str) -> Policies:
    """Checks and types the parsed TOML. Raises PolicyError naming the entry, what is wrong and an example."""
    support_zone = _zone(data.get("support_zone", "Europe/Madrid"))
    calendars = _calendars(data.get("calendars", {}), support_zone.key)
    return Policies(
        version=version,
        support_zone=support_zone,
        grace=duration(data.get("grace", "15 min"), "grace"),
        terms=_rows(data.get("policy", []), calendars),
        hotline=_hotline(data.get("hotline", {}), calendars),
        batches=batches.read(data.get("batch", {}), support_zone),
        clocks=_short(data.get("clocks", {})),
        calendars=calendars,
    )


def _zone(name: object) -> ZoneInfo:
    try:
        return zone(str(name))
    except ZoneInfoNotFoundError as error:
        raise PolicyError(f'support_zone: {name!r} is no IANA time zone; write it like "Europe/Madrid"') from error


def _calendars(forms: Any, support_zone: str) -> dict[str, Calendar]:
    """The calendars that ship (``sla/calendars.toml``) and the file's own, which replace those of the same name."""
    if not isinstance(forms, Mapping):
        raise PolicyError("calendars: each is a table of its own; example: [calendars.support] always = true")
    shipped = tomllib.loads(resources.files("sla").joinpath("calendars.toml").read_text())
    found = {}
    for name, form in {**shipped, **forms}.items():
        try:
            found[name] = calendar_form.read(form, support_zone)
        except CalendarError as error:
            raise PolicyError(f"[calendars.{name}] {error}") from error
    return found


def _rows(rows: Any, calendars: Mapping[str, Calendar]) -> dict[tuple[str, int], Terms]:
    if not isinstance(rows, list):
        raise PolicyError(f"policy: each promise is a table under double brackets; example: {EXAMPLE}")
    found: dict[tuple[str, int], Terms] = {}
    for number, row in enumerate(rows, 1):
        place = f"policy {number}"
        key = _key(row, place)
        if key in found:
            raise PolicyError(f"{place}: a second policy for {key[0]} SEV{key[1]}; keep one of them")
        found[key] = terms.read(row, place, calendars)
    missing = [f"{tier} SEV{severity}" for tier in TIERS for severity in SEVERITIES if (tier, severity) not in found]
    if missing:
        raise PolicyError(f"no policy for {', '.join(missing)}; example: {EXAMPLE}")
    return found


def _key(row: Any, place: str) -> tuple[str, int]:
    try:
        tier, severity = row["tier"], row["severity"]
    except (KeyError, TypeError) as error:
        raise PolicyError(f"{place}: {error} is missing; example: {EXAMPLE}") from error
    if tier not in TIERS or severity not in SEVERITIES:
        raise PolicyError(f"{place}: unknown tier or severity {tier!r}, {severity!r}; example: {EXAMPLE}")
    return tier, severity


def _hotline(table: Any, calendars: Mapping[str, Calendar]) -> Terms:
    """``[hotline.promises]``: always open, whatever calendar the tier has; ``[hotline]`` itself is for ``oncall``."""
    table = table.get("promises", {}) if isinstance(table, Mapping) else table
    if not isinstance(table, Mapping):
        raise PolicyError('hotline.promises: it is a table; example: [hotline.promises] update = "15 min"')
    shipped = {"first_response": {"target": "5 min", "limit": "15 min"}, "update": "15 min"}
    if "calendar" in table:
        raise PolicyError("hotline.promises: unknown calendar; a hotline never closes, so leave it out")
    return terms.read({**shipped, **table}, "hotline.promises", calendars)


def _short(table: Any) -> dict[str, timedelta]:
    if not isinstance(table, Mapping) or set(table) - set(_CLOCKS):
        known = ", ".join(sorted(_CLOCKS))
        raise PolicyError(f'clocks: it is a table of {known}; example: [clocks] acknowledge = "25 s"')
    return {name: duration(table.get(name, shipped), f"clocks {name}") for name, shipped in _CLOCKS.items()}
