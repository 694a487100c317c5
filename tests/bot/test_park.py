"""What cannot be worked on is set aside, and a person is told which and how to go on."""

from dataclasses import replace
from typing import Any, cast

from bot.alarms import retell, standing
from bot.park import replay
from channels.wire import EditText
from models import Inbound
from tests.bot.house import TOLU, House, twilio_form

MESSAGES = "/webhooks/twilio/messages"


def poison(house: House, *sids: str) -> None:
    """Signed forms without a sender."""
    for sid in sids:
        house.posts("twilio", twilio_form(MESSAGES, {"MessageSid": sid, "To": "x"}))
    house.answers()


def crashes(house: House) -> None:
    """Works with a program that has neither promises nor a pace, until it gives up."""
    policies, pace = replace(house.shell.policies, terms={}), cast("Any", None)
    broken = House(replace(house.shell, policies=policies, book=pace, pace=pace), house.numbers)
    for _ in range(8):
        broken.answers()
        house.clock.passes(5)


def test_the_group_is_told_the_inbox_number_the_reason_and_the_command(house: House) -> None:
    poison(house, "SM1")

    house.delivers()

    (told,) = house.shown(None)
    for words in ("Inbox number 1 is set aside", "the message webhook has no From", "`flask inbox replay 1`"):
        assert words in told


def test_a_storm_of_them_is_one_message_with_their_number(house: House) -> None:
    poison(house, "SM1")
    house.delivers()
    poison(house, *(f"SM{number}" for number in range(2, 41)))
    house.delivers()
    house.clock.passes(60)

    retell(house.shell)
    house.delivers()

    assert len(house.shown(None)) == 1
    (edit,) = [call for call in house.telegram.calls if isinstance(call, EditText)]
    assert "40 messages from outside are set aside" in edit.text
    assert "The newest is inbox number 40" in edit.text


def test_the_alarm_is_over_when_the_last_of_them_is_taken_back(house: House) -> None:
    poison(house, "SM1", "SM2")

    replay(house.shell, [1])
    with house.shell.db.reading() as session:
        after_one = len(standing(session))
    replay(house.shell, [])
    house.delivers()

    assert after_one == 1
    assert house.shown(None)[-1] == "✅ Over: what was set aside is being worked on again."


def test_a_customers_line_that_crashes_is_named_in_their_topic_once(house: House) -> None:
    thread = house.opened()
    house.says("and the second")
    house.says("and the third")

    crashes(house)
    house.delivers()

    assert [row.state for row in house.rows(Inbound)][-2:] == ["parked", "parked"]
    told = [text for text in house.shown(thread) if "set aside" in text]
    number = house.rows(Inbound)[-2].id
    assert told == [
        "ℹ️ A message of theirs could not be worked on and is set aside: an operator must look, "  # noqa: RUF001
        f"`flask inbox replay {number}` works on it again."
    ]


def test_what_an_agent_wrote_that_crashes_is_named_in_its_topic(house: House) -> None:
    thread = house.opened()
    house.writes("/r Lena here", thread)

    crashes(house)
    house.delivers()

    assert [text for text in house.shown(thread) if "Something written here could not be worked on" in text]
    assert not [text for text in house.heard(TOLU) if "Lena here" in text]
