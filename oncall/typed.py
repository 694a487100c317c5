"""One shoot as an agent types it: ``28.11. 14:00-22:00 Europe/Madrid Wedding Ruiz``; ends in ``Booked`` as files do."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from oncall.bookings import Booked, BookingError, checked, moment, named
from sla.zones import zone

EXAMPLE = "/shoot 28.11. 14:00-22:00 Europe/Madrid Wedding Ruiz"
DAY = r"(\d{4}-\d{1,2}-\d{1,2}|\d{1,2}\.\d{1,2}\.(?:\d{4})?)"
_CLOCK = r"([01]?\d|2[0-3])[:.]([0-5]\d)"
_SHAPE = re.compile(rf"{DAY}\s+{_CLOCK}\s*[-\u2013]\s*(?:{DAY}\s+)?{_CLOCK}(?:\s+(.*))?", re.DOTALL)
_NIGHT = timedelta(hours=16)  # an end earlier on the clock is next morning's if the shoot is not longer than this
_LONG_AGO = timedelta(days=183)  # a day without a year that lies behind by more is next year's
_FARTHEST = 5  # years


def read_line(text: str, home: str, now: datetime) -> Booked:
    """Raises BookingError. ``home`` is the studio's zone, for a shoot that names none; "" if it has none."""
    found = _SHAPE.fullmatch(text.strip())
    if found is None:
        raise BookingError(f"{text[:60]!r} is no day with a beginning and an end; example: {EXAMPLE}")
    where, title = _where(found[7] or "", home)
    begins_on = _day(found[1], now.astimezone(where).date())
    begins = datetime.combine(begins_on, time(int(found[2]), int(found[3])))
    ends_on = _day(found[4], begins_on) if found[4] else begins_on
    ends = datetime.combine(ends_on, time(int(found[5]), int(found[6])))
    if not found[4] and ends < begins and ends + timedelta(days=1) - begins <= _NIGHT:
        ends += timedelta(days=1)
    opens, closes = moment(begins, where), moment(ends, where, closing=True)
    example = f"{EXAMPLE}, or past midnight 28.11. 18:00-02:00, or over days 28.11. 14:00-29.11. 20:00"
    booked = checked(Booked("this shoot", (), named(opens, title), title, opens, closes, where), example)
    if closes <= now:
        raise BookingError(
            f"it is over: {ends:%Y-%m-%d %H:%M} ({where.key}) has passed; "
            f"write the year if another is meant, like {begins.year + 1}-{begins:%m-%d}"
        )
    return booked


def _where(rest: str, home: str) -> tuple[ZoneInfo, str]:
    """The zone, and the words behind it; a first word like ``Europe/Madrid`` is a zone or a mistake."""
    first, _, words = rest.partition(" ")
    if "/" in first or first == "UTC":
        return _zone(first), " ".join(words.split())
    if not home:
        raise BookingError(f"neither it nor the studio has a time zone, so nobody knows when it begins: {EXAMPLE}")
    return _zone(home), " ".join(rest.split())


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except ZoneInfoNotFoundError as error:
        raise BookingError(f"{name!r} is no IANA zone like Europe/Madrid; example: {EXAMPLE}") from error


def _day(text: str, near: date) -> date:
    """``28.11.`` is this year's, or next year's if this year has none or it is long ago."""
    if "-" in text:
        year, month, day = (int(part) for part in text.split("-"))
    else:
        day, month, year = (int(part or 0) for part in text.split("."))
    read = _real(year or near.year, month, day)
    if not year and (read is None or near - read > _LONG_AGO):
        read = _real(near.year + 1, month, day)
    if read is None:
        raise BookingError(f"there is no day {text}; example: {EXAMPLE}")
    if abs(read.year - near.year) > _FARTHEST:
        raise BookingError(f"{text} is years away; is the year right; example: {EXAMPLE}")
    return read


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
