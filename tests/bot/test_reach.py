"""The two choices beside the urgent receipt reach the card: [Text only, please] [Call me] (users.md script 2.1)."""

from tests.bot.desk_words import card, events, told_in
from tests.bot.house import House
from tests.bot.paging import PAYMENT
from tests.bot.test_engineering import fixed
from tests.bot.test_watch import passes


def urgent(house: House) -> None:
    """Who wrote in trouble has the receipt."""
    house.opened(PAYMENT)
    passes(house, 9)


def test_text_only_stands_on_the_card(house: House) -> None:
    urgent(house)

    house.says("1")
    house.works()

    assert house.heard()[-1] == "Noted, Tolu: we write to you here, and nobody calls."
    assert "<b>Text only</b>: they cannot talk" in card(house).text
    assert events(house, "text_only") == [("customer", {})]


def test_who_chose_text_only_is_asked_for_a_number_only_anyway(house: House) -> None:
    urgent(house)
    thread = house.topic().thread_id
    house.says("1")
    house.works()

    house.writes("/call", thread)
    warned = told_in(house, thread)
    before = house.heard()[-1]
    house.writes("/call anyway", thread)
    house.works()

    assert "They chose “Text only, please”: they cannot talk, so write." in warned
    assert before == "Noted, Tolu: we write to you here, and nobody calls."
    assert "would like to call you" in house.heard()[-1]


def test_a_call_stands_on_the_card_with_the_number_they_write_from(house: House) -> None:
    urgent(house)

    house.says("1")
    house.works()
    house.says("Call me", ButtonPayload="say:call_me")
    house.works()

    assert "Call back: +34600000001" in card(house).text
    assert "Text only" not in card(house).text


def test_trying_later_keeps_the_question_open(house: House) -> None:
    fixed(house)

    house.says("3")
    house.works()
    later = house.heard()[-1]
    house.says("1")
    house.works()

    assert later == "Of course, Tolu. Once you have tried, write here whether it works or not."
    assert house.heard()[-1].startswith("Good to hear.")
