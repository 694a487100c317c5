"""People on call answer from their telephones: a code takes the page, and nothing of theirs becomes a ticket."""

import pytest

from models import Page, Ticket
from tests.bot.house import SID, TOMAS, House, twilio_form
from tests.bot.paging import LENAS, MARCOS, PAYMENT, TOMASS, on_call, passes, private, texts, urgent


def sends(house: House, text: str, number: str, **more: str) -> None:
    """Somebody writes an SMS."""
    sid = f"SM{next(house.numbers):032d}"
    fields = {"MessageSid": sid, "AccountSid": SID, "From": number, "To": "+34910000000", "Body": text} | more
    house.posts("twilio", twilio_form("/webhooks/twilio/messages", fields))
    house.works()


@pytest.mark.parametrize("text", ["1a", "1 A", "ok 1a", "OK, 1a!", "#1a", " 1-a "])
def test_the_code_in_a_text_takes_the_page_however_it_is_written(house: House, text: str) -> None:
    urgent(house)

    sends(house, text, TOMASS)
    passes(house, 6)

    assert texts(house, TOMASS) == ["#1 es tuyo."]
    assert house.one(Page).acknowledged_by == 2
    assert [line for line in house.shown(house.topic().thread_id) if "Tomas has it 14:00." in line]
    assert len(house.rows(Ticket)) == 1


def test_of_two_codes_at_once_one_has_it_and_the_other_is_told_who(house: House) -> None:
    urgent(house)

    sends(house, "1a", LENAS)
    sends(house, "1a", TOMASS)

    assert texts(house, LENAS)[-1] == "#1 is yours."
    assert texts(house, TOMASS) == ["Lena tiene #1 desde 14:00."]


def test_who_takes_it_at_the_desk_is_told_who_has_the_page_by_telephone(house: House) -> None:
    urgent(house)
    sends(house, "1a", MARCOS)

    first, second = house.taps("v1:take:1"), house.taps("v1:take:1", sender=TOMAS)
    house.works()

    assert house.told(first) == "#1 is yours to answer. On call: Marco has #1 since 14:00."
    assert house.told(second) == "Lena has it."


def test_what_people_on_call_write_is_no_ticket_and_a_wrong_code_is_said(house: House) -> None:
    on_call(house)

    sends(house, "thanks", LENAS)
    sends(house, "99a", LENAS)

    assert house.rows(Ticket) == []
    assert texts(house, LENAS) == ["There is no page 99a. Reply with the code of a page, like 12a."]


def test_the_button_under_a_private_page_takes_it(house: House) -> None:
    urgent(house)

    house.updates(
        callback_query={
            "id": "77",
            "from": {"id": 502, "is_bot": False, "first_name": "Tomas"},
            "chat_instance": "1",
            "data": "say:ack:1a",
            "message": house.private("page", TOMAS),
        }
    )
    house.works()

    assert house.one(Page).acknowledged_by == 2
    assert private(house, 502) == ["#1 es tuyo."]


def test_a_customers_own_words_that_look_like_a_code_stay_theirs(house: House) -> None:
    house.opened(PAYMENT)

    house.says("1a")
    house.works()

    assert house.one(Page).acknowledged_at is None


def test_a_whatsapp_line_opens_the_window_for_pages_on_whatsapp(house: House) -> None:
    on_call(house, f'[[person]]\nname = "Lena"\nroles = ["primary"]\nwhatsapp = "{LENAS}"\nverified = true\n')
    house.says("hello", LENAS)
    house.works()

    house.opened(PAYMENT)

    assert [text for text in house.heard(LENAS) if text.startswith("URGENT #1")]


def test_a_stop_from_somebody_on_call_ends_that_channel_until_start(house: House) -> None:
    on_call(house)
    sends(house, "STOP", LENAS, OptOutType="STOP")

    house.opened(PAYMENT)
    silent = texts(house, LENAS)

    assert silent == []
    assert private(house, 501)
