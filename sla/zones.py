"""Time zones of the pinned ``tzdata`` package, never the system's, and the instants of local times (sla.md C1, C10)."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from importlib import metadata, resources
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

RELEASE = metadata.version("tzdata")  # releases differ in their rules, so this is part of a calendar's version
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (local times are measured from a local epoch)
_SECOND = timedelta(seconds=1)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone of that IANA name, read from the package itself: ``ZoneInfo(name)`` would ask the system first.

    ``zoneinfo.TZPATH`` stays as it is. Raises ZoneInfoNotFoundError.
    """
    if name not in names():
        raise ZoneInfoNotFoundError(name)
    with resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as rules:
        return ZoneInfo.from_file(rules, key=name)


@cache
def names() -> frozenset[str]:
    """Every zone the package knows."""
    return frozenset(resources.files("tzdata").joinpath("zones").read_text().split())


def instant(local: datetime, zone: ZoneInfo, *, closing: bool = False) -> int:
    """Seconds since 1970 UTC of a naive local time, as ``placed`` has it."""
    return placed(local.replace(tzinfo=zone), (local - _EPOCH) // _SECOND, closing)


def placed(local: datetime, seconds: int, closing: bool) -> int:
    """Seconds since 1970 UTC of an aware local time whose clock face reads ``seconds`` since 1970.

    In a skipped hour it is the end of the gap (C1); of two the first, for a closing edge the second.
    """
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    assert first is not None
    assert second is not None
    if first < second:  # PEP 495: only a time in a gap has the smaller offset first
        return _transition(seconds - second // _SECOND, seconds - first // _SECOND, local.tzinfo)
    offset = second if closing else first
    return seconds - offset.days * 86400 - offset.seconds


def _transition(before: int, after: int, zone: tzinfo | None) -> int:
    """The first second of the offset that holds at ``after`` and not yet at ``before``."""
    later = _offset_at(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_at(middle, zone) == later:
            after = middle
        else:
            before = middle
    return after


def _offset_at(seconds: int, zone: tzinfo | None) -> timedelta | None:
    return datetime.fromtimestamp(seconds, UTC).astimezone(zone).utcoffset()
