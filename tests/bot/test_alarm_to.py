"""ALARM_TO rings, besides its text, for what would wake nobody else."""

from dataclasses import replace

import pytest

from bot.alarms import raise_alarm
from bot.beat import beat
from bot.lookout import look
from channels.telephone import HangUp, RingUp
from models import Delivery
from tests.bot.house import LENA, SID, House, twilio_form
from tests.bot.paging import passes, texts, urgent
from tests.webhooks.doors import posts

FALLBACK, VOICES = "+34600000099", "+34910000001"


@pytest.fixture
def backed(house: House) -> House:
    """A house with ALARM_TO and a number that calls."""
    channels = {**house.shell.channels, "voice": house.shell.channels["twilio"]}
    senders = {**house.shell.senders, "voice": VOICES}
    house.shell = replace(house.shell, channels=channels, senders=senders, alarm_to=FALLBACK)
    return house


def calls(house: House) -> list[RingUp]:
    return [call for call in house.twilio.calls if isinstance(call, RingUp) and call.to == FALLBACK]


def presses(house: House, key: str, asked: str = "") -> str:
    (row,) = [row for row in house.rows(Delivery) if row.kind == "RingUp" and row.destination == FALLBACK]
    path = f"/webhooks/twilio/voice/{row.id}{asked}"
    fields = {"CallSid": "CA1", "AccountSid": SID, "CallStatus": "in-progress", "Digits": key}
    return posts(house.shell, twilio_form(path, fields)).get_data(as_text=True)


def test_an_exhausted_ladder_rings_alarm_to_once_and_says_which_ticket(backed: House) -> None:
    urgent(backed)

    passes(backed, 40)

    (call,) = calls(backed)
    assert call.sender == VOICES
    assert "ticket 1 Adeyemi Photo (SEV1, support): nobody on call has taken it." in call.text


def test_its_call_is_hung_up_when_somebody_has_the_ticket(backed: House) -> None:
    urgent(backed)
    passes(backed, 20)

    backed.taps("v1:ack:1:response", LENA)
    backed.works()

    (row,) = [row for row in backed.rows(Delivery) if row.kind == "RingUp" and row.destination == FALLBACK]
    assert row.provider_id in [call.call for call in backed.twilio.calls if isinstance(call, HangUp)]


def test_a_call_that_was_ended_before_anybody_answered_is_no_failure(backed: House) -> None:
    urgent(backed)
    passes(backed, 20)
    (before,) = [row for row in backed.rows(Delivery) if row.kind == "RingUp" and row.destination == FALLBACK]

    fields = {"CallSid": before.provider_id, "AccountSid": SID, "CallStatus": "canceled"}
    posts(backed.shell, twilio_form(f"/webhooks/twilio/status/{before.id}", fields))
    backed.works()

    (row,) = [row for row in backed.rows(Delivery) if row.id == before.id]
    assert row.state == "superseded"


def test_any_key_or_none_hears_the_alarm_twice_more_and_takes_nothing(backed: House) -> None:
    urgent(backed)
    passes(backed, 20)

    heard = [presses(backed, key, asked) for key, asked in (("4", ""), ("", "?asked=1"), ("5", "?asked=2"))]

    assert ["nobody on call has taken it" in text for text in heard] == [True, True, False]
    assert ["<Gather" in text for text in heard] == [True, True, False]
    assert "This call takes nothing." in heard[2]


def test_when_no_worker_ticks_the_web_process_texts_and_rings_it_itself_once(backed: House) -> None:
    for _ in range(3):
        look(backed.shell, "web:1")

    (call,) = calls(backed)
    assert "No worker has ticked" in call.text
    assert len(texts(backed, FALLBACK)) == 1


def test_a_call_that_has_not_gone_is_not_made_when_a_worker_ticks(backed: House) -> None:
    with backed.shell.db.writing() as session:
        raise_alarm(backed.shell, session, "no_worker", "No worker has ticked.")

    beat(backed.shell, "host:1")
    backed.delivers()

    assert calls(backed) == []


def test_without_a_voice_it_is_a_text_only(house: House) -> None:
    house.shell = replace(house.shell, alarm_to=FALLBACK)
    urgent(house)

    passes(house, 20)

    assert [row for row in house.rows(Delivery) if row.kind == "RingUp"] == []
    assert len(texts(house, FALLBACK)) == 1


def test_any_other_alarm_is_a_text_only(backed: House) -> None:
    with backed.shell.db.writing() as session:
        raise_alarm(backed.shell, session, "parked", "One message was set aside.")
    backed.delivers()

    assert calls(backed) == []
    assert len(texts(backed, FALLBACK)) == 1
