"""Closing a ticket's topic in Telegram is "Resolve"; opening it again opens the ticket again."""

from datetime import timedelta

from bot.desk import closing
from channels.arranging import ReopenTopic
from channels.wire import SendText
from models import Audit, Ticket
from tests.bot.desk_words import card, events, keys
from tests.bot.house import GROUP, LENA, NOBODY, ROBOT, TOMAS, House, Json

CHAT: Json = {"id": GROUP, "type": "supergroup", "title": "Desk", "is_forum": True}


def turns(house: House, thread: int, what: str, sender: Json = LENA) -> None:
    """Somebody closes or opens a topic by Telegram's own menu."""
    if sender in (LENA, TOMAS):
        house.admits(sender, standing="lead" if sender is LENA else "agent")
    moment = int(house.clock.now().timestamp())
    place = {"message_thread_id": thread, "is_topic_message": True, f"forum_topic_{what}": {}}
    message: Json = {"message_id": next(house.numbers), "date": moment, "chat": CHAT, "from": sender, **place}
    house.updates(message=message)
    house.works()


def last_said(house: House) -> SendText:
    found: SendText = [call for call in house.telegram.calls if isinstance(call, SendText)][-1]
    return found


def test_closing_the_topic_asks_what_was_wrong_and_the_tap_resolves_and_asks_the_customer(house: House) -> None:
    thread = house.opened()

    turns(house, thread, "closed")
    question = last_said(house)
    still = house.one(Ticket).state
    house.taps(keys(question.options)[1])
    house.works()

    assert "Lena closes #1: what was wrong, and were money or files affected?" in question.text
    assert (question.thread, keys(question.options)[1]) == (thread, "v1:resolve:1:setting:no")
    assert (still, house.one(Ticket).state, house.one(Ticket).cause) == ("open", "resolved", "setting")
    assert "No money and no files were affected. Was it solved?" in house.heard()[-1]
    assert not [call for call in house.telegram.calls if isinstance(call, ReopenTopic)]


def test_money_or_files_is_toggled_under_the_question_itself(house: House) -> None:
    thread = house.opened()
    turns(house, thread, "closed")
    row = house.owed(coalesce_key="closing:1")[-1]
    toggle = next(key for key in keys(last_said(house).options) if "causes" in key)

    house.taps(toggle, message=int(row.provider_id))
    house.works()

    edit = card(house)
    assert (edit.message, keys(edit.options)[0]) == (int(row.provider_id), "v1:resolve:1:ours:yes")


def test_the_customers_no_opens_the_ticket_and_its_topic_again(house: House) -> None:
    thread = house.opened()
    turns(house, thread, "closed")
    house.taps("v1:resolve:1:ours:no")
    house.works()

    house.says("No")
    house.works()

    assert house.one(Ticket).state == "open"
    assert [call.thread for call in house.telegram.calls if isinstance(call, ReopenTopic)] == [thread]


def test_a_topic_closed_without_a_cause_is_opened_again_after_a_while(house: House) -> None:
    thread = house.opened()
    turns(house, thread, "closed")

    house.clock.passes(closing.PATIENCE.total_seconds())
    closing.sweep(house.shell)
    closing.sweep(house.shell)
    house.works()

    assert [call.thread for call in house.telegram.calls if isinstance(call, ReopenTopic)] == [thread]
    assert house.shown(thread)[-1].endswith("#1 is still open: nobody said what was wrong. Its promises run on.")


def test_a_question_answered_in_time_leaves_the_topic_closed(house: House) -> None:
    thread = house.opened()
    turns(house, thread, "closed")
    house.taps("v1:resolve:1:ours:no")
    house.works()

    house.clock.passes(2 * closing.PATIENCE.total_seconds())
    closing.sweep(house.shell)
    house.works()

    assert not [call for call in house.telegram.calls if isinstance(call, ReopenTopic)]


def test_closing_a_resolved_tickets_topic_asks_nothing_and_neither_does_the_bots_own(house: House) -> None:
    thread = house.opened()
    before = len(house.shown(thread))

    turns(house, thread, "closed", ROBOT)
    house.taps("v1:resolve:1:ours:no")
    house.works()
    turns(house, thread, "closed")

    assert len(house.shown(thread)) == before
    assert house.rows(Audit)[-1].outcome == "resolved already"


def test_a_hidden_admin_who_closes_it_is_told_why_nothing_happened(house: House) -> None:
    thread = house.opened()

    turns(house, thread, "closed", NOBODY)

    assert "#1 is still open. Telegram hides who you are here" in house.shown(thread)[-1]
    assert [call.thread for call in house.telegram.calls if isinstance(call, ReopenTopic)] == [thread]


def test_a_stranger_who_closes_it_is_only_in_the_audit_log(house: House) -> None:
    thread = house.opened()
    mallory = {"id": 999, "is_bot": False, "first_name": "Mallory"}
    house.telegram.standings[999] = "gone"
    before = len(house.shown(thread))

    turns(house, thread, "closed", mallory)

    assert (len(house.shown(thread)), house.topic().closed) == (before, True)
    assert (house.one(Audit).what, house.one(Audit).outcome) == ("close topic", "refused: no member")


def test_legal_matters_closed_by_an_agent_without_the_right_are_opened_again(house: House) -> None:
    thread = house.opened()
    house.writes("/cat compliance a deletion request", thread)
    house.works()

    turns(house, thread, "closed", TOMAS)

    assert "#1 is still open. Legal matters" in house.shown(thread)[-1]
    assert isinstance(house.telegram.calls[-2], ReopenTopic)


def test_opening_the_topic_of_a_resolved_ticket_opens_the_ticket(house: House) -> None:
    thread = house.opened()
    turns(house, thread, "closed")
    house.taps("v1:resolve:1:ours:no")
    house.works()
    heard = len(house.heard())

    turns(house, thread, "reopened", TOMAS)
    house.says("yes please")
    house.works()

    ticket = house.one(Ticket)
    assert (ticket.state, ticket.owner and ticket.owner.name) == ("open", "Lena")
    assert events(house, "reopened") == [("agent:502", {"why": "Tomas opened the topic again"})]
    assert len(house.heard()) == heard  # not taken for an answer to "was it solved?"
    assert "Open again: Tomas opened the topic again." in house.shown(thread)[-2]
    assert ticket.silent_at is None or ticket.silent_at > house.clock.now() + timedelta(minutes=1)


def test_opening_a_topic_again_before_the_cause_is_told_withdraws_the_question(house: House) -> None:
    thread = house.opened()
    turns(house, thread, "closed")

    turns(house, thread, "reopened")
    house.clock.passes(2 * closing.PATIENCE.total_seconds())
    closing.sweep(house.shell)
    house.works()

    assert house.one(Ticket).state == "open"
    assert "still open" not in house.shown(thread)[-1]


def test_the_topic_of_a_merged_ticket_points_to_where_it_goes_on(house: House) -> None:
    thread = house.opened("uploads fail")
    house.clock.passes(60)
    house.says("the payout is missing")
    house.works()
    if len(house.rows(Ticket)) == 1:
        line = [row for row in house.owed(kind="SendText") if "payout" in row.payload["text"]][-1]
        house.writes("/split", thread, reply_to=int(line.provider_id))
        house.works()
    house.writes("/merge 2", thread)
    house.works()

    turns(house, thread, "closed")
    turns(house, thread, "reopened")

    assert house.shown(thread)[-1].endswith("#1 is part of #2: it goes on there.")
    assert house.rows(Ticket)[0].state == "resolved"
