"""The stars are never asked in a shoot: after it, inside WhatsApp's window, once, and never after STOP."""

import pytest

from bot import watch
from models import Conversation, Rating, Ticket
from tests.bot.house import House, hours
from tests.bot.test_card import shoot

ASKED = "You told us it was solved. How did we handle it, 1 (bad) to 5 (great)? Just send the number."


def solved_in_a_shoot(house: House) -> None:
    """At noon, in a shoot that ends at six, a ticket is resolved, and the customer says that it is solved."""
    house.studio()
    shoot(house, -2, 6)
    house.says("uploads fail")
    house.works()
    house.taps("v1:resolve:1")
    house.works()
    house.says("yes")
    house.works()


def passes(house: House, number: float) -> None:
    house.clock.passes(hours(number).total_seconds())
    watch.quiet(house.shell)
    house.works()


def asked(house: House) -> list[str]:
    return [text for text in house.heard() if "1 (bad) to 5 (great)" in text]


def test_the_stars_wait_for_the_end_of_the_shoot_and_are_asked_once(house: House) -> None:
    solved_in_a_shoot(house)
    passes(house, 5.9)
    in_the_shoot = asked(house)

    passes(house, 0.2)
    passes(house, 1)
    house.says("5")
    house.works()

    assert (in_the_shoot, asked(house)) == ([], [ASKED])
    assert (house.one(Rating).solved, house.one(Rating).stars) == ("yes", 5)
    assert house.one(Conversation).wake_at is None


def test_who_says_yes_in_a_shoot_hears_so_and_no_question(house: House) -> None:
    solved_in_a_shoot(house)

    assert house.heard()[-1] == "Good to hear, Tolu. If anything comes back, write here: it opens where we stopped."


def test_without_a_shoot_the_stars_are_asked_at_once(house: House) -> None:
    house.opened()
    house.taps("v1:resolve:1")
    house.works()

    house.says("yes")
    house.works()

    assert asked(house) == ["Good to hear. How did we handle it, 1 (bad) to 5 (great)? Just send the number."]


def test_the_next_shoot_on_its_heels_is_waited_for_too(house: House) -> None:
    solved_in_a_shoot(house)
    shoot(house, 5, 9)

    passes(house, 6.1)
    between = asked(house)
    passes(house, 3)

    assert (between, asked(house)) == ([], [ASKED])


def test_behind_the_closed_window_they_go_with_the_answer_to_the_next_words(house: House) -> None:
    solved_in_a_shoot(house)
    shoot(house, 5, 30)
    passes(house, 6.1)
    passes(house, 24)
    closed = asked(house)

    house.says("thanks")
    house.works()

    assert (closed, asked(house)) == ([], [ASKED])


@pytest.mark.parametrize(("words", "state"), [("still broken", "open"), ("STOP", "resolved")])
def test_trouble_and_stop_take_the_question_away(house: House, words: str, state: str) -> None:
    solved_in_a_shoot(house)

    house.says(words)
    house.works()
    passes(house, 6.1)

    assert (asked(house), house.one(Ticket).state) == ([], state)


def test_stars_given_unasked_in_the_shoot_are_kept_and_not_asked_for_again(house: House) -> None:
    solved_in_a_shoot(house)

    house.says("5")
    house.works()
    passes(house, 6.1)

    assert (asked(house), house.one(Rating).stars) == ([], 5)
