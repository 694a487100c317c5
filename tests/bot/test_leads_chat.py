"""The leads' own chat: alarms, broken promises, low ratings with the conversation, and an overview of every group."""

from dataclasses import replace

import pytest

from bot import overview, watch
from bot.alarms import clear_alarm, raise_alarm, retell
from bot.shell import Desk
from channels.wire import EditText, SendText, TransportError
from models import Audit, Overview, Ticket
from tests.bot.desk_words import answered
from tests.bot.house import CHARLIE, GROUP, LENA, OTHER_GROUP, TOMAS, House

LEADS = OTHER_GROUP


@pytest.fixture
def led(house: House) -> House:
    """A house whose leads have a chat of their own."""
    return replace(house, shell=replace(house.shell, desk=Desk(GROUP, {GROUP, LEADS}, lead=LEADS)))


def read_by_leads(house: House) -> list[SendText]:
    return [call for call in house.telegram.calls if isinstance(call, SendText) and call.to == str(LEADS)]


def rated(house: House, stars: str) -> int:
    thread = house.opened()
    house.writes("/r Try it now.", thread)
    house.works()
    house.taps("v1:resolve:1")
    house.works()
    house.says("yes")
    house.says(stars)
    house.works()
    return thread


@pytest.mark.parametrize("stars", ["1", "2"])
def test_a_low_rating_goes_to_the_leads_with_the_conversation(led: House, stars: str) -> None:
    thread = rated(led, stars)

    (told,) = read_by_leads(led)
    assert told.text.startswith(f"<b>RATED {stars} of 5</b>: ")
    assert "SEV1 upload · Adeyemi Photo · agency · Lena" in told.text
    assert "Lena: Try it now." in told.text
    assert told.text.count("\n") <= 9
    assert led.shown(thread)[-1].endswith(f"Rated {stars} of 5: the leads have it.")


def test_a_good_rating_leaves_the_leads_in_peace(led: House) -> None:
    rated(led, "4")

    assert read_by_leads(led) == []


def test_the_lead_who_says_so_first_has_the_ticket_and_its_topic_is_told(led: House) -> None:
    thread = rated(led, "1")
    led.admits(LENA, LEADS, "lead")
    led.admits(TOMAS, LEADS, "lead")

    first = led.taps("v1:write:1", TOMAS, LEADS)
    second = led.taps("v1:write:1", LENA, LEADS)
    led.works()

    assert led.told(first) == "#1 is yours: answer in its topic."
    assert led.told(second) == "Tomas said so already: #1 is in good hands."
    assert led.one(Ticket).owner_id == TOMAS["id"]
    assert any("Tomas reads the conversation and writes to Tolu in person." in text for text in led.shown(thread))


def test_a_stranger_in_the_leads_chat_does_nothing_and_is_logged(led: House) -> None:
    rated(led, "1")
    stranger = {"id": 777, "is_bot": False, "first_name": "Mallory"}
    led.admits(stranger, LEADS, "gone")

    led.taps("v1:write:1", stranger, LEADS)
    led.works()

    assert led.one(Ticket).owner_id == LENA["id"]
    assert (led.last(Audit).agent_id, led.last(Audit).what) == (777, "tap write")


def test_a_broken_promise_is_told_with_owner_and_what_the_customer_heard(led: House) -> None:
    led.opened()
    led.taps("v1:take:1")
    led.works()

    led.clock.passes(2 * 3600 + 60)
    watch.clocks(led.shell)
    led.works()

    told = [call.text for call in read_by_leads(led)]
    assert len(told) == 1
    assert "SEV1 upload · Adeyemi Photo · agency · Lena" in told[0]
    assert "The promised time has passed and nobody has answered." in told[0]
    assert "Told last: <i>Bot: " in told[0]


def test_an_alarm_and_its_end_are_told_to_the_leads_too_even_where_their_chat_is_shut(led: House) -> None:
    led.telegram.when(
        lambda call: getattr(call, "to", "") == str(LEADS), TransportError("bot was kicked", permanent=True), 50
    )

    led.changes(lambda session: raise_alarm(led.shell, session, "page:1", "nobody has it"))
    led.works()
    led.changes(lambda session: clear_alarm(led.shell, session, "page:1"))
    led.works()

    assert "🚨 nobody has it" in {call.text for call in read_by_leads(led)}
    assert answered(led, "Over: nobody has it")


def test_the_leads_copy_of_an_alarm_follows_its_words(led: House) -> None:
    led.changes(lambda session: raise_alarm(led.shell, session, "page:1", "nobody has it"))
    led.works()
    led.changes(lambda session: raise_alarm(led.shell, session, "page:1", "Lena has it too late"))
    led.clock.passes(60)

    retell(led.shell)
    led.works()

    edited = [call for call in led.telegram.calls if isinstance(call, EditText) and "too late" in call.text]
    assert {call.to for call in edited} == {str(GROUP), str(LEADS)}
    assert len(edited) == 2


def test_the_leads_have_one_pinned_overview_of_every_groups_tickets(led: House) -> None:
    led.opened()
    led.says("how do i rename an album?", CHARLIE)
    led.works()
    for _ in range(3):
        led.clock.passes(60)
        overview.show(led.shell)
        led.works()

    assert sum(" open</b>" in call.text for call in read_by_leads(led)) == 1
    assert "<b>2 open</b>" in read_by_leads(led)[-1].text
    assert {row.chat_id for row in led.rows(Overview)} == {GROUP, LEADS}
    assert not [call for call in led.telegram.calls if isinstance(call, EditText) and call.to == str(LEADS)]


def test_leads_who_sit_with_the_agents_are_told_once(house: House) -> None:
    led = replace(house, shell=replace(house.shell, desk=Desk(GROUP, {GROUP}, lead=GROUP)))

    thread = rated(led, "1")

    assert led.shown(thread)[-1].endswith("Rated 1 of 5: the lead should read this one.")
