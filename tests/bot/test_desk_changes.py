"""Severity and category change with who, when and why; resolving says what was wrong."""

import pytest

from models import Message, Ticket
from tests.bot.desk_words import card, events, keys, told_in
from tests.bot.house import LENA, TOMAS, House


def test_change_offers_every_other_severity_and_category_on_the_card_itself(house: House) -> None:
    house.opened("uploads fail")
    ticket = house.one(Ticket)

    query = house.taps("v1:change:1")
    house.works()

    assert house.told(query) == ""
    assert keys(card(house).options)[-1] == "v1:back:1"
    assert f"v1:sev:1:{ticket.severity}" not in keys(card(house).options)
    assert "v1:cat:1:payment" in keys(card(house).options)
    assert all(len(key.encode()) <= 64 for key in keys(card(house).options))


def test_back_brings_the_cards_own_buttons(house: House) -> None:
    house.opened()
    house.taps("v1:change:1")
    house.works()

    house.taps("v1:back:1")
    house.works()

    assert keys(card(house).options) == ["v1:take:1", "v1:causes:1", "v1:change:1"]


def test_a_severity_is_asked_for_its_reason_before_it_changes(house: House) -> None:
    house.opened("how do I rename a gallery")

    house.taps("v1:sev:1:1")
    house.works()

    assert house.one(Ticket).severity == 3
    assert keys(card(house).options)[:3] == ["v1:sev:1:1:work", "v1:sev:1:1:more", "v1:sev:1:1:shoot"]


def test_the_reason_on_the_button_changes_it_and_stands_on_the_card(house: House) -> None:
    house.opened("how do I rename a gallery")

    query = house.taps("v1:sev:1:1:shoot", TOMAS)
    house.works()

    assert house.told(query) == "#1 is SEV1 now: shoot now."
    assert events(house, "severity_changed") == [("agent:502", {"from": 3, "to": 1, "why": "shoot now"})]
    assert "SEV1" in card(house).text
    assert "Why: SEV1 by Tomas: shoot now" in card(house).text


def test_another_reason_is_written(house: House) -> None:
    thread = house.opened("how do I rename a gallery")
    query = house.taps("v1:sev:1:2:other")
    house.works()

    house.writes("/sev 2 three branches have it", thread)
    house.works()

    assert house.told(query) == "Write it in this topic: /sev 2 and why."
    assert events(house, "severity_changed") == [("agent:501", {"from": 3, "to": 2, "why": "three branches have it"})]


@pytest.mark.parametrize("written", ["/sev", "/sev 1", "/sev 9 because", "/sev because"])
def test_a_severity_without_a_number_or_a_reason_is_refused_with_an_example(house: House, written: str) -> None:
    thread = house.opened()

    house.writes(written, thread)

    assert "like" in told_in(house, thread) or "/sev 1 the whole studio" in told_in(house, thread)
    assert events(house, "severity_changed") == []


def test_the_category_changes_by_button_and_by_command(house: House) -> None:
    thread = house.opened("uploads fail")

    query = house.taps("v1:cat:1:payment")
    house.writes("/cat booking they meant the calendar", thread)
    house.works()

    assert house.told(query) == "#1 is about payment now."
    assert [data for _, data in events(house, "category_changed")] == [
        {"from": "upload", "to": "payment", "why": "chosen on the card"},
        {"from": "payment", "to": "booking", "why": "they meant the calendar"},
    ]


def test_an_unknown_category_is_answered_with_the_known_ones(house: House) -> None:
    thread = house.opened()

    house.writes("/cat weather", thread)

    assert "payment, booking, upload, access" in told_in(house, thread)


@pytest.mark.parametrize("data", ["v1:sev:1:2:more", "v1:cat:1:payment", "v1:change:1", "v1:causes:1"])
def test_a_stale_button_of_a_resolved_ticket_says_so(house: House, data: str) -> None:
    house.opened("how do I rename a gallery")
    house.taps("v1:resolve:1:explained:no")
    house.works()

    query = house.taps(data)
    house.works()

    assert house.told(query) == "#1 is already resolved."
    assert events(house, "severity_changed") + events(house, "category_changed") == []


@pytest.mark.parametrize("data", ["v1:sev:1:7", "v1:sev:1:", "v1:cat:1:weather", "v1:send:1:²", "v1:accept:1:x:y"])
def test_a_button_with_an_odd_argument_changes_nothing(house: House, data: str) -> None:
    house.opened()

    house.taps(data)
    house.works()

    ticket = house.one(Ticket)
    assert (ticket.owner_id, ticket.category) == (None, "upload")


def test_changing_to_what_it_is_changes_nothing(house: House) -> None:
    house.opened("uploads fail")

    query = house.taps("v1:cat:1:upload")
    house.works()

    assert house.told(query) == "#1 is about upload already."


def test_resolve_offers_the_causes_and_the_tap_on_one_resolves(house: House) -> None:
    house.opened()
    house.taps("v1:causes:1")
    house.works()
    offered = keys(card(house).options)

    query = house.taps("v1:resolve:1:provider:no")
    house.works()

    assert offered[0] == "v1:resolve:1:ours:no"
    assert "resolved" in str(house.told(query))
    ticket = house.one(Ticket)
    assert (ticket.state, ticket.cause, ticket.affected) == ("resolved", "provider", False)
    assert events(house, "resolved") == [("agent:501", {"cause": "provider", "affected": False})]
    closing = house.heard()[-1]
    assert "A service we depend on had a fault" in closing
    assert "No money and no files were affected. Was it solved?" in closing
    assert "Resolved 14:00 · provider" in card(house).text


def test_choices_stay_while_the_card_changes_until_they_are_old(house: House) -> None:
    thread = house.opened()
    house.taps("v1:causes:1")
    house.works()

    house.writes("/sev 2 only one link is broken", thread)
    house.works()
    soon = card(house)
    house.clock.passes(121)
    house.writes("/cat booking", thread)
    house.works()

    assert "SEV2" in soon.text
    assert keys(soon.options)[0] == "v1:resolve:1:ours:no"
    assert keys(card(house).options)[-1] == "v1:change:1"


def test_one_more_tap_says_that_money_or_files_were_affected(house: House) -> None:
    house.opened()
    house.taps("v1:causes:1:yes")
    house.works()
    offered = keys(card(house).options)

    house.taps(offered[0])
    house.works()

    assert offered[0] == "v1:resolve:1:ours:yes"
    assert house.one(Ticket).affected is True
    assert "money or files affected" in card(house).text


def test_the_command_sends_a_last_word_and_resolves(house: House) -> None:
    thread = house.opened()

    house.writes("/resolve ours affected Your second charge goes back by Friday.", thread)
    house.works()

    heard = house.heard()
    assert heard[-2] == "Your second charge goes back by Friday."
    assert "The fault was on our side and is fixed." in heard[-1]
    assert (house.last(Message).author, house.one(Ticket).affected) == ("bot", True)


def test_the_command_without_a_cause_is_answered_with_the_causes(house: House) -> None:
    thread = house.opened()

    house.writes("/resolve it works again", thread)

    assert "ours, setting, provider, theirs, explained, other" in told_in(house, thread)
    assert house.one(Ticket).state == "open"


def test_legal_matters_are_closed_by_privacy_or_a_lead_only(house: House) -> None:
    thread = house.opened()
    house.writes("/cat compliance a deletion request", thread)
    house.works()

    refused = house.taps("v1:resolve:1:other:no", TOMAS)
    house.works()
    open_still = house.one(Ticket).state
    house.writes(f"/role {TOMAS['id']} privacy", sender=LENA)
    house.works()
    house.taps("v1:resolve:1:other:no", TOMAS)
    house.works()

    assert "role privacy" in str(house.told(refused))
    assert (open_still, house.one(Ticket).state) == ("open", "resolved")
