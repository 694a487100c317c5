"""A page climbs until somebody has it, and never ends in silence (sla.md section 6, users.md E1-E3, L10)."""

from dataclasses import replace

import pytest

from oncall.kinds import (
    Acknowledged,
    CameDue,
    ChannelFailed,
    Ended,
    Joined,
    LowerAlarm,
    Page,
    PassedOn,
    RaiseAlarm,
    Recount,
    ShowHolder,
    ShowLost,
    ShowUnreached,
    Silence,
    TellHolder,
    Worked,
)
from oncall.pages import advance, begun, from_json, to_json
from tests.oncall.crew import (
    ALL,
    EVERYONE,
    LENA,
    MARCO,
    NILS,
    PRIYA,
    SATURDAY,
    TOMAS,
    ladder,
    minutes,
    nobody,
    on,
    rung,
)

LENA_HAS_IT = Acknowledged(minutes(1), LENA.id, "Lena", "button")


@pytest.fixture
def page() -> Page:
    return begun("ticket:41", ladder(), 41, SATURDAY, on())[0]


def at(page: Page, minute: float) -> tuple[Page, list[tuple[int, str]]]:
    page, effects = advance(page, CameDue(minutes(minute), on()))
    return page, rung(effects)


def test_the_first_rung_rings_at_once_and_the_others_at_their_minute(page: Page) -> None:
    times, rings = [], []
    for _ in range(6):
        assert page.due_at is not None
        times.append((page.due_at - SATURDAY).total_seconds() / 60)
        page, rang = at(page, times[-1])
        rings.append({person for person, _ in rang})

    assert times == [2, 5, 10, 15, 20, 30]
    assert rings == [{1}, {2}, {3}, {1, 2, 3, 4, 5}, set(), {1, 2, 3, 4, 5}]


def test_the_first_ring_mentions_and_texts_the_primary() -> None:
    _, effects = begun("ticket:41", ladder(), 41, SATURDAY, on())

    assert rung(effects) == [(1, "mention"), (1, "sms")]
    assert all(effect.first for effect in effects)  # type: ignore[union-attr]


def test_a_sweep_that_comes_late_shifts_no_later_rung(page: Page) -> None:
    page, _ = at(page, 2.03)

    assert page.due_at == minutes(5)


def test_a_long_stop_asks_everybody_who_was_due_once_and_raises_the_alarm(page: Page) -> None:
    page, effects = advance(page, CameDue(minutes(47), on()))

    assert len(rung(effects)) == len(set(rung(effects)))
    assert {person for person, _ in rung(effects)} == {person.id for person in EVERYONE}
    assert len([effect for effect in effects if isinstance(effect, RaiseAlarm)]) == 1
    assert page.due_at == minutes(60)


def test_an_unheard_page_repeats_for_ever(page: Page) -> None:
    for _ in range(100):
        assert page.due_at is not None
        page, effects = advance(page, CameDue(page.due_at, on()))

    assert page.state == "ringing"
    assert page.due_at == minutes(20 + 95 * 15 + 10)
    assert len({person for person, _ in rung(effects)}) == 5


def test_nothing_happens_before_it_is_due(page: Page) -> None:
    assert advance(page, CameDue(minutes(1.9), on())) == (page, ())


def test_an_acknowledgement_silences_everything_and_is_shown(page: Page) -> None:
    held, effects = advance(page, LENA_HAS_IT)

    assert held.holder is not None
    assert effects == (Silence(), ShowHolder(held.holder))
    assert (held.holder.name, held.holder.path, held.holder.at) == ("Lena", "button", minutes(1))


@pytest.mark.parametrize("path", ["button", "code", "keypad", "command", "link", "reply"])
def test_of_two_who_acknowledge_at_once_the_first_has_it_and_the_second_is_told(page: Page, path: str) -> None:
    held, _ = advance(page, LENA_HAS_IT)
    after, effects = advance(held, Acknowledged(minutes(1), TOMAS.id, "Tomas", path))

    assert after == held
    assert effects == (TellHolder(TOMAS.id, held.holder),)


def test_an_acknowledgement_after_the_end_reopens_nothing_and_says_who_had_it(page: Page) -> None:
    held, _ = advance(page, LENA_HAS_IT)
    over, _ = advance(held, Ended(minutes(9)))
    after, effects = advance(over, Acknowledged(minutes(10), TOMAS.id, "Tomas", "code"))

    assert after == over
    assert effects == (TellHolder(TOMAS.id, held.holder),)


def test_who_has_it_and_stays_silent_has_it_no_longer(page: Page) -> None:
    held, _ = advance(page, LENA_HAS_IT)
    assert held.due_at == minutes(11)
    again, effects = advance(held, CameDue(minutes(11), on()))

    assert held.holder is not None
    assert effects[0] == ShowLost(held.holder)
    assert rung(effects) == [(1, "mention"), (1, "sms")]
    assert (again.state, again.due_at) == ("ringing", minutes(13))


def test_who_works_on_it_is_not_rung_again(page: Page) -> None:
    held, _ = advance(page, LENA_HAS_IT)
    over, effects = advance(held, Worked(minutes(4), LENA.id))

    assert (over.state, over.due_at, effects) == ("over", None, (Silence(),))


def test_somebody_elses_work_does_not_hold_it(page: Page) -> None:
    held, _ = advance(page, LENA_HAS_IT)

    assert advance(held, Worked(minutes(4), TOMAS.id)) == (held, ())
    assert advance(page, Worked(minutes(4), TOMAS.id)) == (page, ())


def test_passing_on_asks_the_next_at_once_and_leaves_who_passed_alone(page: Page) -> None:
    page, effects = advance(page, PassedOn(minutes(1), on(), LENA.id))

    assert effects[0] == Silence(LENA.id)
    assert {person for person, _ in rung(effects)} == {TOMAS.id}
    assert (page.rung, page.due_at) == (2, minutes(6))
    page, rang = at(page, 6)
    page, rang = at(page, 11)
    assert {person for person, _ in rang} == {2, 3, 4, 5}


def test_who_has_it_may_pass_it_on_and_others_may_not(page: Page) -> None:
    held, _ = advance(page, LENA_HAS_IT)
    same, told = advance(held, PassedOn(minutes(3), on(), TOMAS.id))
    ringing, effects = advance(held, PassedOn(minutes(3), on(), LENA.id))

    assert (same, told) == (held, (TellHolder(TOMAS.id, held.holder),))
    assert (ringing.state, ringing.holder) == ("ringing", None)
    assert {person for person, _ in rung(effects)} == {TOMAS.id}


def test_in_a_repeat_even_who_passed_on_is_asked_again(page: Page) -> None:
    for person in EVERYONE:
        page, effects = advance(page, PassedOn(minutes(1), on(), person.id))
    assert page.alarmed_at == minutes(1)
    assert page.due_at is not None
    page, effects = advance(page, CameDue(page.due_at, on()))

    assert {person for person, _ in rung(effects)} == {1, 2, 3, 4, 5}


def test_a_failed_channel_moves_to_the_persons_next_and_then_to_the_next_rung_at_once(page: Page) -> None:
    called, first = advance(page, ChannelFailed(minutes(0.1), on(), LENA.id, "sms", 0))
    climbed, second = advance(called, ChannelFailed(minutes(0.2), on(), LENA.id, "voice", 0))

    assert rung(first) == [(1, "voice")]
    assert rung(second) == [(1, "voice")]
    assert climbed.rung == 1
    assert climbed.due_at == minutes(0.2 + 3)


def test_a_failure_reported_twice_or_of_an_earlier_rung_changes_nothing(page: Page) -> None:
    failed = ChannelFailed(minutes(0.1), on(), LENA.id, "sms", 0)
    called, _ = advance(page, failed)
    later, _ = at(page, 2)

    assert advance(called, failed) == (called, ())
    assert advance(later, failed) == (later, ())


def test_while_somebody_else_of_the_rung_is_reached_a_failure_waits_for_the_clock() -> None:
    second = replace(LENA, id=6, name="Ana")
    page, _ = begun("ticket:41", ladder(), 41, SATURDAY, on(LENA, second, TOMAS))
    page, _ = advance(page, ChannelFailed(minutes(0.1), on(LENA, second, TOMAS), LENA.id, "sms", 0))
    page, effects = advance(page, ChannelFailed(minutes(0.2), on(LENA, second, TOMAS), LENA.id, "voice", 0))

    assert (page.rung, page.due_at, rung(effects)) == (0, minutes(2), [])


def test_a_person_without_the_steps_channels_is_asked_on_another() -> None:
    called = replace(LENA, channels=("voice",))
    _, effects = begun("ticket:41", ladder(), 41, SATURDAY, on(called, TOMAS))

    assert rung(effects) == [(1, "mention"), (1, "voice")]


def test_a_role_without_anybody_is_said_and_the_next_are_asked_at_once() -> None:
    page, effects = begun("ticket:41", ladder(), 41, SATURDAY, on(TOMAS, MARCO))

    assert effects[:2] == (ShowUnreached(0, ("primary",)), ShowUnreached(1, ("primary",)))
    assert {person for person, _ in rung(effects)} == {TOMAS.id}
    assert page.due_at == minutes(5)


def test_an_empty_rota_alarms_at_once_and_goes_on_trying() -> None:
    page, effects = begun("ticket:41", ladder(), 41, SATURDAY, nobody())

    assert isinstance(effects[-1], RaiseAlarm)
    assert page.due_at == minutes(10)
    page, effects = advance(page, CameDue(minutes(10), on()))
    assert {person for person, _ in rung(effects)} == {1, 2, 3, 4, 5}


def test_the_alarm_stands_until_somebody_has_it(page: Page) -> None:
    page, _ = at(page, 20)
    assert page.alarmed_at == minutes(20)
    page, effects = advance(page, Acknowledged(minutes(21), MARCO.id, "Marco", "code"))

    assert effects[-1] == LowerAlarm()
    assert page.alarmed_at is None


def test_a_running_page_keeps_the_ladder_it_began_with(page: Page) -> None:
    kept = from_json(to_json(page))

    assert kept == page
    assert kept.ladder == ladder()


def test_every_state_of_a_page_survives_being_stored(page: Page) -> None:
    held, _ = advance(page, LENA_HAS_IT)
    passed, _ = advance(page, PassedOn(minutes(1), on(), LENA.id))
    over, _ = advance(held, Ended(minutes(2)))

    for state in (held, passed, over, at(page, 20)[0]):
        assert from_json(to_json(state)) == state


def test_an_incident_pages_once_however_many_tickets_join(page: Page) -> None:
    joined, effects = advance(page, Joined(minutes(1), 42))
    again, silent = advance(joined, Joined(minutes(1), 42))

    assert (joined.tickets, effects) == ((41, 42), (Recount(2),))
    assert (again, silent) == (joined, ())


def test_the_engineering_page_rings_engineers_then_the_backup_then_the_lead() -> None:
    page, effects = begun("ticket:41", ladder("engineering"), 41, SATURDAY, on())
    rings = [rung(effects)]
    for minute in (5, 10):
        page, rang = at(page, minute)
        rings.append(rang)

    assert [{person for person, _ in rang} for rang in rings] == [{PRIYA.id}, {NILS.id}, {MARCO.id}]


def test_somebody_with_two_roles_is_asked_once_a_rung() -> None:
    alone = replace(LENA, roles=frozenset({"primary", "backup", "lead"}), channels=ALL)
    page, _ = begun("ticket:41", ladder(), 41, SATURDAY, on(alone))
    page, effects = advance(page, CameDue(minutes(2), on(alone)))
    page, effects = advance(page, CameDue(minutes(15), on(alone)))

    assert len(rung(effects)) == len(set(rung(effects)))
