"""The shoot calendar as files: CSV here, iCalendar in ``oncall.calendars``, both ending in ``Booked``: all or none."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sla.zones import instant, zone

COLUMNS = ("studio", "starts_at", "ends_at", "timezone", "title")
EXAMPLE = "Adeyemi Photo,2026-11-28T15:00,2026-11-28T23:00,Europe/Madrid,Wedding Ruiz"
_LONGEST = timedelta(days=31)


class BookingError(ValueError):
    """A shoot cannot be booked; the message says which, what is wrong and an example of right."""


@dataclass(frozen=True, slots=True)
class Booked:
    """One shoot of a file. ``place`` names it in messages; ``studios`` are the names it may mean, likeliest first;
    ``zone`` None is the studio's own. ``uid`` is the same when the file comes again; ``gone``: it was called off."""

    place: str
    studios: tuple[str, ...]
    uid: str
    title: str
    begins: datetime
    ends: datetime
    zone: ZoneInfo | None
    series: str = ""
    gone: bool = False


def read_csv(data: bytes) -> tuple[Booked, ...]:
    """Raises BookingError naming the line."""
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise BookingError(f"the first line has no {', '.join(missing)}; it is: {','.join(COLUMNS)}")
        return tuple(_rows(reader))
    except UnicodeDecodeError as error:
        raise BookingError(f"it is not UTF-8 text (byte {error.start})") from error
    except csv.Error as error:
        raise BookingError(f"{error}; example: {EXAMPLE}") from error


def checked(booked: Booked, example: str) -> Booked:
    """What holds for a shoot of any file."""
    if booked.ends <= booked.begins:
        raise BookingError(f"{booked.place}: it ends before it begins, or as it begins; example: {example}")
    if booked.ends - booked.begins > _LONGEST:
        raise BookingError(f"{booked.place}: it is longer than 31 days; is the year right? Example: {example}")
    return booked


def moment(local: datetime, where: ZoneInfo, *, closing: bool = False) -> datetime:
    """A local time as a moment; a skipped one is the end of the gap, of two the first, for an end the second (C1)."""
    return datetime.fromtimestamp(instant(local.replace(tzinfo=None), where, closing=closing), UTC)


def named(begins: datetime, title: str) -> str:
    """The ``uid`` of a shoot that has none of its own."""
    return f"{begins:%Y-%m-%dT%H:%MZ} {title}".strip()


def _rows(reader: "csv.DictReader[str]") -> Iterator[Booked]:
    for raw in reader:
        row = {column: (raw.get(column) or "").strip() for column in COLUMNS}
        place = f"line {reader.line_num}"
        if not row["studio"]:
            raise BookingError(f"{place}: studio is empty; example: {EXAMPLE}")
        where = _zone(row["timezone"], place)
        begins = _local(row["starts_at"], where, f"{place}: starts_at")
        ends = _local(row["ends_at"], where, f"{place}: ends_at", closing=True)
        uid = named(begins, row["title"])
        yield checked(Booked(place, (row["studio"],), uid, row["title"], begins, ends, where), EXAMPLE)


def _zone(name: str, place: str) -> ZoneInfo:
    if not name:
        raise BookingError(f"{place}: timezone is empty, so nobody knows when it begins; example: {EXAMPLE}")
    try:
        return zone(name)
    except ZoneInfoNotFoundError as error:
        raise BookingError(
            f"{place}: timezone {name!r} is no IANA zone like Europe/Madrid; example: {EXAMPLE}"
        ) from error


def _local(text: str, where: ZoneInfo, place: str, *, closing: bool = False) -> datetime:
    """Local in the row's zone, or with an offset of its own."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else moment(read, where, closing=closing)
    except (ValueError, OverflowError) as error:
        raise BookingError(f"{place} {text!r} is no moment like 2026-11-28T15:00; example: {EXAMPLE}") from error
