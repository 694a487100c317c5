"""Slips of an agent's hand: nothing odd reaches a customer, and the answer says what to write instead."""

import pytest

from bot.desk import snoozing
from channels.wire import SendText
from models import Page, Ticket
from tests.bot.desk_words import told_in
from tests.bot.house import GROUP, TOMAS, House


@pytest.mark.parametrize(("written", "meant"), [("acess", "access"), ("Refnd", "refund"), ("payments", "payment")])
def test_a_slip_in_a_canned_replys_name_reaches_no_customer(house: House, written: str, meant: str) -> None:
    thread = house.opened()

    house.writes(f"/r {written}", thread)

    assert told_in(house, thread).endswith(
        f"NOT SENT: did you mean the canned reply /r {meant}? A word of your own goes with a full stop: /r {written}."
    )
    assert house.heard() == []


@pytest.mark.parametrize("written", ["Refunded.", "yes", "done"])
def test_a_word_of_the_agents_own_goes_out(house: House, written: str) -> None:
    thread = house.opened()

    house.writes(f"/r {written}", thread)
    house.works()

    assert house.heard() == [written]


def test_a_mere_sign_is_no_note_to_offer_and_the_words_behind_it_are(house: House) -> None:
    thread = house.opened()

    house.writes("👍", thread)
    house.writes("Please try it again now.", thread)
    house.writes("and again", thread)
    house.works()

    offers = [call for call in house.telegram.calls if isinstance(call, SendText) and "Send this" in call.text]
    assert [offer.options[0].key.rpartition(":")[2] for offer in offers] == ["3"]


def test_a_snooze_is_ended_by_hand(house: House) -> None:
    thread = house.opened()
    house.writes("/snooze 2h", thread)
    house.works()

    house.writes("/snooze off", thread)
    house.works()

    assert house.one(Ticket).snoozed_until is None
    assert house.shown(thread)[-1].endswith("#1 is back: Lena ended its snooze.")
    house.writes("/snooze off", thread)
    assert told_in(house, thread).endswith("#1 is not snoozed.")
    snoozing.sweep(house.shell)


def test_a_snooze_into_another_day_says_which(house: House) -> None:
    thread = house.opened()

    house.writes("/snooze 9:00", thread)

    assert told_in(house, thread).endswith("#1 is out of sight until Thu 09:00.")


def test_only_an_engineer_or_a_lead_silences_the_engineers_page_by_command(house: House) -> None:
    thread = house.opened("uploads fail for one client, jpg works")
    house.writes("/escalate", thread)
    house.works()

    house.writes("/ack", thread, sender=TOMAS)

    assert told_in(house, thread).endswith(
        "Only an engineer can say that; a lead gives the role: /role @name engineer."
    )
    assert house.one(Page).acknowledged_at is None
    house.writes("/ack", thread)
    house.works()
    assert house.one(Page).acknowledged_at is not None


def test_going_on_duty_reads_as_two_sentences(house: House) -> None:
    house.opened()

    house.writes("/on")

    said = told_in(house, None)
    assert "On duty: Lena. An answer is promised, and nobody has it: #1" in said
    assert house.telegram.calls[-1].to == str(GROUP)


def test_canned_list_lists_them_too(house: House) -> None:
    house.opened()

    house.writes("/canned list")

    listed = told_in(house, None)
    assert all(
        name in listed for name in ("payment (en, es)", "booking (en, es)", "upload (en, es)", "access (en, es)")
    )


def test_who_asks_for_a_number_is_named_though_nobody_has_the_ticket(house: House) -> None:
    thread = house.opened()

    house.writes("/call", thread, sender=TOMAS)
    house.works()

    assert house.heard()[-1].startswith("Tomas would like to call you. Which number is best?")
