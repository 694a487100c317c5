"""The shoot calendar as iCalendar: repetitions are expanded a year ahead, floating times refused by name."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import recurring_ical_events
from icalendar import Calendar, Event
from icalendar.error import BrokenCalendarProperty

from oncall.bookings import Booked, BookingError, checked, moment
from sla.zones import names, zone

EXAMPLE = "DTSTART;TZID=Europe/Madrid:20261128T150000"
_BEHIND, _AHEAD, _MOST = timedelta(days=30), timedelta(days=400), 5000
_TOO_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}


def read_ics(data: bytes, now: datetime) -> tuple[Booked, ...]:
    """Every event from a month ago to 400 days ahead of ``now``. Raises BookingError naming the event."""
    try:
        calendar = Calendar.from_ical(data)
    except (ValueError, IndexError, KeyError) as error:
        raise BookingError(f"it is no iCalendar file ({error!s:.80}); it begins with BEGIN:VCALENDAR") from error
    for event in calendar.events:
        try:
            _check(event)
        except BrokenCalendarProperty as error:
            raise BookingError(f"{_place(event)}: {error}; example: {EXAMPLE}") from error
    try:
        found = recurring_ical_events.of(calendar).between(now - _BEHIND, now + _AHEAD)
    except (ValueError, TypeError, OverflowError) as error:
        raise BookingError(f"its repetitions make no sense ({error!s:.80}); example: RRULE:FREQ=WEEKLY") from error
    if len(found) > _MOST:
        raise BookingError(f"it has {len(found)} shoots within 400 days, more than {_MOST}; is a repetition too often?")
    series = {str(event.get("UID", "")) for event in calendar.events if "RRULE" in event or "RDATE" in event}
    return tuple(_booked(event, calendar, series) for event in found)


def _check(event: Event) -> None:
    place = _place(event)
    rule = event.get("RRULE")
    if not str(event.get("UID", "")):
        raise BookingError(f"{place}: it has no UID, so it could not be known again; example: UID:1234@studio.example")
    for name in ("DTSTART", "DTEND"):
        if name in event:
            _check_time(event[name], f"{place}: {name}")
    if "DTSTART" not in event or not ("DTEND" in event or "DURATION" in event):
        raise BookingError(f"{place}: it has no DTSTART, or neither DTEND nor DURATION; example: {EXAMPLE}")
    if "DTEND" in event and event.end <= event.start:
        raise BookingError(f"{place}: it ends before it begins, or as it begins; example: {EXAMPLE}")
    if rule is not None and _TOO_OFTEN & set(rule.get("FREQ", [])):
        raise BookingError(f"{place}: no shoot repeats {rule['FREQ'][0].lower()}; example: RRULE:FREQ=WEEKLY")


def _check_time(value: Any, place: str) -> None:
    at = value.dt
    if not isinstance(at, datetime):
        raise BookingError(f"{place} is a whole day without a time; example: {EXAMPLE}")
    if at.tzinfo is None:
        named = value.params.get("TZID")
        why = f"names the zone {named!r}, which is no IANA zone" if named else "floats: it has no zone"
        raise BookingError(f"{place} {at:%Y-%m-%d %H:%M} {why}; example: {EXAMPLE}")
    if _zone_of(at) is None and not _is_utc(at):
        raise BookingError(f"{place} has the zone {at.tzinfo}, which is no IANA zone; example: {EXAMPLE}")


def _booked(event: Event, calendar: Calendar, series: set[str]) -> Booked:
    begins, ends = event.start, event.end
    assert isinstance(begins, datetime)  # whole days were refused
    assert isinstance(ends, datetime)
    where, uid = _zone_of(begins) or _calendar_zone(calendar), str(event["UID"])
    repeated = uid if uid in series else ""
    return checked(
        Booked(
            place=_place(event),
            studios=tuple(dict.fromkeys(filter(None, _studios(event, calendar)))),
            uid=f"{uid}/{begins.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if repeated else uid,
            title=str(event.get("SUMMARY", "")),
            begins=_moment(begins),
            ends=_moment(ends, closing=True),
            zone=where,
            series=repeated,
            gone=str(event.get("STATUS", "")).upper() == "CANCELLED",
        ),
        EXAMPLE,
    )


def _moment(at: datetime, *, closing: bool = False) -> datetime:
    where = _zone_of(at)
    return moment(at, where, closing=closing) if where else at.astimezone(UTC)


def _zone_of(at: datetime) -> ZoneInfo | None:
    """The IANA zone a time was written in; None for plain UTC, which says nothing of the place."""
    key = str(getattr(at.tzinfo, "key", ""))
    return zone(key) if key in names() and key != "UTC" else None


def _is_utc(at: datetime) -> bool:
    return str(getattr(at.tzinfo, "key", at.tzinfo)) in ("UTC", "Etc/UTC") or at.tzinfo is UTC


def _calendar_zone(calendar: Calendar) -> ZoneInfo | None:
    named = str(calendar.get("X-WR-TIMEZONE", ""))
    try:
        return zone(named) if named else None
    except ZoneInfoNotFoundError as error:
        raise BookingError(f"X-WR-TIMEZONE {named!r} is no IANA zone; example: X-WR-TIMEZONE:Europe/Madrid") from error


def _studios(event: Event, calendar: Calendar) -> Iterator[str]:
    """Where a calendar may name the studio: a property of ours, organizer, categories, its own name, the title."""
    yield str(event.get("X-STUDIO", ""))
    organizer = event.get("ORGANIZER")
    yield str(organizer.params.get("CN", "")) if organizer is not None else ""
    categories = event.get("CATEGORIES", [])
    for listed in categories if isinstance(categories, list) else [categories]:
        yield from (str(name) for name in listed.cats)
    yield str(calendar.get("X-WR-CALNAME", calendar.get("NAME", "")))
    yield str(event.get("SUMMARY", "")).partition(":")[0].strip()


def _place(event: Event) -> str:
    return f"event {str(event.get('SUMMARY', '') or event.get('UID', '') or 'without a name')!r}"
