"""A customer's line becomes a ticket: when, whose, in which words, and everything in one commit."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot import watch
from bot.answer import answer
from models import Address, Clock, Contact, Conversation, Delivery, Message, Ticket, TicketEvent, Topic
from tests.bot.house import CHARLIE, TOLU, House, hours
from tests.bot.recorder import NOON


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        (NOON - hours(3), NOON - hours(3)),
        (NOON - hours(30), NOON - hours(24)),
        (NOON + hours(1), NOON),
        (datetime(1970, 1, 1, 0, 0, 1, tzinfo=NOON.tzinfo), NOON - hours(24)),
    ],
    ids=["told", "older than a day", "in the future", "nonsense"],
)
def test_the_channels_own_time_is_believed_a_day_back_and_never_ahead(
    house: House, told: datetime, believed: datetime
) -> None:
    house.texts("uploads fail", at=told)
    house.answers()

    assert house.one(Message).occurred_at == believed
    assert house.one(Message).ingested_at == NOON
    assert house.one(Ticket).opened_at == house.promise().started_at == believed


def test_our_own_downtime_counts_against_us(house: House) -> None:
    house.says("uploads fail")
    house.clock.passes(3600)

    house.answers()

    assert house.promise().started_at == NOON
    assert house.one(TicketEvent).ingested_at == NOON  # when the webhook was kept, not when it was worked on


def test_an_unknown_sender_gets_a_ticket_on_the_free_tier_under_the_name_they_show(house: House) -> None:
    house.says("my gallery is gone", CHARLIE, ProfileName="Charlie B.")
    house.works()

    ticket = house.one(Ticket)
    assert (ticket.tier, ticket.studio_id, ticket.contact_id) == ("free", None, None)
    assert house.one(Address).profile_name == "Charlie B."
    (card,) = house.shown(house.topic().thread_id)
    assert "Unknown sender Charlie B." in card


def test_a_known_sender_gets_the_tier_of_their_studio(house: House) -> None:
    house.opened("PAYMENT NOT WORKING", tier="pro")

    ticket = house.one(Ticket)
    assert (ticket.tier, ticket.severity, ticket.category) == ("pro", 1, "payment")
    assert ticket.contact_id == house.one(Contact).id
    clock = house.promise()
    assert (clock.target_due, clock.limit_due) == (NOON + hours(1), NOON + hours(24))
    assert clock.due_at == NOON + hours(0.5)  # half of the time: the card is shown anew


def test_ticket_event_clock_topic_and_card_are_there_after_one_commit(house: House) -> None:
    house.says("uploads fail")

    assert answer(house.shell) == 1

    event, ticket = house.one(TicketEvent), house.one(Ticket)
    assert (event.kind, event.actor, event.data["tier"], event.data["severity"]) == (
        "opened",
        "customer",
        "free",
        ticket.severity,
    )
    assert house.promise().ticket_id == house.one(Topic).ticket_id == ticket.id
    assert [(row.kind, row.state) for row in house.rows(Delivery)] == [("OpenTopic", "queued"), ("SendText", "queued")]
    assert house.one(Conversation).ticket_id == ticket.id


def test_none_of_them_is_there_when_the_last_step_fails(house: House) -> None:
    house.says("uploads fail")
    nowhere: Any = "nowhere"  # the card is the last thing made, and cannot tell the time there
    policies = replace(house.shell.policies, support_zone=nowhere)

    assert answer(replace(house.shell, policies=policies)) == 0

    for model in (Address, Conversation, Message, Ticket, TicketEvent, Clock, Topic, Delivery):
        assert house.rows(model) == [], model.__name__


def test_without_telegram_a_ticket_and_its_receipt_are_made_all_the_same(house: House) -> None:
    house.shell = replace(house.shell, desk=replace(house.shell.desk, configured=None))
    house.says("uploads fail")
    house.answers()
    house.clock.passes(30)
    watch.quiet(house.shell)
    house.delivers()

    assert len(house.heard()) == 1
    assert (house.rows(Topic), house.telegram.calls) == ([], [])


def test_a_studio_is_answered_in_its_own_language_and_hour(house: House) -> None:
    house.opened("las subidas fallan", language="es", timezone="America/Mexico_City", tier="pro")
    house.clock.passes(30)
    watch.quiet(house.shell)
    house.works()

    (receipt,) = house.heard()
    promised = house.promise().target_due
    assert promised is not None
    due = promised - timedelta(hours=6)
    assert "Una persona te responde antes de:" in receipt
    assert f"{due:%H:%M}" in receipt


def test_an_unknown_telegram_sender_is_answered_in_the_language_their_app_tells(house: House) -> None:
    sender = {"id": 601, "is_bot": False, "first_name": "Eva", "language_code": "es-MX"}
    house.updates(message=house.private("no funciona la subida", sender))
    house.answers()
    house.clock.passes(30)
    watch.quiet(house.shell)

    said = house.last(Message)
    assert said.author == "bot"
    assert "Una persona te responde" in said.text
    assert "¿De qué estudio eres?" in said.text


def test_we_answer_from_the_number_they_wrote_to(house: House) -> None:
    house.opened()
    house.says("again", To="whatsapp:+34910000777")
    house.answers()
    house.writes("/r On it.", thread=house.topic().thread_id)
    house.works()

    assert house.twilio.calls[-1].sender == "whatsapp:+34910000777"


def test_a_second_problem_after_the_first_was_solved_is_a_linked_ticket_with_its_own_topic(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.taps("v1:resolve:1")
    house.works()
    house.says("yes")
    house.says("5")
    house.works()
    house.says("now all my bookings are gone")
    house.works()

    first, second = house.rows(Ticket)
    assert (first.state, second.state, second.linked_id) == ("resolved", "open", first.id)
    assert house.topic(2).thread_id not in (None, house.topic(1).thread_id)
    assert house.last(Message).ticket_id == second.id
    assert [event.data["linked"] for event in house.rows(TicketEvent) if event.kind == "opened"] == [None, 1]


def test_a_worse_line_raises_the_ticket_and_a_milder_one_never_lowers_it(house: House) -> None:
    house.opened("how do I rename a gallery")
    before = house.one(Ticket).severity

    house.says("PAYMENT NOT WORKING for all clients")
    house.works()
    raised = house.one(Ticket)
    house.says("how do I rename a gallery")
    house.works()

    assert (before, raised.severity, house.one(Ticket).severity) == (3, 1, 1)
    changed = [event for event in house.rows(TicketEvent) if event.kind == "severity_changed"]
    assert [(event.data["from"], event.data["to"]) for event in changed] == [(3, 1)]
    assert house.promise().limit_due == NOON + hours(4)


def test_the_same_address_on_another_channel_is_another_conversation(house: House) -> None:
    house.says("uploads fail", TOLU)
    house.says("uploads fail", From=TOLU, To="+34910000000")
    house.answers()

    assert sorted((row.channel, row.value) for row in house.rows(Address)) == [("sms", TOLU), ("whatsapp", TOLU)]
    assert len(house.rows(Conversation)) == 2
