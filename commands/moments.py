"""Moments as operators type them, and lengths of time as they read them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from sla.zones import instant


def moment(text: str, here: ZoneInfo) -> datetime:
    """A time without offset is a local one: of two the first, of none the end of the gap. Raises BadParameter."""
    try:
        read = datetime.fromisoformat(text)
        local = datetime.fromtimestamp(instant(read, here), UTC) if read.tzinfo is None else read
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"--at: {text!r} is no moment; write it like 2026-11-28T15:00") from error


def age(length: timedelta) -> str:
    """``40 s``, ``12 min``, ``2 h 05 min``, ``3 d 4 h``; without its sign."""
    seconds = int(abs(length.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if minutes < 60:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60:02} min" if hours < 24 else f"{days} d {hours % 24} h"
