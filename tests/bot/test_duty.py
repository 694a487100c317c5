"""A promise "a person answers by ..." counts who is on: the time stands, and who can keep it is asked in time."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot import watch
from models import Ticket
from tests.bot.house import LENA, TOMAS, House


def passes_share(house: House, share: float) -> None:
    """The clock moves to just past this share of the promise."""
    clock = house.promise()
    assert clock.target_due is not None
    span = clock.target_due - clock.started_at
    house.clock.passes((clock.started_at + share * span - house.clock.now() + timedelta(seconds=1)).total_seconds())
    watch.clocks(house.shell)
    house.works()


def said(house: House, thread: int) -> list[str]:
    return [text for text in house.shown(thread) if "needs a person's answer" in text]


def test_with_nobody_on_duty_the_leads_are_rung_at_half_of_the_time_and_the_promise_stands(house: House) -> None:
    thread = house.opened()
    house.admits(LENA, standing="lead")
    house.writes("hello", sender=LENA)
    house.works()
    due = house.promise().target_due

    passes_share(house, 0.5)

    (told,) = said(house, thread)
    assert f'nobody is on duty: <a href="tg://user?id={LENA["id"]}">Lena</a>' in told
    assert house.promise().target_due == due


def test_with_somebody_on_duty_half_of_the_time_is_silent_and_four_fifths_ring_them(house: House) -> None:
    thread = house.opened()
    house.writes("/on", sender=TOMAS)
    house.works()

    passes_share(house, 0.5)
    half = said(house, thread)
    passes_share(house, 0.8)

    assert half == []
    (told,) = said(house, thread)
    assert f'on duty: <a href="tg://user?id={TOMAS["id"]}">Tomas</a>' in told


def test_while_the_owner_is_off_those_who_are_on_are_rung_too(house: House) -> None:
    thread = house.opened()
    house.taps("v1:take:1", LENA)
    house.writes("/on", sender=TOMAS)
    house.works()

    passes_share(house, 0.8)

    (told,) = said(house, thread)
    assert "Lena</a>, who is off duty; on are" in told
    assert "Tomas</a>" in told


def test_a_worker_that_slept_through_half_of_the_time_says_it_once(house: House) -> None:
    thread = house.opened()

    passes_share(house, 0.8)

    assert len(said(house, thread)) == 1


def test_who_goes_on_or_is_the_last_to_go_off_hears_what_is_promised_and_unowned(house: House) -> None:
    house.opened()
    house.writes("/on", sender=LENA)
    house.works()
    on = house.shown(None)[-1]
    house.writes("/on", sender=TOMAS)
    house.works()
    house.writes("/off", sender=TOMAS)
    house.works()
    not_last = house.shown(None)[-1]

    house.writes("/off", sender=LENA)
    house.works()

    waits = "An answer is promised, and nobody has it: #1 (/queue)."
    assert waits in on
    assert waits not in not_last
    assert house.shown(None)[-1].endswith(f"Nobody is on duty (/on). {waits}")


def test_who_asks_for_a_person_while_the_owner_is_off_is_told_a_time_and_not_that_one_is_here(house: House) -> None:
    house.opened()
    house.taps("v1:take:1", LENA)
    house.writes("/on", sender=TOMAS)
    house.works()

    house.says("agent")
    house.works()

    assert "A person answers here by" in house.heard()[-1]

    def owner_is_on(session: Session) -> None:
        session.get_one(Ticket, 1).owner.on_duty_since = house.clock.now()  # type: ignore[union-attr]

    house.changes(owner_is_on)
    house.says("agent")
    house.works()
    assert "You're with Lena." in house.heard()[-1]
