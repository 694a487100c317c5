"""The hotline number: put through to who is on call, else a tape; only a key takes a call, and nothing is lost."""

from dataclasses import replace
from datetime import timedelta

import pytest

from channels.wire import Fetch, SendText
from models import Address, IncomingCall, Message, Page, Studio, Ticket
from tests.bot.house import CHARLIE, GROUP, TOLU, House
from tests.bot.paging import LENAS, MARCOS, PAYMENT, TOMASS, on_call, passes, texts
from tests.bot.telephone import HOTLINE, RECORDING, Telephone, works


@pytest.fixture
def saturday(house: House) -> House:
    """An Agency studio with its hotline open until tonight, and people on call."""
    on_call(house)
    house.studio()
    until = house.clock.now() + timedelta(hours=6)
    house.changes(lambda session: setattr(session.get(Studio, 1), "hotline_until", until))
    return house


def topic(house: House) -> list[str]:
    return house.shown(house.topic().thread_id)


def test_the_caller_is_announced_and_the_primary_is_rung_from_our_number(saturday: House) -> None:
    call = Telephone(saturday)

    heard = call.rings()

    assert heard == "StudioVault hotline. One moment, Tolu, we put you through to the person on call."
    assert call.dialled() == LENAS
    assert call.document is not None
    assert call.document.find("Dial").attrib["callerId"] == HOTLINE  # type: ignore[union-attr]


def test_a_caller_hears_the_studios_language(saturday: House) -> None:
    saturday.studio(language="es")

    assert Telephone(saturday).rings().startswith("Línea de urgencias de StudioVault. Un momento, Tolu")


def test_who_picks_up_hears_who_calls_and_only_one_connects_them(saturday: House) -> None:
    call = Telephone(saturday)
    call.rings()

    for key in ("", "4", "*"):
        words, connected = call.picks_up(key)
        assert words == "StudioVault hotline, a call from Adeyemi Photo. Press 1 to take it."
        assert not connected
    assert saturday.one(IncomingCall).state == "ringing"
    assert call.picks_up("1")[1]
    assert saturday.one(IncomingCall).state == "talking"


def test_nobody_answers_so_the_next_of_the_ladder_is_rung_then_the_tape_runs(saturday: House) -> None:
    call = Telephone(saturday)
    call.rings()

    rung, heard = [call.dialled()], ""
    while call.dialled():
        heard = call.nobody_answers()
        rung.append(call.dialled())

    assert rung == [LENAS, TOMASS, MARCOS, ""]
    assert "your message is recorded, and a person answers by 14:05" in heard


def test_a_doubled_request_hears_the_same_and_asks_nobody_twice(saturday: House) -> None:
    call = Telephone(saturday)
    first = call.rings(), call.dialled()
    again = call.rings(), call.dialled()
    before = call.document
    call.nobody_answers()
    second = call.dialled()

    call.document = before
    call.nobody_answers()

    assert (again, second, call.dialled()) == (first, TOMASS, TOMASS)
    assert saturday.one(IncomingCall).leg == 1


def test_a_taken_call_is_an_answer_and_the_ticket_says_who_talked_and_how_long(saturday: House) -> None:
    call = Telephone(saturday)
    call.rings()
    call.nobody_answers()
    saturday.clock.passes(30)
    call.picks_up("1")
    works(saturday)
    talking = topic(saturday)[-1]
    saturday.clock.passes(192)
    call.goes_on(DialCallStatus="completed", DialCallDuration="192", DialBridged="true")
    works(saturday)

    assert "Tomas talks with Tolu on the telephone since 14:00." in talking
    assert "Tomas talked with Tolu on the telephone from 14:00 for 3:12." in topic(saturday)[-1]
    assert (saturday.one(Ticket).severity, saturday.promise().state) == (2, "met")
    assert texts(saturday, TOLU) == []


def test_who_presses_one_has_the_page_and_everything_is_silent(saturday: House) -> None:
    saturday.says(PAYMENT)
    works(saturday)
    call = Telephone(saturday)
    call.rings()
    call.picks_up("1")
    works(saturday)
    before = len(texts(saturday, LENAS)), len(texts(saturday, TOMASS))
    passes(saturday, 6)

    page = next(row for row in saturday.rows(Page) if row.ladder == "response")
    assert (page.acknowledged_by, page.ended_at is not None) == (1, True)
    assert "Lena has it 14:00." in "".join(topic(saturday))
    assert (len(texts(saturday, LENAS)), len(texts(saturday, TOMASS))) == before
    assert len(saturday.rows(Ticket)) == 1


def test_a_voicemail_is_an_urgent_ticket_with_the_recording_to_play(saturday: House) -> None:
    call = Telephone(saturday)
    call.rings()
    while call.dialled():
        call.nobody_answers()

    heard = call.speaks(41)
    works(saturday)
    saturday.clock.passes(10)
    works(saturday)

    ticket = saturday.one(Ticket)
    assert heard == "Thank you, your message is with us. A person answers by 14:05. Goodbye."
    assert (ticket.severity, ticket.category, ticket.reasons) == (
        1,
        "other",
        ["a voicemail on the hotline: listen first"],
    )
    assert [sent.media.ref for sent in saturday.twilio.calls if isinstance(sent, Fetch)] == [f"{RECORDING}.mp3"]
    assert "[voice] Tolu: voicemail on the hotline, not transcribed · 0:41" in topic(saturday)
    assert len(texts(saturday, LENAS)) == 1


def test_a_voicemail_joins_the_callers_open_ticket_also_on_telegram(saturday: House) -> None:
    saturday.studio(channel="telegram", address="601")
    saturday.updates(
        message=saturday.private("the gallery is slow", {"id": 601, "is_bot": False, "first_name": "Tolu"})
    )
    works(saturday)
    call = Telephone(saturday)
    call.rings()
    while call.dialled():
        call.nobody_answers()

    call.speaks(7)
    works(saturday)

    assert saturday.one(Ticket).severity == 1
    assert "[voice] Tolu: voicemail on the hotline, not transcribed · 0:07" in topic(saturday)
    assert [row.text for row in saturday.rows(Message) if row.author == "customer"] == ["the gallery is slow", ""]


def test_hanging_up_before_the_tape_is_a_missed_call_told_and_texted(saturday: House) -> None:
    call = Telephone(saturday)
    call.rings()

    call.hangs_up()
    works(saturday)

    (text,) = texts(saturday, TOLU)
    assert text == (
        "We saw your call, Tolu, and nobody reached it in time. Write here what is wrong; a person answers by 14:05."
    )
    assert saturday.one(Ticket).severity == 1
    assert "Missed call: Tolu called the hotline 14:00, and a text asks them to write." in topic(saturday)[-1]
    assert len(texts(saturday, LENAS)) == 1


def test_a_line_that_goes_silent_is_a_missed_call_too(saturday: House) -> None:
    Telephone(saturday).rings()
    works(saturday)
    before = saturday.rows(Ticket)

    saturday.clock.passes(91)
    works(saturday)

    assert before == []
    assert saturday.one(IncomingCall).state == "missed"
    assert len(texts(saturday, TOLU)) == 1


def test_silence_on_the_tape_is_a_missed_call(saturday: House) -> None:
    call = Telephone(saturday)
    call.rings()
    while call.dialled():
        call.nobody_answers()

    heard = call.says_nothing()
    works(saturday)

    assert heard == "We heard nothing. Please write to us; a person answers by 14:05. Goodbye."
    assert "Missed call" in topic(saturday)[-1]


def test_who_had_hung_up_when_one_was_pressed_still_waits_for_an_answer(saturday: House) -> None:
    call = Telephone(saturday)
    call.rings()
    call.picks_up("1")
    works(saturday)
    call.goes_on(CallStatus="completed", DialCallStatus="canceled", DialBridged="false")
    works(saturday)

    assert saturday.promise().state == "running"
    assert "Lena pressed 1, and Tolu had hung up by then" in topic(saturday)[-1]
    assert len(texts(saturday, TOLU)) == 1


@pytest.mark.parametrize(("tier", "number"), [("agency", TOLU), ("pro", TOLU), ("free", CHARLIE)])
def test_outside_a_window_the_caller_hears_the_truth_and_gets_one_text(house: House, tier: str, number: str) -> None:
    house.studio(tier=tier)
    on_call(house)

    for sid in ("CA1", "CA2"):
        call = Telephone(house, number, sid)
        heard = call.rings()
        works(house)
        house.clock.passes(60)

    assert heard.startswith("This is the hotline for booked shoots, and it is not open for you now.")
    (text,) = texts(house, number)
    assert "Write here what is wrong: if your studio is stopped, a person answers by" in text
    assert house.rows(Ticket) == []
    assert call.dialled() == ""


def test_whoever_sent_stop_is_not_texted_and_hears_where_to_write(house: House) -> None:
    house.studio()
    house.changes(lambda session: setattr(session.get(Address, 1), "stopped_at", house.clock.now()))

    heard = Telephone(house).rings()
    works(house)

    assert "Please write to us in the chat you know." in heard
    assert texts(house, TOLU) == []


def test_a_hidden_number_hears_the_truth_and_breaks_nothing(house: House) -> None:
    heard = Telephone(house, "anonymous").rings()
    works(house)

    assert "Please write to us in the chat you know." in heard
    assert house.one(IncomingCall).due_at is None


def test_one_of_the_crew_who_rings_back_is_no_customer(house: House) -> None:
    on_call(house)

    heard = Telephone(house, TOMASS).rings()

    assert heard.startswith("Este número te llama cuando hace falta alguien.")
    assert house.rows(IncomingCall) == []


def test_without_anybody_who_can_be_rung_the_tape_runs_at_once(house: House) -> None:
    house.studio()
    until = house.clock.now() + timedelta(hours=6)
    house.changes(lambda session: setattr(session.get(Studio, 1), "hotline_until", until))

    call = Telephone(house)

    assert "your message is recorded" in call.rings()


def test_an_open_tickets_topic_hears_of_a_call_outside_the_hours(house: House) -> None:
    on_call(house)
    house.opened("the gallery is slow")

    Telephone(house).rings()
    works(house)

    assert "Tolu called the hotline 14:00, outside its hours." in "".join(topic(house))
    assert house.one(Ticket).severity > 1


def test_without_sms_a_missed_call_is_told_where_the_caller_has_a_chat(saturday: House) -> None:
    saturday.shell = replace(saturday.shell, senders={"whatsapp": saturday.shell.senders["whatsapp"]})
    call = Telephone(saturday)
    call.rings()

    call.hangs_up()
    works(saturday)

    assert saturday.one(Ticket).severity == 1
    assert [sent for sent in saturday.telegram.calls if isinstance(sent, SendText) and sent.to == str(GROUP)]
