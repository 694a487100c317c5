"""A rotation, in any zone: one person at a time, no gap, no overlap, handed over at the same clock time."""

import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from oncall.rota import Override, Rota, Rotation, Shift, duties, who
from tests.oncall.crew import EVERYONE, rota
from tests.oncall.zones import moments, unhurried, zones

SECOND = timedelta(seconds=1)
times = st.times().map(lambda at: at.replace(second=0, microsecond=0))
people = st.lists(st.integers(1, 5), min_size=1, max_size=5).map(tuple)
rotations = st.builds(
    Rotation,
    name=st.just("support"),
    role=st.just("primary"),
    people=people,
    every=st.sampled_from(["day", "week"]),
    starts=st.dates(date(2024, 1, 1), date(2024, 12, 28)),
    at=times,
    zone=zones,
)
spans = st.tuples(moments, st.integers(1, 20_000)).map(lambda span: (span[0], span[0] + timedelta(minutes=span[1])))


def exists(local: datetime, where: ZoneInfo) -> bool:
    back = local.replace(tzinfo=where).astimezone(UTC).astimezone(where)
    return back.replace(tzinfo=None) == local


@unhurried
@given(rotations, moments)
def test_every_moment_after_the_first_hand_over_lies_in_exactly_one_turn(rotation: Rotation, at: datetime) -> None:
    turn = rotation.turn(at)

    assert turn is not None
    assert rotation.handover(turn) <= at < rotation.handover(turn + 1)
    assert rotation.turn(rotation.handover(turn)) == turn
    assert rotation.turn(rotation.handover(turn) - SECOND) == (turn - 1 if turn else None)


@unhurried
@given(rotations, st.integers(0, 800))
def test_the_hand_over_keeps_its_local_time_unless_the_clock_skips_it(rotation: Rotation, turn: int) -> None:
    local = rotation.handover(turn).astimezone(rotation.zone).replace(tzinfo=None)
    days = turn * {"day": 1, "week": 7}[rotation.every]
    meant = datetime.combine(rotation.starts + timedelta(days=days), rotation.at)

    if exists(meant, rotation.zone):
        assert local == meant
    else:
        assert meant < local <= meant + timedelta(hours=2)
    assert rotation.handover(turn) < rotation.handover(turn + 1)


@unhurried
@given(
    rotations,
    spans,
    st.lists(st.tuples(st.integers(1, 5), spans), max_size=3),
    st.lists(st.tuples(st.integers(1, 5), spans), max_size=3),
    st.lists(st.integers(0, 100), max_size=8),
)
def test_duties_cover_the_time_without_holes_and_agree_with_who(
    rotation: Rotation,
    span: tuple[datetime, datetime],
    shifts: list[tuple[int, tuple[datetime, datetime]]],
    overrides: list[tuple[int, tuple[datetime, datetime]]],
    shares: list[int],
) -> None:
    begins, ends = span
    held = Rota(
        rota().people,
        (rotation,),
        tuple(Shift("primary", person, *when) for person, when in shifts),
        tuple(Override("primary", person, *when) for person, when in overrides),
    )
    found = duties(held, "primary", begins, ends)

    assert (found[0].begins, found[-1].ends) == span
    assert all(one.ends == two.begins and one.people != two.people for one, two in itertools.pairwise(found))
    for share in shares:
        at = begins + (ends - begins) * share / 101
        (duty,) = [one for one in found if one.begins <= at < one.ends]
        assert duty.people == who(held, "primary", at)


@unhurried
@given(rotations, moments)
def test_turns_go_round_in_order(rotation: Rotation, at: datetime) -> None:
    turn = rotation.turn(at)
    assert turn is not None
    (now,) = who(Rota({one.id: one for one in EVERYONE}, (rotation,)), "primary", at)
    (then,) = who(Rota({one.id: one for one in EVERYONE}, (rotation,)), "primary", rotation.handover(turn + 1))

    order = rotation.people
    assert (now.id, then.id) == (order[turn % len(order)], order[(turn + 1) % len(order)])
