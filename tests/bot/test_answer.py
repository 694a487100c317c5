"""What was remembered is worked on once, in order, and one bad payload holds up nobody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import update

from bot.answer import BATCH, answer
from models import Conversation, Delivery, Inbound, Message, Ticket, TicketEvent
from tests.bot.house import CHARLIE, GROUP, LENA, SID, TOLU, House, telegram_update, twilio_form

MESSAGES = "/webhooks/twilio/messages"


def at_once(work: Callable[[int], Any], threads: int) -> list[Any]:
    """Runs ``work(0)`` to ``work(threads - 1)``, all beginning together."""
    together = Barrier(threads)

    def begin(number: int) -> Any:
        together.wait(5)
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(begin, range(threads)))


def break_line(house: House, text: str) -> str:
    """A line whose step crashes: it names a channel this program does not have."""
    sid = house.says(text, CHARLIE)
    house.changes(
        lambda session: session.execute(update(Inbound).where(Inbound.provider_id == sid).values(channel="?"))
    )
    return sid


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"MessageSid": "SM1", "AccountSid": "AC_other", "From": "whatsapp:+1", "To": "x"}, "AccountSid"),
        ({"MessageSid": "SM1", "AccountSid": SID, "To": "x"}, "has no From"),
    ],
)
def test_a_form_that_is_not_understood_is_parked_with_the_reason(
    house: House, fields: dict[str, str], reason: str
) -> None:
    house.posts("twilio", twilio_form(MESSAGES, fields))

    assert house.answers() == 1

    row = house.one(Inbound)
    assert row.state == "parked"
    assert reason in row.reason
    assert house.rows(Ticket) == []


@pytest.mark.parametrize("body", [b"not json", b"[]", b"{}", b'{"update_id": 1, "message": {"message_id": "x"}}'])
def test_an_update_that_is_not_understood_is_parked_with_the_reason(house: House, body: bytes) -> None:
    house.posts("telegram", replace(telegram_update({}), body=body))

    assert house.answers() == 1

    row = house.one(Inbound)
    assert row.state == "parked"
    assert "update" in row.reason


@pytest.mark.parametrize(
    "update",
    [
        {"poll_answer": {"poll_id": "1", "user": LENA, "option_ids": [0], "option_persistent_ids": ["0"]}},
        {"a_kind_of_2031": {"chat": {"id": 1}}},
        {},
        {"edited_message": {"message_id": 1, "date": 1, "chat": {"id": 601, "type": "private"}, "text": "x"}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": GROUP, "type": "supergroup"}, "new_chat_title": "x"}},
        {"message": {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group"}, "from": LENA, "text": "hi"}},
        {"callback_query": {"id": "1", "from": LENA, "chat_instance": "1", "data": "say:yes"}},
    ],
    ids=["poll", "unknown", "nothing", "edit", "service", "foreign group", "tap without message"],
)
def test_an_update_that_asks_nothing_is_silent_with_the_reason(house: House, update: dict[str, Any]) -> None:
    house.updates(**update)

    house.works()

    row = house.one(Inbound)
    assert row.state == "silent"
    assert row.reason
    assert (house.rows(Ticket), house.rows(Message), house.telegram.calls) == ([], [], [])


def test_a_row_that_was_settled_is_never_worked_on_again(house: House) -> None:
    house.says("uploads fail")
    house.answers()

    assert house.answers() == 0

    row = house.one(Inbound)
    assert (row.state, row.reason) == ("silent", "the receipt answers the whole burst")
    assert len(house.rows(Message)) == 1


def test_a_crash_is_tried_again_later_and_parked_after_three(house: House) -> None:
    break_line(house, "crash")

    assert answer(house.shell) == 0
    first = house.one(Inbound)
    assert answer(house.shell) == 0
    assert house.one(Inbound).attempts == 1
    house.clock.passes(1)
    assert answer(house.shell) == 0
    house.clock.passes(2)
    assert answer(house.shell) == 1

    assert (first.state, first.attempts) == ("waiting", 1)
    row = house.one(Inbound)
    assert (row.state, row.attempts, row.reason) == ("parked", 3, "crashed 3 times: KeyError")


def test_a_crash_leaves_nothing_of_its_half_done_work(house: House) -> None:
    house.says("uploads fail")
    crashing = replace(house.shell, policies=replace(house.shell.policies, terms={}))

    assert answer(crashing) == 0

    assert (house.rows(Ticket), house.rows(Message), house.rows(Conversation), house.rows(Delivery)) == ([], [], [], [])
    assert house.one(Inbound).attempts == 1
    house.clock.passes(1)
    assert answer(house.shell) == 1
    assert house.one(Ticket).words == "uploads fail"


def test_those_of_other_senders_go_on_past_a_crash(house: House) -> None:
    break_line(house, "crash")
    house.says("uploads fail", TOLU)

    assert house.answers() == 1

    assert house.one(Ticket).words == "uploads fail"


def test_those_of_the_same_sender_wait_for_it_and_then_go_on_in_order(house: House) -> None:
    break_line(house, "crash")
    for text in ("one fails", "two", "three"):
        house.says(text, CHARLIE)

    assert house.answers() == 0
    for seconds in (1, 2):
        house.clock.passes(seconds)
        house.answers()

    assert [row.state for row in house.rows(Inbound)] == ["parked", "silent", "silent", "silent"]
    assert [row.text for row in house.rows(Message)] == ["one fails", "two", "three"]


def test_a_long_queue_behind_a_crash_does_not_hide_everybody_else(house: House) -> None:
    break_line(house, "crash")
    for number in range(BATCH + 1):
        house.says(f"line {number}", CHARLIE)
    house.says("how do I rename a gallery", TOLU)
    assert answer(house.shell) == 0

    house.answers()

    assert [ticket.words for ticket in house.rows(Ticket)] == ["how do I rename a gallery"]


def test_lines_of_one_sender_are_worked_on_in_the_order_they_came(house: House) -> None:
    for number in range(12):
        house.says(f"part {number}")

    at_once(lambda _: house.answers(), 4)
    house.answers()

    assert [row.text for row in house.rows(Message)] == [f"part {number}" for number in range(12)]


def test_two_workers_at_once_never_act_twice(house: House) -> None:
    house.studio()
    for number in range(10):
        house.says(f"uploads fail {number}", f"+3460000010{number}")

    settled = at_once(lambda _: house.answers(), 3)
    house.answers()

    assert sum(settled) <= 10
    assert sorted(row.text for row in house.rows(Message)) == [f"uploads fail {number}" for number in range(10)]
    assert len(house.rows(Ticket)) == 10
    assert [row.kind for row in house.rows(TicketEvent)] == ["opened"] * 10


def test_two_workers_on_one_row_settle_it_once(house: House) -> None:
    house.says("uploads fail")

    settled = at_once(lambda _: answer(house.shell), 2)

    assert sorted(settled) == [0, 1]
    assert len(house.rows(Message)) == 1


def test_sixteen_first_lines_at_once_make_one_conversation_and_one_ticket(house: House) -> None:
    def write(number: int) -> None:
        # Sixteen sources, so that nothing but the conversation keeps them apart.
        sid = house.says(f"my gallery is gone {number}", CHARLIE)
        where = Inbound.provider_id == sid
        house.changes(lambda session: session.execute(update(Inbound).where(where).values(source=sid)))

    for number in range(16):
        write(number)

    at_once(lambda _: house.answers(), 16)
    for _ in range(3):
        house.clock.passes(3)
        house.answers()

    assert {row.state for row in house.rows(Inbound)} == {"silent"}
    assert len(house.rows(Conversation)) == 1
    assert len(house.rows(Ticket)) == 1
    assert len(house.rows(Message)) == 16
    assert len(house.owed(kind="OpenTopic")) == 1
