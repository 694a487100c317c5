"""Hotline windows: from shoots, in the shoot's zone, to the minute, across DST; and roll-calls (sla.md section 5)."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.hotline import Shoot, Window, roll_calls, weekends, windows
from oncall.rules import read_rules
from sla.zones import zone
from tests.oncall.zones import moments, unhurried, zones

RULES = read_rules({})
MADRID, NEW_YORK, SYDNEY = zone("Europe/Madrid"), zone("America/New_York"), zone("Australia/Sydney")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def local(text: str, where: ZoneInfo = MADRID) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=where).astimezone(UTC)


def shoot(begins: str, hours: float = 4, where: ZoneInfo = MADRID, studio: int = 1, tier: str = "agency") -> Shoot:
    start = local(begins, where)
    return Shoot(studio, tier, start, start + hours * HOUR, where)


def spoken(window: Window) -> tuple[str, str]:
    return tuple(f"{edge.astimezone(window.zone):%a %m-%d %H:%M %z}" for edge in (window.opens, window.closes))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("shoots", "expected"),
    [
        ([shoot("2026-11-25T12:00")], [("Wed 11-25 10:00 +0100", "Wed 11-25 20:00 +0100")]),
        ([shoot("2026-11-28T15:00")], [("Fri 11-27 18:00 +0100", "Mon 11-30 06:00 +0100")]),
        ([shoot("2026-11-27T17:30", 1)], [("Fri 11-27 15:30 +0100", "Mon 11-30 06:00 +0100")]),
        ([shoot("2026-11-27T13:00", 5)], [("Fri 11-27 11:00 +0100", "Fri 11-27 22:00 +0100")]),  # ends as it begins
        ([shoot("2026-11-30T05:00", 3)], [("Fri 11-27 18:00 +0100", "Mon 11-30 12:00 +0100")]),
        (
            [shoot("2026-11-25T08:00", 2), shoot("2026-11-25T18:00", 1)],
            [("Wed 11-25 06:00 +0100", "Wed 11-25 23:00 +0100")],  # 14:00 and 16:00 are close
        ),
        (
            [shoot("2026-11-25T08:00", 2), shoot("2026-11-25T18:01", 1)],
            [("Wed 11-25 06:00 +0100", "Wed 11-25 14:00 +0100"), ("Wed 11-25 16:01 +0100", "Wed 11-25 23:01 +0100")],
        ),
        ([shoot("2027-03-27T15:00")], [("Fri 03-26 18:00 +0100", "Mon 03-29 06:00 +0200")]),  # clocks go forward
        ([shoot("2026-10-24T15:00")], [("Fri 10-23 18:00 +0200", "Mon 10-26 06:00 +0100")]),  # and back
        ([shoot("2026-10-04T12:00", 4, SYDNEY)], [("Fri 10-02 18:00 +1000", "Mon 10-05 06:00 +1100")]),
        ([shoot("2026-11-01T12:00", 4, NEW_YORK)], [("Fri 10-30 18:00 -0400", "Mon 11-02 06:00 -0500")]),
        ([shoot("2026-11-28T15:00", tier="pro"), shoot("2026-11-28T15:00", tier="free")], []),
        ([], []),
    ],
)
def test_windows_open_and_close_to_the_minute(shoots: list[Shoot], expected: list[tuple[str, str]]) -> None:
    assert [spoken(window) for window in windows(shoots, RULES)] == expected


def test_two_hours_before_are_elapsed_hours_across_a_clock_change() -> None:
    sunday = read_rules({"opens": "tue 01:00", "closes": "tue 02:00"})

    (window,) = windows([shoot("2027-03-28T04:00", 1)], sunday)

    assert spoken(window) == ("Sun 03-28 01:00 +0100", "Sun 03-28 09:00 +0200")


def test_each_studio_has_its_own_windows_in_the_zone_of_its_shoot() -> None:
    found = windows([shoot("2026-11-28T15:00", where=NEW_YORK, studio=2), shoot("2026-11-28T15:00")], RULES)

    assert [(window.studio, spoken(window)[0]) for window in found] == [
        (1, "Fri 11-27 18:00 +0100"),
        (2, "Fri 11-27 18:00 -0500"),
    ]


def test_the_crew_is_called_on_thursday_and_an_hour_before_the_first_opening() -> None:
    found = windows([shoot("2026-11-28T15:00"), shoot("2026-11-28T15:00", where=NEW_YORK, studio=2)], RULES)

    (call,) = roll_calls(found, RULES, MADRID)

    assert call.warn_at == local("2026-11-26T10:00")
    assert call.confirm_at == local("2026-11-27T17:00")
    assert (call.opens, call.closes) == (local("2026-11-27T18:00"), local("2026-11-30T06:00", NEW_YORK))


def test_a_shoot_on_a_workday_is_confirmed_but_not_warned_of_on_thursday() -> None:
    (call,) = roll_calls(windows([shoot("2026-11-25T12:00")], RULES), RULES, MADRID)

    assert (call.warn_at, call.confirm_at) == (None, local("2026-11-25T09:00"))


shoots = st.builds(
    lambda studio, begins, minutes, where: Shoot(studio, "agency", begins, begins + minutes * MINUTE, where),
    st.integers(1, 2),
    moments,
    st.integers(1, 4000),
    zones,
)
nearby = st.tuples(moments, st.lists(st.tuples(shoots, st.integers(0, 20 * 1440)), min_size=1, max_size=5)).map(
    lambda drawn: [
        Shoot(
            one.studio,
            one.tier,
            drawn[0] + ahead * MINUTE,
            drawn[0] + ahead * MINUTE + (one.ends - one.begins),
            one.zone,
        )
        for one, ahead in drawn[1]
    ]
)


def in_weekend(at: datetime, where: ZoneInfo) -> bool:
    """By the clock on the wall: a second reckoning, which holds where no clock change touches the weekend's edges."""
    face = at.astimezone(where)
    weekday, minute = face.weekday(), face.hour * 60 + face.minute
    return weekday in (5, 6) or (weekday == 4 and minute >= 18 * 60) or (weekday == 0 and minute < 6 * 60)


def wanted(one: Shoot, at: datetime) -> bool:
    if one.begins - 2 * HOUR <= at < one.ends + 4 * HOUR:
        return True
    if not in_weekend(at, one.zone):
        return False
    near = [begins for begins in (one.begins, one.ends - MINUTE, at) if in_weekend(begins, one.zone)]
    spans = [(span[0], span[1]) for moment in near for span in weekends(moment, moment + MINUTE, RULES, one.zone)]
    return any(begins <= at < ends and begins < one.ends and ends > one.begins for begins, ends in spans)


@unhurried
@given(nearby, st.lists(st.integers(-5 * 1440, 30 * 1440), min_size=1, max_size=20))
def test_a_minute_is_hotline_exactly_when_a_shoot_asks_for_it(booked: list[Shoot], minutes: list[int]) -> None:
    found = windows(booked, RULES)

    for at in (booked[0].begins.replace(second=0) + minute * MINUTE for minute in minutes):
        for studio in (1, 2):
            open_now = any(one.opens <= at < one.closes for one in found if one.studio == studio)
            asked = any(wanted(one, at) for one in booked if one.studio == studio)
            if asked:
                assert open_now
            elif open_now:  # then it is a break too short to close in
                edges = [edge for edge in range(1, 121) if any(wanted(one, at - edge * MINUTE) for one in booked)]
                assert edges


@unhurried
@given(nearby)
def test_the_windows_of_a_studio_never_touch_and_do_not_depend_on_the_order(booked: list[Shoot]) -> None:
    found = windows(booked, RULES)

    assert {(one.studio, one.opens, one.closes) for one in windows(reversed(booked), RULES)} == {
        (one.studio, one.opens, one.closes) for one in found
    }
    for studio in (1, 2):
        mine = [one for one in found if one.studio == studio]
        assert all(first.closes + RULES.merge < second.opens for first, second in itertools.pairwise(mine))


@unhurried
@given(moments, zones)
def test_a_weekend_begins_and_ends_at_its_clock_times(at: datetime, where: ZoneInfo) -> None:
    (*_, (opens, closes)) = weekends(at, at + 7 * DAY, RULES, where)

    assert f"{opens.astimezone(where):%a %H:%M}" == "Fri 18:00"
    assert f"{closes.astimezone(where):%a %H:%M}" == "Mon 06:00"


@unhurried
@given(nearby)
def test_roll_calls_cover_every_window_and_come_before_it(booked: list[Shoot]) -> None:
    found = windows(booked, RULES)
    calls = roll_calls(found, RULES, MADRID)

    for window in found:
        (call,) = [call for call in calls if call.opens <= window.opens and window.closes <= call.closes]
        assert call.confirm_at == call.opens - HOUR
        assert call.confirm_at < window.opens
    assert all(call.warn_at.astimezone(MADRID).weekday() == 3 for call in calls if call.warn_at)
