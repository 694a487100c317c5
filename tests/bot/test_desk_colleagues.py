"""Who writes to a customer a colleague is with hears of it once; nothing is held up."""

from tests.bot.house import LENA, TOMAS, House


def notices(house: House, thread: int) -> list[str]:
    return [text for text in house.shown(thread) if "Yours goes out as well" in text]


def test_a_second_agent_is_told_of_an_answer_he_cannot_have_seen_and_both_go_out(house: House) -> None:
    thread = house.opened()
    house.writes("/r It works again.", thread, sender=LENA)
    house.clock.passes(20)

    house.writes("/r We are looking at it.", thread, sender=TOMAS)
    house.works()

    assert house.heard() == ["It works again.", "We are looking at it."]
    (told,) = notices(house, thread)
    assert "Lena answered 20 s before you: “It works again.”" in told


def test_who_answers_on_a_colleagues_ticket_is_told_once_who_has_it(house: House) -> None:
    thread = house.opened()
    house.taps("v1:take:1", LENA)
    house.works()

    for number in range(3):
        house.writes(f"/r answer {number}", thread, sender=TOMAS)
        house.works()

    (told,) = notices(house, thread)
    assert "Lena has #1." in told


def test_the_owner_and_who_answers_the_customers_next_line_are_left_alone(house: House) -> None:
    thread = house.opened()
    house.writes("/r one", thread, sender=LENA)
    house.writes("/r two", thread, sender=LENA)
    house.works()
    house.says("and my gallery?")
    house.works()

    house.writes("/r three", thread, sender=LENA)
    house.works()

    assert not notices(house, thread)


def test_an_old_answer_of_a_colleague_is_no_news(house: House) -> None:
    thread = house.opened()
    house.taps("v1:take:1", TOMAS)
    house.writes("/r one", thread, sender=LENA)
    house.works()
    house.clock.passes(200)

    house.writes("/r two", thread, sender=TOMAS)
    house.works()

    assert [text for text in notices(house, thread) if "before you" in text] == []
