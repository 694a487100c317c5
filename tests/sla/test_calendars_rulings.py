"""Dues on working calendars: the rulings C8-C12 of sla.md, versions, bank holidays and long spans."""

import zoneinfo
from datetime import UTC, datetime, timedelta
from importlib import metadata, resources
from pathlib import Path

import pytest

from sla import zones
from sla.calendar_form import read
from sla.calendars import ALWAYS, CalendarError, Due, Pause, due, elapsed
from sla.zones import zone
from tests.sla.test_calendars import DAY, HOUR, MADRID, MINUTE, OFFICE, calendar, local


def test_c8_past_its_last_one_off_opening_a_calendar_fails_closed_with_an_alarm() -> None:
    once = read({"zone": MADRID, "open": [["2026-11-28T22:00", "2026-11-29T02:00"]]})
    start = local("2026-11-29T01:30")

    found = due(once, start, HOUR, [(start, start + 10 * MINUTE)])

    assert found == Due(start + HOUR, alarm=found.alarm)
    assert "no due within 800 days" in found.alarm
    assert due(once, start, 30 * MINUTE) == Due(local("2026-11-29T02:00"))


def test_c8_the_horizon_is_800_days_from_the_start_and_includes_its_last_instant() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)

    assert due(ALWAYS, start, 800 * DAY) == Due(start + 800 * DAY)
    assert due(ALWAYS, start, 800 * DAY + HOUR).alarm
    assert due(ALWAYS, start, HOUR, [(start, start + 800 * DAY)]) == due(
        ALWAYS, start, HOUR, [(start, start + 900 * DAY)]
    )


def test_c9_a_pause_still_open_freezes_what_is_left_in_business_time() -> None:
    start = local("2026-06-12T16:00")

    assert due(OFFICE, start, 4 * HOUR, [(local("2026-06-15T10:00"), None)]) == Due(None, 2 * HOUR)
    assert due(OFFICE, start, 2 * HOUR, [(local("2026-06-15T10:00"), None)]) == Due(local("2026-06-15T10:00"))
    assert due(OFFICE, start, 2 * HOUR, [(start - DAY, None)]) == Due(None, 2 * HOUR)


def test_c9_closed_pauses_before_the_open_one_count_and_those_behind_it_do_not() -> None:
    start = local("2026-06-15T09:00")
    pauses = [
        (start + HOUR, start + 2 * HOUR),
        (start + 4 * HOUR, None),
        (start + 5 * HOUR, start + 6 * HOUR),
        (start + 7 * HOUR, None),
    ]

    assert due(OFFICE, start, 6 * HOUR, pauses) == Due(None, 3 * HOUR)


def test_c9_an_open_pause_hides_no_calendar_that_would_fail_anyway() -> None:
    once, start = read({"zone": MADRID, "open": [["2026-01-01T10:00", "2026-01-01T12:00"]]}), local("2026-06-12T09:00")

    assert due(once, start, HOUR, [(start, None)]) == due(once, start, HOUR)


def test_c10_the_pinned_zones_win_over_the_systems_and_nothing_global_changes(tmp_path: Path) -> None:
    tokyo = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    (tmp_path / "Europe").mkdir()
    (tmp_path / MADRID).write_bytes(tokyo)  # a system with other rules
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    zones.zone.cache_clear()

    try:
        offset = datetime(2026, 6, 12, tzinfo=zone(MADRID)).utcoffset()
        path = zoneinfo.TZPATH
    finally:
        zoneinfo.reset_tzpath(to=before)

    assert offset == 2 * HOUR
    assert path == (str(tmp_path),)


def test_c10_the_release_is_part_of_a_calendars_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = calendar("09:00-17:00").version

    monkeypatch.setattr("sla.calendars.RELEASE", "2031.1")

    assert metadata.version("tzdata") == zones.RELEASE
    assert calendar("09:00-17:00").version != before == OFFICE.version


def test_equal_hours_are_one_version_and_every_key_makes_another() -> None:
    form = {"zone": MADRID, "days": {"mon": ["09:00-17:00"]}}
    others = [
        form | {"zone": "Europe/Paris"},
        form | {"days": {"tue": ["09:00-17:00"]}},
        form | {"closed": [["2026-08-01", "2026-08-30"]]},
        form | {"open": [["2026-11-28T22:00", "2026-11-29T02:00"]]},
        form | {"holidays": {"country": "ES"}},
        form | {"holidays": {"country": "ES", "subdivision": "MD"}},
        {"zone": MADRID, "always": True},
    ]

    versions = {read(each).version for each in [form, *others]}

    assert len(versions) == 8
    assert read(form) == read({"days": {"sun": [], "mon": ["09:00-17:00"]}, "always": False, "zone": MADRID})


@pytest.mark.parametrize("target", [timedelta(), -HOUR])
def test_c11_a_target_not_above_zero_is_refused(target: timedelta) -> None:
    with pytest.raises(CalendarError, match=r"target: .* is not above zero; write it like"):
        due(OFFICE, local("2026-06-12T16:00"), target)


def test_c11_a_moment_without_offset_is_refused_wherever_it_stands() -> None:
    naive, aware = datetime(2026, 6, 12, 16, 0), local("2026-06-12T16:00")  # noqa: DTZ001 (that is the point)

    wrong: list[tuple[str, datetime, list[Pause]]] = [
        ("start", naive, []),
        ("pause 1", aware, [(naive, None)]),
        ("pause 2", aware, [(aware, aware), (aware, naive)]),
    ]

    for place, start, pauses in wrong:
        with pytest.raises(CalendarError, match=rf"^{place}: .* has no offset; write it like"):
            due(OFFICE, start, HOUR, pauses)
    with pytest.raises(CalendarError, match=r"^end: .* has no offset; write it like"):
        elapsed(OFFICE, aware, naive)


def test_moments_no_calendar_reaches_are_refused() -> None:
    with pytest.raises(CalendarError, match="outside the years"):
        due(OFFICE, datetime(9999, 12, 31, tzinfo=UTC), HOUR)
    with pytest.raises(CalendarError, match="longer than a calendar"):
        due(OFFICE, local("2026-06-12T16:00"), timedelta(days=3_650_000))
    with pytest.raises(CalendarError, match="lies before the start"):
        elapsed(OFFICE, local("2026-06-12T16:00"), local("2026-06-12T15:00"))


def test_a_start_may_carry_any_zone_also_in_a_repeated_hour() -> None:
    second = datetime(2026, 10, 25, 2, 30, tzinfo=zone(MADRID), fold=1)

    assert due(ALWAYS, second, HOUR).at == datetime(2026, 10, 25, 2, 30, tzinfo=UTC)


def test_bank_holidays_of_the_region_are_closed() -> None:
    madrid = calendar("09:00-17:00", holidays={"country": "ES", "subdivision": "MD"})
    country = calendar("09:00-17:00", holidays={"country": "ES"})

    regional = [due(hours, local("2028-05-01T17:00"), HOUR).at for hours in (madrid, country)]  # 2 May: Madrid's own

    assert regional == [local("2028-05-03T10:00"), local("2028-05-02T10:00")]
    assert due(madrid, local("2026-12-24T17:00"), HOUR).at == local("2026-12-28T10:00")


def test_open_time_is_measured_past_the_horizon_too() -> None:
    start, end = datetime(2026, 1, 5, tzinfo=UTC), datetime(2046, 1, 1, tzinfo=UTC)

    assert elapsed(ALWAYS, start, end) == end - start
    assert elapsed(OFFICE, start, start + 7 * 500 * DAY) == 500 * 40 * HOUR
