"""Dues on working calendars: the acceptance table of sla.md section 4 and the rulings C1-C7."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sla.calendar_form import read
from sla.calendars import Calendar, CalendarError, Due, due, elapsed
from sla.zones import zone

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY = (*WORKDAYS, "sat", "sun")
MADRID = "Europe/Madrid"


def calendar(*windows: str, days: tuple[str, ...] = WORKDAYS, **keys: Any) -> Calendar:
    return read({"zone": MADRID, "days": {day: list(windows) for day in days}, **keys})


def always(**keys: Any) -> Calendar:
    return read({"zone": MADRID, "always": True, **keys})


def local(text: str, name: str = MADRID, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone(name), fold=fold).astimezone(UTC)


OFFICE = calendar("09:00-17:00")
ACCEPTANCE = [
    ("Fri 16:30 + 1 h", OFFICE, "2026-06-12T16:30+02:00", HOUR, "2026-06-15T09:30+02:00"),
    ("16:59:30 + 60 s", OFFICE, "2026-06-10T16:59:30+02:00", MINUTE, "2026-06-11T09:00:30+02:00"),
    ("overnight", calendar("22:00-06:00"), "2026-06-10T23:00+02:00", 2 * HOUR, "2026-06-11T01:00+02:00"),
    ("24 h day", calendar("00:00-24:00", days=EVERY), "2026-06-13T22:00+02:00", 4 * HOUR, "2026-06-14T02:00+02:00"),
    (
        "30-day closure",
        calendar("09:00-17:00", closed=[["2026-08-01", "2026-08-30"]]),
        "2026-07-31T17:00+02:00",
        HOUR,
        "2026-08-31T10:00+02:00",
    ),
    ("DST forward", always(), "2026-03-29T01:30+01:00", HOUR, "2026-03-29T03:30+02:00"),
    ("DST back", always(), "2026-10-25T01:30+02:00", 2 * HOUR, "2026-10-25T02:30+01:00"),
    ("lunch", calendar("09:00-13:00", "14:00-18:00"), "2026-06-10T12:30+02:00", HOUR, "2026-06-10T14:30+02:00"),
]


@pytest.mark.parametrize(
    ("hours", "start", "target", "expected"), [case[1:] for case in ACCEPTANCE], ids=[c[0] for c in ACCEPTANCE]
)
def test_the_acceptance_table_is_met_to_the_second(
    hours: Calendar, start: str, target: timedelta, expected: str
) -> None:
    found = due(hours, datetime.fromisoformat(start), target)

    assert found == Due(datetime.fromisoformat(expected))


def test_acceptance_an_empty_calendar_is_refused_at_load() -> None:
    with pytest.raises(CalendarError, match="never open; write days"):
        read({"zone": MADRID, "days": {"mon": []}})


def test_acceptance_a_hold_from_close_to_opening_adds_nothing() -> None:
    start, hold = local("2026-06-10T16:30"), (local("2026-06-10T17:00"), local("2026-06-11T09:00"))

    assert due(OFFICE, start, HOUR, [hold]) == due(OFFICE, start, HOUR) == Due(local("2026-06-11T09:30"))


@pytest.mark.parametrize(
    ("windows", "start", "target", "expected"),
    [
        (["02:30-05:00"], "2026-03-29T00:00", HOUR, "2026-03-29T04:00"),  # opens 02:30, which is skipped: 03:00
        (["00:30-02:30"], "2026-03-29T00:30", 90 * MINUTE, "2026-03-29T03:00"),  # closes in the gap: at its end (C1)
        (["02:00-03:00"], "2026-03-29T00:00", HOUR, "2026-03-30T03:00"),  # a window left empty is dropped
        (["02:10-02:50"], "2026-03-29T00:00", HOUR, "2026-03-31T02:30"),
    ],
)
def test_c1_an_edge_in_a_skipped_hour_moves_to_the_end_of_the_gap(
    windows: list[str], start: str, target: timedelta, expected: str
) -> None:
    assert due(calendar(*windows, days=EVERY), local(start), target).at == local(expected)


def test_c1_an_ambiguous_opening_is_the_first_and_an_ambiguous_closing_the_second() -> None:
    night = calendar("02:30-02:45", days=("sun",))

    assert elapsed(night, local("2026-10-25T00:00"), local("2026-10-25T05:00")) == HOUR + 15 * MINUTE
    assert due(night, local("2026-10-25T00:00"), MINUTE).at == datetime(2026, 10, 25, 0, 31, tzinfo=UTC)


def test_c1_holds_where_the_clock_moves_half_an_hour() -> None:
    howe = calendar("02:15-04:00", days=EVERY, zone="Australia/Lord_Howe")  # 02:00 becomes 02:30 on 4 October 2026

    assert due(howe, local("2026-10-04T00:00", "Australia/Lord_Howe"), MINUTE).at == local(
        "2026-10-04T02:31", "Australia/Lord_Howe"
    )


def test_c1_holds_where_midnight_itself_is_skipped() -> None:
    cairo = calendar("00:00-24:00", days=EVERY, zone="Africa/Cairo", closed=[["2026-04-24", "2026-04-24"]])

    assert due(cairo, local("2026-04-23T23:00", "Africa/Cairo"), 2 * HOUR).at == local(
        "2026-04-25T01:00", "Africa/Cairo"
    )


def test_c2_a_closed_date_takes_its_civil_day_out_of_a_night() -> None:
    nights = calendar("22:00-06:00", days=EVERY, closed=[["2026-06-13", "2026-06-13"]])

    assert due(nights, local("2026-06-12T22:00"), 3 * HOUR).at == local("2026-06-14T01:00")


def test_c3_a_target_used_up_at_a_close_is_due_there_and_not_at_the_next_opening() -> None:
    assert due(OFFICE, local("2026-06-12T16:00"), HOUR).at == local("2026-06-12T17:00")


def test_c3_a_target_used_up_at_a_pause_is_due_at_its_start() -> None:
    start, pause = local("2026-06-12T10:00"), (local("2026-06-12T11:00"), local("2026-06-12T12:00"))

    assert due(OFFICE, start, HOUR, [pause]).at == local("2026-06-12T11:00")


def test_c4_pauses_that_overlap_count_once() -> None:
    start = local("2026-06-12T09:00")
    pauses = [(start + HOUR, start + 3 * HOUR), (start + 2 * HOUR, start + 4 * HOUR)]

    assert due(OFFICE, start, 2 * HOUR, pauses).at == start + 5 * HOUR


def test_c5_a_pause_ending_before_it_begins_is_refused_and_one_without_length_is_nothing() -> None:
    start = local("2026-06-12T09:00")

    with pytest.raises(CalendarError, match=r"pause 2: it ends .*, before it begins"):
        due(OFFICE, start, HOUR, [(start, start), (start + HOUR, start)])

    assert due(OFFICE, start, HOUR, [(start, start)]).at == start + HOUR


def test_c5_a_pause_before_the_start_is_nothing() -> None:
    start = local("2026-06-12T09:00")

    assert due(OFFICE, start, HOUR, [(start - 3 * DAY, start - DAY)]).at == start + HOUR


def test_c6_windows_may_touch_within_a_day_and_over_the_week() -> None:
    touching = read({"zone": MADRID, "days": {"mon": ["06:00-09:00", "09:00-12:00"], "sun": ["22:00-06:00"]}})

    assert due(touching, local("2026-06-14T22:00"), 14 * HOUR).at == local("2026-06-15T12:00")


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"mon": ["09:00-13:00", "12:59-18:00"]}, "mon 09:00-13:00 and mon 12:59-18:00 overlap"),
        ({"mon": ["05:00-07:00"], "sun": ["22:00-06:00"]}, "sun 22:00-06:00 and mon 05:00-07:00 overlap"),
        ({"fri": ["22:00-06:00"], "sat": ["00:00-24:00"]}, "fri 22:00-06:00 and sat 00:00-24:00 overlap"),
        ({"fri": ["09:00-17:00", "09:00-17:00"]}, "overlap"),
    ],
)
def test_c6_windows_sharing_time_are_refused_over_the_weeks_ring(days: dict[str, list[str]], said: str) -> None:
    with pytest.raises(CalendarError, match=said):
        read({"zone": MADRID, "days": days})


def test_c7_a_one_off_opening_beats_closure_holiday_and_unites_with_windows() -> None:
    hours = calendar(
        "09:00-17:00",
        holidays={"country": "ES", "subdivision": "MD"},
        closed=[["2026-12-24", "2026-12-31"]],
        open=[["2026-12-25T10:00", "2026-12-25T12:00"], ["2026-12-23T16:00", "2026-12-23T18:00"]],
    )

    assert elapsed(hours, local("2026-12-23T16:00"), local("2027-01-01T00:00")) == 4 * HOUR
