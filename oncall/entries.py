"""One entry of the rota file, read key by key; each fault is said with its place and an example of right."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oncall.people import dialled
from sla.zones import instant, zone

_PERSON = '[[person]] name = "Lena", roles = ["primary"], phone = "+34600000011", telegram = 501, verified = true'
_ROTATION = (
    '[[rotation]] name = "support", role = "primary", people = ["Lena", "Tomas"], every = "week", '
    'starts = 2026-10-02, at = "09:00"'
)
_SPAN = 'role = "primary", person = "Tomas", begins = "2026-11-28T12:00", ends = "2026-11-28T20:00"'
EXAMPLES = {
    "person": _PERSON,
    "rotation": _ROTATION,
    "shift": f"[[shift]] {_SPAN}",
    "override": f'[[override]] {_SPAN}, instead_of = "Lena"',
}
KEYS = {
    "person": {"name", "roles", "phone", "whatsapp", "telegram", "verified", "language", "quiet", "zone"},
    "rotation": {"name", "role", "people", "every", "starts", "at", "zone"},
    "shift": {"role", "person", "begins", "ends", "zone"},
    "override": {"role", "person", "instead_of", "begins", "ends", "zone"},
}
_NEEDED = {
    "person": {"name", "roles"},
    "rotation": {"name", "role", "people", "every", "starts", "at"},
    "shift": {"role", "person", "begins", "ends"},
    "override": {"role", "person", "begins", "ends"},
}
TABLES = ", ".join(f"[[{table}]]" for table in KEYS)


class RosterError(ValueError):
    """The rota file cannot be used; the message says which entry, what is wrong and an example of right."""


class Entry:
    """One entry of the file, with its place for messages."""

    def __init__(self, table: str, number: int, row: Any, support_zone: ZoneInfo) -> None:
        named = f" ({row['name']})" if isinstance(row, Mapping) and isinstance(row.get("name"), str) else ""
        self.place, self._example, self._zone = f"{table} {number}{named}", EXAMPLES[table], support_zone
        self.table = table
        if not isinstance(row, Mapping):
            raise self.wrong("it is a table")
        missing, unknown = sorted(_NEEDED[table] - set(row)), sorted(set(row) - KEYS[table])
        if missing or unknown:
            raise self.wrong(f"{', '.join(missing)} is missing" if missing else f"unknown {', '.join(unknown)}")
        self._row = row

    def wrong(self, what: str) -> RosterError:
        return RosterError(f"{self.place}: {what}; example: {self._example}")

    def text(self, key: str, default: str = "") -> str:
        value = self._row.get(key, default)
        if not isinstance(value, str) or (not value and key in ("name", "person")):
            raise self.wrong(f"{key} {value!r} is no text")
        return value

    def one_of(self, key: str, known: tuple[str, ...]) -> str:
        value = self._row[key]
        if value not in known:
            raise self.wrong(f"{key} {value!r} is none of {', '.join(known)}")
        return str(value)

    def listed(self, key: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
        values = self._row[key]
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.wrong(f"{key} {values!r} is no list of texts")
        unknown = [value for value in values if known and value not in known]
        if unknown:
            raise self.wrong(f"{key}: {unknown[0]!r} is none of {', '.join(known)}")
        return tuple(values)

    def number(self, key: str) -> str:
        """A phone number with its country; empty when it is left out."""
        text = self.text(key)
        spelled = dialled(text) if text else ""
        if spelled is None:
            raise self.wrong(f"{key} {self._row[key]!r} is no number with its country, like +34600000011")
        return spelled

    def whole(self, key: str) -> int | None:
        value = self._row.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value <= 0):
            raise self.wrong(f"{key} {value!r} is no Telegram user id, like 501")
        return value

    def flag(self, key: str) -> bool:
        value = self._row.get(key, False)
        if not isinstance(value, bool):
            raise self.wrong(f"{key} {value!r} is neither true nor false")
        return value

    def zone(self) -> ZoneInfo:
        name = self._row.get("zone", self._zone.key)
        try:
            return zone(str(name))
        except ZoneInfoNotFoundError as error:
            raise self.wrong(f"zone {name!r} is no IANA zone like Europe/Madrid") from error

    def day(self, key: str) -> date:
        value = self._row[key]
        try:
            read = date.fromisoformat(value) if isinstance(value, str) else value
        except ValueError as error:
            raise self.wrong(f"{key} {value!r} is no date like 2026-10-02") from error
        if not isinstance(read, date) or isinstance(read, datetime):
            raise self.wrong(f"{key} {value!r} is no date like 2026-10-02")
        return read

    def moment(self, key: str, *, closing: bool = False) -> datetime:
        value = self._row[key]
        try:
            read = datetime.fromisoformat(value) if isinstance(value, str) else value
        except ValueError as error:
            raise self.wrong(f"{key} {value!r} is no moment like 2026-11-28T12:00") from error
        if not isinstance(read, datetime):
            raise self.wrong(f"{key} {value!r} is no moment like 2026-11-28T12:00")
        here = self.zone()
        return (
            read.astimezone(UTC) if read.tzinfo else datetime.fromtimestamp(instant(read, here, closing=closing), UTC)
        )

    def clock(self, key: str) -> str:
        value = self._row[key]
        text = f"{value:%H:%M}" if isinstance(value, time) else str(value)
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
            raise self.wrong(f'{key} {value!r} is no time like "09:00"')
        return text

    def known(self, name: str, able: Mapping[str, tuple[str, ...]]) -> None:
        if name not in able:
            raise self.wrong(f"nobody is called {name!r}; the file names {', '.join(able)}")

    def holds(self, name: str, role: str, able: Mapping[str, tuple[str, ...]]) -> None:
        self.known(name, able)
        if role not in able[name]:
            raise self.wrong(f"{name} has not the role {role!r}; give it to them under [[person]]")
