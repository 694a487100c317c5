"""Calendars in the policy file, and the first-response clock on them (sla.md section 1, S1, rule 8)."""

import copy
import tomllib
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla import Clock, Happened, Policies, PolicyError, fold, read
from sla.calendar_form import read as read_calendar
from sla.calendars import due
from sla.doubts import doubts
from sla.durations import duration, written
from tests.sla.test_calendars import local

SHIPPED = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text())
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def promises(row: int = 4, calendars: Any = None, **parts: Any) -> dict[str, Any]:
    """The table of sla.md section 1: SEV2 and SEV3 on the support calendar; then some keys of one row set anew."""
    data = copy.deepcopy(SHIPPED)
    for each in data["policy"]:
        if each["severity"] != 1:
            each["calendar"] = "support"
    data["policy"][row].update(parts)
    return data if calendars is None else data | {"calendars": calendars}


POLICIES = read(promises(), "v1")


def at(moment: datetime, *events: Happened, policies: Policies = POLICIES) -> Clock:
    clock = fold(events, lambda _: policies, moment).newest("FR")
    assert clock is not None
    return clock


def opened(moment: datetime, tier: str = "agency", severity: int = 3) -> Happened:
    return Happened("opened", moment, moment, "customer", {"tier": tier, "severity": severity})


def raised(moment: datetime, to: int) -> Happened:
    return Happened("severity_changed", moment, moment, "bot", {"to": to})


def test_support_and_always_ship_and_support_runs_in_the_support_zone() -> None:
    lisbon = read(promises() | {"support_zone": "Europe/Lisbon"}, "v1").calendars

    assert sorted(POLICIES.calendars) == ["always", "support"]
    assert (POLICIES.calendars["support"].zone.key, lisbon["support"].zone.key) == ("Europe/Madrid", "Europe/Lisbon")
    assert POLICIES.calendars["always"].always


def test_a_calendar_of_the_file_replaces_the_one_that_ships_and_may_have_any_name() -> None:
    night = {"zone": "Asia/Tokyo", "days": {"mon": ["22:00-06:00"]}}

    found = read(promises(calendars={"support": night, "tokyo": night}), "v1")

    assert found.calendars["support"] == found.calendars["tokyo"] == read_calendar(night)
    assert found.terms[("pro", 2)].first_response.calendar == read_calendar(night)


def test_a_row_without_a_calendar_runs_on_elapsed_time() -> None:
    bare = {key: value for key, value in SHIPPED["policy"][8].items() if key != "calendar"}
    policies = read(SHIPPED | {"policy": [*SHIPPED["policy"][:8], bare]}, "v1")
    start, promised = local("2026-11-28T03:00"), policies.terms[("agency", 3)].first_response

    assert (promised.hours, promised.dues(start).target) == ("always", start + 8 * HOUR)


WRONG: list[tuple[dict[str, Any], str, str]] = [
    (promises(calendar="night"), "policy 5", "unknown calendar 'night'"),
    (promises(calendar=["support"]), "policy 5", "unknown calendar"),
    (promises(calender="support"), "policy 5", "unknown calender"),
    (promises(first_response={"target": "4 h", "limit": "24 h", "goal": "1 h"}), "policy 5", "first_response.goal"),
    (promises(first_response={"target": "-4 h", "limit": "24 h"}), "policy 5 target", "-4 h"),
    (promises(calendar="always", first_response={"target": "25 h", "limit": "24 h"}), "policy 5", "past its limit"),
    (promises(calendars={"support": {"days": {}}}), "[calendars.support]", "never open"),
    (promises(calendars={"tokyo": {"zone": "Tokyo", "always": True}}), "[calendars.tokyo]", "zone: 'Tokyo'"),
    (promises(calendars={"tokyo": True}), "[calendars.tokyo]", "a calendar is a table"),
    (promises(calendars=["support"]), "calendars", "each is a table"),
]


@pytest.mark.parametrize(("data", "place", "what"), WRONG, ids=[f"{place}: {what}" for _, place, what in WRONG])
def test_what_is_wrong_about_calendars_is_said_with_its_place(data: dict[str, Any], place: str, what: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(data, "v1")

    assert str(refused.value).startswith(place)
    assert what in str(refused.value)


def test_a_target_beyond_its_limit_on_working_hours_is_taken_and_doubted() -> None:
    found = doubts(read(promises(first_response={"target": "13 h", "limit": "24 h"}), "v1"), NOW)

    assert found == ["pro SEV2: the target 13 h on support never comes before the limit 24 h"]


def test_the_table_of_the_design_raises_no_doubt() -> None:
    assert doubts(POLICIES, NOW) == []
    assert doubts(read(SHIPPED, "v1"), NOW) == []


@pytest.mark.parametrize(("target", "doubted"), [("11 h 59", 0), ("12 h", 0), ("12.01 h", 1)])
def test_a_target_is_doubted_from_the_first_minute_it_can_never_meet(target: str, doubted: int) -> None:
    text = target.replace("11 h 59", "719 min")

    assert len(doubts(read(promises(first_response={"target": text, "limit": "24 h"}), "v1"), NOW)) == doubted


def test_a_limit_that_can_pass_without_an_open_minute_is_doubted_with_the_stretch() -> None:
    office = {"days": {day: ["09:00-17:00"] for day in ("mon", "tue", "wed", "thu", "fri")}}

    found = doubts(read(promises(calendars={"office": office}, calendar="office"), "v1"), NOW)

    assert found == [
        "pro SEV2: the limit 24 h can pass without an open minute: "
        "office is shut Fri 2026-11-27 17:00 to Mon 2026-11-30 09:00"
    ]


def test_a_calendar_that_is_over_is_doubted_twice() -> None:
    over = {"open": [["2026-01-01T10:00", "2026-01-01T12:00"]]}

    found = doubts(read(promises(calendars={"over": over}, calendar="over"), "v1"), NOW)

    assert ["never comes before" in found[0], "without an open minute" in found[1]] == [True, True]


def test_a_clock_is_due_by_the_calendar_and_breached_by_elapsed_time() -> None:
    friday = local("2026-11-27T19:00")

    clock = at(friday, opened(friday, "free", 2))

    assert clock.target_due == local("2026-11-28T19:00") == clock.limit_due  # 1 h + 6 h + 3 h comes after 24 h (S1)
    assert at(friday, opened(friday, "agency", 2)).target_due == local("2026-11-28T11:00")


def test_sev1_never_waits_for_opening() -> None:
    night = local("2026-11-28T03:00")

    assert at(night, opened(night, "agency", 1)).target_due == night + 15 * MINUTE


def test_a_rise_takes_the_stricter_of_both_calendars_from_the_original_start() -> None:
    night = local("2026-11-28T03:00")

    clock = at(night + HOUR, opened(night, "agency", 3), raised(night + HOUR, 1))
    morning = at(night + HOUR, opened(night, "agency", 3), raised(night + HOUR, 2))

    assert (clock.target_due, clock.limit_due) == (night + HOUR + 15 * MINUTE, night + 4 * HOUR)
    assert morning.target_due == local("2026-11-28T12:00")


def test_a_target_on_a_calendar_that_fails_closed_is_wall_clock_time() -> None:
    policies = read(promises(calendars={"support": {"open": [["2026-01-01T10:00", "2026-01-01T12:00"]]}}), "v1")
    start = local("2026-11-28T03:00")

    assert at(start, opened(start, "pro", 2), policies=policies).target_due == start + 4 * HOUR


moments = st.integers(0, 400 * 1440).map(lambda minutes: NOW + minutes * MINUTE)


@given(moments, st.sampled_from(["free", "pro", "agency"]), st.integers(1, 3))
def test_every_target_is_the_least_of_calendar_and_limit_and_an_open_hour_lies_before_every_limit(
    start: datetime, tier: str, severity: int
) -> None:
    promised = POLICIES.terms[(tier, severity)].first_response

    clock = at(start, opened(start, tier, severity))

    assert clock.target_due == min(due(promised.calendar, start, promised.target).at or start, clock.limit_due or start)
    assert due(POLICIES.calendars["support"], start, HOUR).at <= start + 24 * HOUR  # type: ignore[operator]


@given(st.integers(1, 10**6), st.sampled_from(["s", "min", "h", "d"]))
def test_what_is_written_reads_as_the_same_length(number: int, unit: str) -> None:
    length = duration(f"{number} {unit}", "grace")

    assert duration(written(length), "grace") == length
