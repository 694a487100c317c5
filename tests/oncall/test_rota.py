"""Who is on: rotations by local hand-over times, shifts and overrides over them, and what is missing (issue 7.4)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall.findings import findings, unfit
from oncall.people import Quiet
from oncall.rota import Confirmation, Override, Rota, Rotation, Shift, crew, duties, who
from sla.zones import zone
from tests.oncall.crew import EVERYONE, LENA, MARCO, PRIYA, SATURDAY, TOMAS, rota

MADRID, SYDNEY = zone("Europe/Madrid"), zone("Australia/Sydney")
WEEKLY = Rotation("support", "primary", (LENA.id, TOMAS.id), "week", date(2026, 10, 2), time(9, 0), MADRID)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def local(text: str, where: ZoneInfo = MADRID) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=where).astimezone(UTC)


def on(rota: Rota, at: datetime, role: str = "primary") -> list[str]:
    return [person.name for person in who(rota, role, at)]


def turning(*rotations: Rotation, **more: tuple[object, ...]) -> Rota:
    return replace(rota(), rotations=rotations, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2026-10-02T09:00:00", "Lena"),
        ("2026-10-09T08:59:59", "Lena"),
        ("2026-10-09T09:00:00", "Tomas"),
        ("2026-10-23T09:00:00", "Tomas"),
        ("2026-10-30T08:59:59", "Tomas"),  # the clocks went back on the 25th: a week of 169 hours
        ("2026-10-30T09:00:00", "Lena"),
        ("2027-04-02T08:59:59", "Tomas"),  # and forward on 28 March
        ("2027-04-02T09:00:00", "Lena"),
    ],
)
def test_a_week_is_handed_over_at_its_local_time(moment: str, name: str) -> None:
    assert on(turning(WEEKLY), local(moment)) == [name]


def test_nobody_is_on_before_the_first_hand_over() -> None:
    assert on(turning(WEEKLY), local("2026-10-02T08:59:59")) == []


def test_a_daily_hand_over_in_a_skipped_hour_comes_at_the_end_of_the_gap() -> None:
    nightly = replace(WEEKLY, every="day", starts=date(2027, 3, 27), at=time(2, 30))

    assert nightly.handover(1) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert nightly.handover(2) == datetime(2027, 3, 29, 0, 30, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_the_first_hands_over() -> None:
    nightly = replace(WEEKLY, every="day", starts=date(2027, 4, 3), at=time(2, 30), zone=SYDNEY)

    assert nightly.handover(1) == datetime(2027, 4, 3, 15, 30, tzinfo=UTC)


def test_a_shift_beats_the_rotation_and_an_override_beats_both() -> None:
    begins = local("2026-11-28T12:00:00")
    covered = turning(
        WEEKLY,
        shifts=(Shift("primary", MARCO.id, begins, begins + 6 * HOUR),),
        overrides=(Override("primary", PRIYA.id, begins + HOUR, begins + 2 * HOUR),),
    )

    names = [on(covered, begins + number * HOUR)[0] for number in (-1, 0, 1, 2, 6)]
    assert names == ["Lena", "Marco", "Priya", "Marco", "Lena"]


def test_an_override_for_one_person_leaves_the_others_on() -> None:
    both = turning(
        WEEKLY,
        replace(WEEKLY, people=(MARCO.id,)),
        overrides=(Override("primary", PRIYA.id, SATURDAY, SATURDAY + HOUR, instead_of=MARCO.id),),
    )
    other = replace(both, overrides=(replace(both.overrides[0], instead_of=TOMAS.id),))

    assert on(both, SATURDAY) == ["Lena", "Priya"]
    assert on(other, SATURDAY) == ["Lena", "Marco"]


def test_a_role_without_rotation_or_shift_is_held_by_all_who_have_it() -> None:
    assert on(rota(), SATURDAY, "lead") == ["Marco"]
    assert on(Rota(), SATURDAY, "lead") == []


def test_everybody_is_whoever_is_on_and_whoever_has_a_role() -> None:
    helped = replace(rota(), people={**rota().people, 9: replace(LENA, id=9, name="Zoe", roles=frozenset())})
    helped = replace(helped, overrides=(Override("lead", 9, SATURDAY, SATURDAY + HOUR),))

    assert {person.name for person in crew(helped, SATURDAY)["everybody"]} == {one.name for one in EVERYONE} | {"Zoe"}
    assert {person.name for person in crew(helped, SATURDAY + HOUR)["everybody"]} == {one.name for one in EVERYONE}


def test_duties_name_gaps_and_join_what_goes_on() -> None:
    shifts = (Shift("lead", 3, SATURDAY, SATURDAY + HOUR), Shift("lead", 3, SATURDAY + HOUR, SATURDAY + 2 * HOUR))
    held = duties(replace(rota(), shifts=shifts), "lead", SATURDAY - HOUR, SATURDAY + 3 * HOUR)

    assert [([one.name for one in duty.people], (duty.ends - duty.begins) / HOUR) for duty in held] == [
        ([], 1),
        (["Marco"], 2),
        ([], 1),
    ]


def test_findings_name_the_gap_the_unreachable_and_the_unconfirmed() -> None:
    mute = replace(TOMAS, channels=())
    people = {LENA.id: LENA, TOMAS.id: mute}
    said = Confirmation("primary", LENA.id, SATURDAY - DAY, SATURDAY + DAY)
    found = findings(Rota(people, confirmations=(said,)), ("primary", "backup", "engineer"), SATURDAY, SATURDAY + DAY)

    assert [(one.kind, one.role, one.person and one.person.name) for one in found] == [
        ("silent", "backup", "Tomas"),
        ("unconfirmed", "backup", "Tomas"),
        ("gap", "engineer", None),
    ]
    assert unfit(Rota(people)) == (mute,)


def test_a_confirmation_counts_for_the_whole_duty_only() -> None:
    said = Confirmation("lead", MARCO.id, SATURDAY, SATURDAY + HOUR)
    confirmed = replace(rota(), confirmations=(said,))

    assert findings(confirmed, ("lead",), SATURDAY, SATURDAY + HOUR) == ()
    assert [one.kind for one in findings(confirmed, ("lead",), SATURDAY, SATURDAY + 2 * HOUR)] == ["unconfirmed"]


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [("21:59", False), ("22:00", True), ("03:00", True), ("06:59", True), ("07:00", False), ("12:00", False)],
)
def test_quiet_hours_pass_midnight_in_the_persons_own_zone(moment: str, quiet: bool) -> None:
    resting = replace(LENA, quiet=Quiet(time(22), time(7), SYDNEY))

    assert resting.in_peace(local(f"2026-11-28T{moment}", SYDNEY)) is quiet
    assert LENA.in_peace(SATURDAY) is False
