"""The next update: promised, nudged, sent from the draft, held over once, and never silent for too long."""

from datetime import timedelta

from bot import silence
from models import Alarm, Delivery, Ticket, TicketEvent
from tests.bot.house import House
from tests.bot.test_watch import passes

MINUTE = 60


def answered(house: House) -> int:
    """An Agency's SEV1 with a person's first answer at noon: updates every 30 minutes from there."""
    thread = house.opened("PAYMENT NOT WORKING")
    house.writes("/r Lena here, looking.", thread)
    house.works()
    return thread


def outcomes(house: House) -> list[str]:
    rows = [row for row in house.rows(TicketEvent) if row.kind in ("promised", "held_over")]
    return [row.kind for row in rows]


def test_a_persons_answer_promises_the_next_update_by_the_interval_of_the_terms(house: House) -> None:
    answered(house)

    update = house.promise("UP")
    assert update.state == "running"
    assert update.limit_due == house.promise().met_at + timedelta(minutes=30)  # type: ignore[operator]


def test_two_nudges_come_before_it_with_a_draft_that_one_tap_sends_in_the_agents_name(house: House) -> None:
    thread = answered(house)
    passes(house, 20 * MINUTE + 1)
    (nudge,) = [text for text in house.shown(thread) if "Ready to send" in text]

    house.taps(f"v1:send_draft:1:{house.promise('UP').number}")
    house.works()

    assert "We are still on it. Next update here by 14:50." in nudge
    assert house.heard()[-1] == "We are still on it. Next update here by 14:50."
    assert [row.outcome for row in house.ledger() if row.name == "UP"] == ["moved", ""]
    assert house.rows(TicketEvent)[-1].actor.startswith("agent:")


def test_a_draft_tapped_twice_goes_out_once(house: House) -> None:
    answered(house)
    passes(house, 20 * MINUTE + 1)
    tap = f"v1:send_draft:1:{house.promise('UP').number}"

    for _ in range(2):
        house.taps(tap)
        house.works()

    assert sum("still on it" in text for text in house.heard()) == 1


def test_at_the_time_the_bot_asks_for_patience_once_and_then_a_person_is_called_for(house: House) -> None:
    thread = answered(house)

    passes(house, 30 * MINUTE + 1)
    passes(house, 30 * MINUTE + 1)

    assert sum("We promised you news by now" in text for text in house.heard()) == 1
    assert outcomes(house) == ["held_over"]
    assert [row.outcome for row in house.ledger() if row.name == "UP"] == ["rescued", "broken"]
    assert any("A person must write now" in text for text in house.shown(thread))
    assert house.one(Alarm).cleared_at is None


def test_a_persons_word_ends_the_alarm_of_a_broken_promise(house: House) -> None:
    thread = answered(house)
    passes(house, 30 * MINUTE + 1)
    passes(house, 30 * MINUTE + 1)

    house.writes("/r It is the bank; we wait for them.", thread)
    house.works()

    assert house.one(Alarm).cleared_at is not None


def test_next_is_told_to_the_customer_in_their_zone_and_echoed_in_both(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING", timezone="America/New_York")

    house.writes("/next 15:30", thread)
    house.works()

    assert house.heard()[-1] == "Next update here by 09:30."
    assert any("next update by 15:30 here, 09:30 for Tolu (America/New_York)" in text for text in house.shown(thread))


def test_a_time_that_has_passed_means_tomorrow_after_a_tap(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    house.writes("/next 09:00", thread)
    house.works()
    (button,) = [row.payload["options"][0] for row in house.rows(Delivery) if "for tomorrow" in str(row.payload)]

    assert outcomes(house) == []
    house.taps(button["key"])
    house.works()

    assert house.heard()[-1] == "Next update here by Thu 09:00."


def test_a_day_without_a_time_is_its_morning(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")

    house.writes("/next fri", thread)
    house.works()

    assert house.heard()[-1] == "Next update here by Fri 09:00."


def test_a_time_of_today_that_has_passed_is_not_next_weeks(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")

    house.writes("/next today 9:00", thread)
    house.works()

    assert any("/next 14:35" in text for text in house.shown(thread))


def test_next_without_a_time_says_how(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")

    house.writes("/next soon", thread)
    house.works()

    assert any("/next 14:35" in text for text in house.shown(thread))
    assert outcomes(house) == []


def test_nobody_hears_nothing_for_longer_than_the_ceiling_whatever_the_clocks_say(house: House) -> None:
    thread = answered(house)
    house.clock.passes(36 * MINUTE)

    silence.silence(house.shell)
    house.works()

    assert any("heard nothing for too long" in text for text in house.shown(thread))
    assert sum("We promised you news by now" in text for text in house.heard()) == 1
    assert house.one(Ticket).silent_at is not None  # the holding message was heard: it counts anew


def test_a_customer_with_a_small_question_may_hear_nothing(house: House) -> None:
    house.opened("how do I rename a gallery")

    passes(house, 48 * 3600)
    silence.silence(house.shell)

    assert house.one(Ticket).silent_at is None


def test_waiting_for_the_customer_pauses_only_the_resolution_and_their_line_ends_it(house: House) -> None:
    thread = answered(house)
    house.writes("/wait", thread)
    house.works()
    paused = {row.name for row in house.ledger() if row.paused}

    passes(house, 60)
    house.says("here is the file")
    house.works()

    assert paused == {"RES"}
    assert [row.name for row in house.ledger() if row.paused] == []
    assert house.promise("NR").state == "running"
