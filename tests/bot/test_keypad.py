"""Calls that wake: only a key that means something is a success; every other end of a call moves the page on."""

from dataclasses import replace

import pytest
from sqlalchemy import delete

from channels.telephone import HangUp, RingUp
from models import Channel, Delivery, Page
from tests.bot.house import SID, TOMAS, House, twilio_form
from tests.bot.paging import LENAS, MARCOS, PAYMENT, TOMASS, looks, on_call, passes, private, texts
from tests.webhooks.doors import posts

VOICES = "+34910000001"


@pytest.fixture
def phoning(house: House) -> House:
    """A SEV1 whose primary is being called: two minutes have gone by."""
    channels = {**house.shell.channels, "voice": house.shell.channels["twilio"]}
    house.shell = replace(house.shell, channels=channels, senders={**house.shell.senders, "voice": VOICES})
    on_call(house)
    house.opened(PAYMENT)
    passes(house, 2)
    return house


def calls(house: House, number: str) -> list[RingUp]:
    return [call for call in house.twilio.calls if isinstance(call, RingUp) and call.to == number]


def call_row(house: House, number: str = LENAS) -> Delivery:
    return [row for row in house.rows(Delivery) if row.kind == "RingUp" and row.destination == number][-1]


def presses(house: House, key: str, asked: str = "") -> str:
    """A key in the newest call to Lena, or none; what she hears."""
    path = f"/webhooks/twilio/voice/{call_row(house).id}{asked}"
    fields = {"CallSid": "CA1", "AccountSid": SID, "CallStatus": "in-progress", "Digits": key}
    answer = posts(house.shell, twilio_form(path, fields))
    house.works()
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def ends(house: House, status: str, number: str = LENAS) -> None:
    """Twilio tells how a call ended."""
    row = call_row(house, number)
    fields = {"CallSid": row.provider_id, "AccountSid": SID, "CallStatus": status, "CallDuration": "3"}
    house.posts("twilio", twilio_form(f"/webhooks/twilio/status/{row.id}", fields))
    house.works()
    looks(house)


def test_after_two_minutes_the_primarys_phone_rings_and_says_what_it_is_about(phoning: House) -> None:
    (call,) = calls(phoning, LENAS)

    assert call.sender == VOICES
    assert call.text.startswith("URGENT ticket 1, Adeyemi Photo. PAYMENT NOT WORKING")
    assert call.text.endswith("Press 4 to take it, 5 to pass it on.")


def test_four_takes_it_and_everything_is_silent(phoning: House) -> None:
    heard = presses(phoning, "4")
    ends(phoning, "completed")
    passes(phoning, 6)

    assert '<Say language="en-US">#1 is yours.</Say>' in heard
    assert phoning.one(Page).acknowledged_by == 1
    assert texts(phoning, TOMASS) == []
    assert not [call for call in phoning.twilio.calls if isinstance(call, HangUp)]


def test_five_passes_it_on_and_the_next_are_asked_at_once(phoning: House) -> None:
    heard = presses(phoning, "5")

    assert "Passed on: the next are asked." in heard
    assert len(texts(phoning, TOMASS)) == 1
    assert phoning.one(Page).acknowledged_at is None


def test_any_other_key_hears_it_again_twice_and_is_no_success(phoning: House) -> None:
    heard = [presses(phoning, key, asked) for key, asked in (("7", ""), ("", "?asked=1"), ("9", "?asked=2"))]

    assert ["<Gather" in text for text in heard] == [True, True, False]
    assert "asked=1" in heard[0]
    assert "No key. Goodbye." in heard[2]
    assert phoning.one(Page).acknowledged_at is None


@pytest.mark.parametrize("status", ["completed", "busy", "no-answer", "failed", "canceled"])
def test_a_call_without_a_key_goes_to_the_persons_next_channel_at_once_whatever_ended_it(
    phoning: House, status: str
) -> None:
    before = len(private(phoning, 501))

    ends(phoning, status)

    assert len(private(phoning, 501)) == before + 1
    assert phoning.one(Page).acknowledged_at is None


def test_who_has_only_a_telephone_and_does_not_answer_is_passed_over_at_once(phoning: House) -> None:
    phoning.changes(lambda session: session.execute(delete(Channel).where(Channel.kind != "voice")))

    ends(phoning, "no-answer")

    assert len(calls(phoning, TOMASS)) == 1
    assert calls(phoning, MARCOS) == []


def test_a_phone_that_still_rings_is_hung_up_when_somebody_else_has_it(phoning: House) -> None:
    phoning.taps("v1:take:1")
    phoning.works()

    (over,) = [call for call in phoning.twilio.calls if isinstance(call, HangUp)]
    assert over.call == call_row(phoning).provider_id


@pytest.mark.parametrize("key", ["4", "5"])
def test_a_key_pressed_too_late_hears_who_has_it(phoning: House, key: str) -> None:
    phoning.taps("v1:take:1", TOMAS)
    phoning.works()
    phoning.clock.passes(60)

    heard = presses(phoning, key)

    assert "Tomas has #1 since 14:02." in heard
    assert phoning.one(Page).acknowledged_by == 2


def test_who_has_taken_it_elsewhere_hears_from_the_call_that_it_is_theirs(phoning: House) -> None:
    phoning.taps("v1:take:1")
    phoning.works()

    heard = presses(phoning, "4")

    assert "#1 is yours." in heard
    assert phoning.one(Page).acknowledged_by == 1


def test_a_forged_key_does_nothing(phoning: House) -> None:
    path = f"/webhooks/twilio/voice/{call_row(phoning).id}"

    answer = posts(phoning.shell, twilio_form(path, {"Digits": "4"}, token="another"))

    assert answer.status_code == 403
    assert phoning.one(Page).acknowledged_at is None
