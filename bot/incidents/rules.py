"""``[incidents]`` of the policy file: how many studios in what time are proposed as one incident."""

from typing import Any

from sla import PolicyError
from sla.durations import duration
from triage.incidents import Rules

_KEYS = ("studios", "within")


def read_incidents(table: Any) -> Rules:
    """Checks and types the table. Raises PolicyError naming the entry, what is wrong and an example."""
    if not isinstance(table, dict) or set(table) - set(_KEYS):
        raise PolicyError(f'incidents: it is a table of {", ".join(_KEYS)}; example: [incidents] within = "15 min"')
    shipped = Rules()
    studios = table.get("studios", shipped.studios)
    if not isinstance(studios, int) or isinstance(studios, bool) or studios < 2:
        raise PolicyError(f"[incidents] studios: {studios!r} is no number of studios from 2; example: studios = 3")
    within = duration(table["within"], "[incidents] within") if "within" in table else shipped.within
    return Rules(studios, within)
