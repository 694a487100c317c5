"""The shoot calendar as files: what is in them, whose, when; what cannot be meant is refused by name."""

from datetime import UTC, datetime, timedelta

import pytest

from oncall.bookings import Booked, BookingError, read_csv
from oncall.calendars import read_ics

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HEADER = "studio,starts_at,ends_at,timezone,title\n"
TIMES = "DTSTART;TZID=Europe/Madrid:20261128T150000\nDTEND;TZID=Europe/Madrid:20261128T230000"


def ics(*events: str, head: str = "") -> bytes:
    inner = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n{head}{inner}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def one(data: bytes) -> Booked:
    (booked,) = read_ics(data, NOW)
    return booked


def test_a_row_is_a_shoot_in_its_own_zone() -> None:
    rows = f"{HEADER}Adeyemi Photo,2026-11-28T15:00,2026-11-28T23:00,Europe/Madrid,Wedding Ruiz\n"

    (booked,) = read_csv(rows.encode())

    assert (booked.studios, booked.title) == (("Adeyemi Photo",), "Wedding Ruiz")
    assert booked.zone is not None
    assert booked.zone.key == "Europe/Madrid"
    assert (booked.begins, booked.ends) == (
        datetime(2026, 11, 28, 14, tzinfo=UTC),
        datetime(2026, 11, 28, 22, tzinfo=UTC),
    )


def test_of_an_hour_that_comes_twice_the_whole_is_booked_and_a_skipped_one_begins_after_the_gap() -> None:
    rows = "A,2026-10-25T02:30,2026-10-25T02:45,Europe/Madrid,x\nA,2027-03-28T02:30,2027-03-28T04:00,Europe/Madrid,y\n"

    twice, skipped = read_csv((HEADER + rows).encode())

    assert twice.ends - twice.begins == timedelta(minutes=75)
    assert skipped.begins == datetime(2027, 3, 28, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("A,2026-11-28T15:00,2026-11-28T23:00,,x", "timezone is empty"),
        ("A,2026-11-28T15:00,2026-11-28T23:00,CET-1,x", "'CET-1' is no IANA zone"),
        ("A,2026-11-28 3pm,2026-11-28T23:00,Europe/Madrid,x", "starts_at '2026-11-28 3pm'"),
        ("A,2026-11-28T15:00,,Europe/Madrid,x", "ends_at ''"),
        ("A,2026-11-28T15:00,2026-11-28T15:00,Europe/Madrid,x", "ends before it begins"),
        ("A,2026-11-28T15:00,2027-11-28T15:00,Europe/Madrid,x", "longer than 31 days"),
        (",2026-11-28T15:00,2026-11-28T23:00,Europe/Madrid,x", "studio is empty"),
    ],
)
def test_a_wrong_row_is_refused_by_its_line_with_an_example(row: str, what: str) -> None:
    good = "A,2026-11-28T15:00,2026-11-28T23:00,Europe/Madrid,fine\n"

    with pytest.raises(BookingError, match=r"^line 3: .*(?i:example): Adeyemi Photo,") as refused:
        read_csv(f"{HEADER}{good}{row}\n".encode())

    assert what in str(refused.value)


@pytest.mark.parametrize(
    ("data", "what"), [(b"studio,title\n", "starts_at"), (b"\xff\xfe", "UTF-8"), (b"", "first line")]
)
def test_a_file_that_is_no_such_table_is_refused(data: bytes, what: str) -> None:
    with pytest.raises(BookingError, match=what):
        read_csv(data)


def test_an_event_is_a_shoot_in_the_zone_it_names() -> None:
    booked = one(ics(f"UID:1\nSUMMARY:Wedding Ruiz\nX-STUDIO:Adeyemi Photo\n{TIMES}"))

    assert (booked.uid, booked.studios[0], booked.title) == ("1", "Adeyemi Photo", "Wedding Ruiz")
    assert (booked.begins, booked.ends) == (
        datetime(2026, 11, 28, 14, tzinfo=UTC),
        datetime(2026, 11, 28, 22, tzinfo=UTC),
    )
    assert booked.zone is not None
    assert booked.zone.key == "Europe/Madrid"


def test_a_calendar_may_name_the_studio_in_many_places_ours_first() -> None:
    event = f"UID:1\nSUMMARY:Prado: Wedding\nORGANIZER;CN=Sol:mailto:sol@studio.example\nCATEGORIES:Luz,Mar\n{TIMES}"

    booked = one(ics(event, head="X-WR-CALNAME:Adeyemi Photo\n"))

    assert booked.studios == ("Sol", "Luz", "Mar", "Adeyemi Photo", "Prado")


def test_a_time_in_utc_takes_the_calendars_zone_else_the_studios() -> None:
    event = "UID:1\nSUMMARY:x\nDTSTART:20261128T150000Z\nDURATION:PT2H"
    named, unnamed = one(ics(event, head="X-WR-TIMEZONE:America/New_York\n")), one(ics(event))

    assert named.zone is not None
    assert (named.zone.key, unnamed.zone) == ("America/New_York", None)
    assert named.begins == unnamed.begins == datetime(2026, 11, 28, 15, tzinfo=UTC)


def test_repetitions_keep_their_local_time_across_the_clock_change_and_their_names() -> None:
    event = "UID:7\nSUMMARY:x\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;TZID=Europe/Madrid:20270327T150000\n"
    times = "DTSTART;TZID=Europe/Madrid:20270320T150000\nDTEND;TZID=Europe/Madrid:20270320T160000"

    first, last = read_ics(ics(event + times), NOW)

    assert [booked.uid for booked in (first, last)] == ["7/2027-03-20T14:00Z", "7/2027-04-03T13:00Z"]
    assert {first.series, last.series} == {"7"}


def test_an_endless_repetition_is_expanded_a_year_ahead() -> None:
    found = read_ics(ics(f"UID:7\nSUMMARY:x\nRRULE:FREQ=WEEKLY\n{TIMES}"), NOW)

    assert 55 <= len(found) <= 58


def test_a_cancelled_event_is_called_off() -> None:
    assert one(ics(f"UID:1\nSUMMARY:x\nSTATUS:CANCELLED\n{TIMES}")).gone


FLOATING = "DTSTART:20261128T150000\nDTEND:20261128T230000"
MARS = TIMES.replace("Europe/Madrid", "Mars/Phobos")


@pytest.mark.parametrize(
    ("event", "what"),
    [
        (f"UID:1\nSUMMARY:Wedding\n{FLOATING}", "DTSTART 2026-11-28 15:00 floats"),
        ("UID:1\nSUMMARY:Wedding\nDTSTART;VALUE=DATE:20261128\nDTEND;VALUE=DATE:20261129", "whole day"),
        (f"UID:1\nSUMMARY:Wedding\n{MARS}", "'Mars/Phobos', which is no IANA zone"),
        (f"SUMMARY:Wedding\n{TIMES}", "no UID"),
        (f"UID:1\nSUMMARY:Wedding\n{TIMES.splitlines()[0]}", "neither DTEND nor DURATION"),
        (f"UID:1\nSUMMARY:Wedding\nRRULE:FREQ=MINUTELY\n{TIMES}", "no shoot repeats minutely"),
        (f"UID:1\nSUMMARY:Wedding\nRRULE:FREQ=NEVER\n{TIMES}", "RRULE"),
        ("UID:1\nSUMMARY:Wedding\nDTSTART:tomorrow\nDURATION:PT1H", "DTSTART"),
        (
            f"UID:1\nSUMMARY:Wedding\n{TIMES.replace('T23', 'T14')}",
            "ends before",
        ),
    ],
)
def test_an_event_that_cannot_be_meant_is_refused_by_its_name_with_an_example(event: str, what: str) -> None:
    with pytest.raises(BookingError, match=r"^event 'Wedding': .*(?i:example): ") as refused:
        read_ics(ics(event), NOW)

    assert what in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"])
def test_what_is_no_calendar_is_refused(data: bytes) -> None:
    with pytest.raises(BookingError, match="no iCalendar file"):
        read_ics(data, NOW)
