"""Moments as operators type them."""

from datetime import UTC, datetime
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
