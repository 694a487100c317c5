"""Buttons under the card: exactly one owner, and whoever taps is told what became of it."""

import pytest
from sqlalchemy import update

from bot import watch
from channels.wire import AnswerTap, EditText
from models import Inbound, Ticket, TicketEvent
from tests.bot.house import CHARLIE, GROUP, LENA, NOBODY, OTHER_GROUP, TOMAS, House
from tests.bot.test_answer import at_once


def test_taking_a_ticket_tells_the_agent_the_customer_and_the_card(house: House) -> None:
    house.opened()

    query = house.taps("v1:take:1")
    house.works()

    assert house.told(query) == "#1 is yours."
    assert house.one(Ticket).owner_id == LENA["id"]
    assert any("You're with Lena now" in text for text in house.heard())
    edit = [call for call in house.telegram.calls if isinstance(call, EditText)][-1]
    assert "Owner: Lena" in edit.text
    assert [option.label for option in edit.options] == ["Resolve", "Change"]


def test_of_two_agents_who_tap_at_once_exactly_one_has_it(house: House) -> None:
    house.opened()
    queries = [house.taps("v1:take:1", agent) for agent in (LENA, TOMAS)]
    # As if they came from two places: nothing but the lock keeps them apart.
    house.changes(lambda session: session.execute(update(Inbound).values(source="")))

    at_once(lambda _: house.answers(), 2)
    house.clock.passes(2)
    house.answers()

    told = {str(house.told(query)) for query in queries}
    assert "#1 is yours." in told
    assert told & {"Lena has it.", "Tomas has it."}
    assert [event.kind for event in house.rows(TicketEvent)].count("taken") == 1


def test_tapping_twice_says_you_already_have_it(house: House) -> None:
    house.opened()
    house.taps("v1:take:1")

    again = house.taps("v1:take:1")
    house.works()

    assert house.told(again) == "You already have it."
    assert len([text for text in house.heard() if "You're with" in text]) == 1


@pytest.mark.parametrize("action", ["take", "resolve"])
def test_a_stale_button_of_a_resolved_ticket_says_so_and_changes_nothing(house: House, action: str) -> None:
    house.opened()
    house.taps("v1:resolve:1")
    house.works()
    before = [event.kind for event in house.rows(TicketEvent)]

    query = house.taps(f"v1:{action}:1", TOMAS)
    house.works()

    assert house.told(query) == "#1 is already resolved."
    assert house.one(Ticket).owner_id == LENA["id"]
    assert [event.kind for event in house.rows(TicketEvent)] == before


def test_a_button_this_version_does_not_know_is_answered(house: House) -> None:
    house.opened()

    query = house.taps("v1:escalate:1")
    house.works()

    assert "another version" in str(house.told(query))


GARBAGE = ["", "x", "v1", "v1:", "v1:take", "v1:take:", "v1:take:two", "v1:take:-1", "v1:take:99", "v2:take:1"]
GARBAGE += ["v1:take:²", "v1:take:" + "9" * 40, "v1:take:1:", "say:yes", "\u0000"]


@pytest.mark.parametrize("data", GARBAGE)
def test_data_that_names_no_ticket_here_does_nothing_at_once(house: House, data: str) -> None:
    house.opened()

    house.taps(data)

    assert house.answers() == 1
    row = house.last(Inbound)
    assert (row.state, row.attempts) == ("silent", 0)
    assert row.reason
    assert house.one(Ticket).owner_id is None


def test_a_button_pressed_in_another_group_does_nothing(house: House) -> None:
    house.opened()

    house.taps("v1:take:1", chat=OTHER_GROUP)
    house.works()

    assert house.last(Inbound).reason == "a tap on a button of no ticket here"
    assert house.one(Ticket).owner_id is None


def test_each_ticket_answers_to_its_own_button(house: House) -> None:
    house.opened("uploads fail")
    house.says("bookings are gone", CHARLIE)
    house.works()

    house.taps("v1:take:2")
    house.works()

    assert [ticket.owner_id for ticket in house.rows(Ticket)] == [None, LENA["id"]]


def test_a_hidden_tapper_is_told_to_show_themselves(house: House) -> None:
    house.opened()

    query = house.taps("v1:take:1", NOBODY)
    house.works()

    assert "Remain anonymous" in str(house.told(query))
    assert house.one(Ticket).owner_id is None


def test_a_tap_is_answered_before_anything_else_is_sent(house: House) -> None:
    house.opened()
    house.says("a line")
    house.taps("v1:take:1")
    before = len(house.telegram.calls)

    house.answers()
    house.delivers()

    assert isinstance(house.telegram.calls[before], AnswerTap)


def test_resolving_an_unowned_ticket_owns_it_and_asks_the_customer(house: House) -> None:
    house.opened()

    query = house.taps("v1:resolve:1", TOMAS)
    house.works()

    assert house.told(query) == "#1 resolved. The customer is asked whether it is."
    ticket = house.one(Ticket)
    assert (ticket.state, ticket.owner_id, ticket.resolved_at) == ("resolved", TOMAS["id"], house.clock.now())
    assert "Tomas marked this as solved. Was it solved?" in house.heard()[-1]


def test_resolving_an_older_ticket_does_not_claim_that_the_customer_is_asked(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.taps("v1:resolve:1")
    house.works()
    house.says("yes")
    house.says("5")
    house.says("now all my bookings are gone")
    house.works()
    house.changes(lambda session: setattr(session.get(Ticket, 1), "state", "open"))
    before = house.heard()

    query = house.taps("v1:resolve:1")
    house.works()

    assert house.heard() == before
    assert "asked" not in str(house.told(query))


def test_a_customer_who_says_no_opens_it_again_and_the_topic_is_told(house: House) -> None:
    thread = house.opened()
    house.taps("v1:take:1")
    house.taps("v1:resolve:1")
    house.works()

    house.says("no")
    house.works()

    ticket = house.one(Ticket)
    assert (ticket.state, ticket.resolved_at, ticket.owner_id) == ("open", None, LENA["id"])
    assert any("Open again: customer answered no." in text for text in house.shown(thread))
    assert house.heard()[-1].startswith("Thanks for telling us. It is open again")


def test_a_low_rating_is_said_to_the_lead(house: House) -> None:
    thread = house.opened()
    house.taps("v1:resolve:1")
    house.works()

    house.says("yes")
    house.says("2")
    house.works()
    watch.quiet(house.shell)

    assert any("Rated 2 of 5" in text for text in house.shown(thread))
    assert str(GROUP) == house.telegram.calls[0].to
