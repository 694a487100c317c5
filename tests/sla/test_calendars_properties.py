"""What holds for every calendar, start, target and pause (sla.md section 4, the properties)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sla.calendar_form import read
from sla.calendars import Calendar, Due, Pause, compile, due, elapsed
from sla.week import DAYS

ZONES = [
    "UTC",
    *("Europe/Madrid", "America/New_York", "America/St_Johns"),  # DST in the north, half an hour beside
    *("Australia/Sydney", "America/Santiago", "Pacific/Auckland"),  # in the south; Santiago skips midnight
    *("Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"),  # half an hour's DST, 45-minute offsets
    *("Africa/Cairo", "Africa/Casablanca"),  # midnight skipped; DST the wrong way round, in Ramadan
]
FIRST = date(2026, 2, 20)  # forty days from here, and from 200 days later, hold every zone's changes
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE, MICRO = timedelta(minutes=1), timedelta(microseconds=1)
WEEK = 7 * 1440

days = st.integers(0, 39) | st.integers(200, 259)
zones = st.sampled_from(ZONES)


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[str]]:
    """Windows that share no time, anywhere on the week's ring: split days and nights among them."""
    cuts = sorted(draw(st.sets(st.integers(0, WEEK - 1), min_size=2, max_size=14)))
    turn, found = draw(st.integers(0, WEEK - 1)), dict[str, list[str]]()
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        at, until = start + turn, min(end, start + 1439) + turn
        found.setdefault(DAYS[at // 1440 % 7], []).append(f"{clock(at)}-{clock(until)}")
    return found


USUAL = [
    {day: ["09:00-17:00"] for day in DAYS[:5]},
    {day: ["09:00-13:00", "14:00-18:00"] for day in DAYS[:5]} | {"fri": ["22:00-06:00"]},
    {day: ["22:00-06:00"] for day in DAYS},
    {day: ["00:00-24:00"] for day in DAYS},
    {day: ["01:00-02:15", "02:30-02:45"] for day in DAYS},
]


def clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Any]:
    """A calendar's form with up to two closures and openings near the forty days."""
    form: dict[str, Any] = {"zone": draw(zones), "days": draw(st.sampled_from(USUAL) | weeks())}
    closures = draw(st.lists(st.tuples(days, st.integers(0, 4)), max_size=2))
    form["closed"] = [[str(FIRST + timedelta(day)), str(FIRST + timedelta(day + more))] for day, more in closures]
    openings = draw(st.lists(st.tuples(days, st.integers(0, 1439), st.integers(1, 2000)), max_size=2))
    form["open"] = [[wall(day, minute), wall(day, minute + more)] for day, minute, more in openings]
    return form


def wall(day: int, minute: int) -> str:
    return (datetime.combine(FIRST + timedelta(day), datetime.min.time()) + minute * MINUTE).isoformat()


calendars = forms().map(read)
starts = st.builds(
    lambda day, minute: datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(day, minute * 60),
    days,
    st.integers(0, 1439),
)
targets = st.integers(1, 5000).map(lambda minutes: minutes * MINUTE)
shares = st.integers(0, 100)
lengths = st.lists(st.tuples(st.integers(-500, 6000), st.integers(0, 3000)), max_size=4)


def pauses_from(start: datetime, found: list[tuple[int, int]]) -> list[Pause]:
    return [(start + begin * MINUTE, start + (begin + length) * MINUTE) for begin, length in found]


def told(calendar: Calendar, start: datetime, target: timedelta, pauses: list[Pause]) -> datetime:
    found = due(calendar, start, target, pauses)
    assume(not found.alarm)
    assert found.at is not None
    return found.at


@settings(deadline=None)
@given(calendars, starts, st.integers(0, 3000), targets, lengths)
def test_a_later_start_is_never_due_earlier(
    calendar: Calendar, start: datetime, later: int, target: timedelta, paused: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(start, paused)

    assert told(calendar, start, target, pauses) <= told(calendar, start + later * MINUTE, target, pauses)


@settings(deadline=None)
@given(calendars, starts, targets, targets, lengths)
def test_a_longer_target_is_due_later(
    calendar: Calendar, start: datetime, target: timedelta, more: timedelta, paused: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(start, paused)

    assert told(calendar, start, target, pauses) < told(calendar, start, target + more, pauses)


@settings(deadline=None)
@given(calendars, starts, targets, lengths)
def test_the_open_time_from_start_to_due_is_the_target_and_no_earlier_instant_has_it(
    calendar: Calendar, start: datetime, target: timedelta, paused: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(start, paused)

    at = told(calendar, start, target, pauses)

    assert elapsed(calendar, start, at, pauses) == target
    assert elapsed(calendar, start, at - MICRO, pauses) == target - MICRO


@settings(deadline=None)
@given(calendars, starts, targets, st.integers(0, 40), st.tuples(shares, shares))
def test_a_pause_outside_the_windows_changes_nothing(
    calendar: Calendar, start: datetime, target: timedelta, nth: int, parts: tuple[int, int]
) -> None:
    spans = compile(calendar, start).spans
    before = sum(end <= (start - EPOCH) // MICRO for _, end in spans)
    assume(before + nth + 1 < len(spans))
    close, opening = spans[before + nth][1], spans[before + nth + 1][0]
    begin, end = sorted(EPOCH + (close + (opening - close) * share // 100) * MICRO for share in parts)

    assert due(calendar, start, target, [(begin, end)]) == due(calendar, start, target)


@settings(deadline=None)
@given(calendars, starts, targets, lengths, st.tuples(shares, st.randoms()))
def test_splitting_a_pause_or_telling_them_in_another_order_changes_nothing(
    calendar: Calendar, start: datetime, target: timedelta, paused: list[tuple[int, int]], cut: tuple[int, Any]
) -> None:
    share, dice = cut
    split = [
        half
        for begin, length in paused
        for half in ((begin, length * share // 100), (begin + length * share // 100, length - length * share // 100))
    ]
    dice.shuffle(split)

    assert due(calendar, start, target, pauses_from(start, split)) == due(
        calendar, start, target, pauses_from(start, paused)
    )


@settings(deadline=None)
@given(zones, zones, starts, targets, lengths)
def test_always_open_is_the_same_in_every_zone(
    one: str, other: str, start: datetime, target: timedelta, paused: list[tuple[int, int]]
) -> None:
    pauses = pauses_from(start, paused)
    always, round_the_clock = read({"zone": one, "always": True}), {day: ["00:00-24:00"] for day in DAYS}

    found = due(always, start, target, pauses)

    assert found == due(read({"zone": other, "always": True}), start, target, pauses)
    assert found == due(read({"zone": other, "days": round_the_clock}), start, target, pauses)


@settings(deadline=None)
@given(calendars, starts, targets, lengths, st.integers(-500, 6000))
@example(
    read({"zone": "UTC", "days": {"mon": ["09:00-10:00"]}}), datetime(2026, 3, 2, 9, tzinfo=UTC), 60 * MINUTE, [], 60
)
def test_a_pause_left_open_freezes_exactly_what_was_not_used(
    calendar: Calendar, start: datetime, target: timedelta, paused: list[tuple[int, int]], opened: int
) -> None:
    pauses, stop = pauses_from(start, paused), max(start, start + opened * MINUTE)
    at = told(calendar, start, target, pauses)

    found = due(calendar, start, target, [*pauses, (start + opened * MINUTE, None)])

    used = elapsed(calendar, start, stop, pauses)
    assert found == (Due(at) if at <= stop else Due(None, target - used))
