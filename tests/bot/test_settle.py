"""Status callbacks come unordered, doubled and early; the end is the same and the tick is true."""

from collections.abc import Sequence
from itertools import permutations

import pytest

from bot import watch
from bot.deliver import carry, claim
from channels.wire import React, Receipt, SendText, TransportError
from models import Delivery, Inbound, TicketEvent
from tests.bot.house import House, hours
from tests.bot.recorder import NOON
from tests.bot.test_answer import at_once

OURS = "our own commit"
STEPS = (OURS, "sent", "delivered", "read")
BROKEN = (OURS, "sent", "undelivered")


def reply(house: House, text: str = "Lena here.") -> tuple[int, int]:
    """An agent's answer, claimed and about to be sent: (the agent's message, the delivery)."""
    thread = house.opened()
    written = house.writes(f"/r {text}", thread)
    house.answers()
    return written, house.owed(channel="whatsapp")[0].id


def live(house: House, delivery: int, steps: Sequence[str]) -> None:
    """Sends the answer; each step happens in turn, our own commit being one of them."""
    jobs = claim(house.shell, "worker", 8)
    mine = next(job for job in jobs if job.row.id == delivery)
    rest = list(steps)

    def taken(_: object) -> Receipt:
        while rest and rest[0] != OURS:
            tell(house, delivery, rest.pop(0))
        return Receipt("SM-reply")

    house.twilio.when(SendText, taken)
    carry(house.shell, mine)
    for step in rest[1:]:
        tell(house, delivery, step)
    for job in jobs:
        if job is not mine:
            carry(house.shell, job)
    house.works()


def tell(house: House, delivery: int, status: str) -> None:
    code = "30007" if status in ("failed", "undelivered") else ""
    house.reports(delivery, status, "SM-reply", code)
    house.answers()


def tick(house: House, written: int) -> str:
    """The reaction under the agent's message, as the group sees it in the end."""
    reactions = [call for call in house.telegram.calls if isinstance(call, React) and call.message == written]
    return reactions[-1].emoji if reactions else ""


def kinds(house: House) -> list[str]:
    return [event.kind for event in house.rows(TicketEvent)]


@pytest.mark.parametrize("steps", list(permutations(STEPS)), ids="-".join)
def test_whatever_the_order_of_reports_the_end_is_read(house: House, steps: Sequence[str]) -> None:
    written, delivery = reply(house)

    live(house, delivery, steps)

    row = house.delivery(delivery)
    assert (row.state, row.provider_id, row.fault) == ("read", "SM-reply", "")
    assert kinds(house).count("replied") == 1
    assert (tick(house, written), house.promise().state) == ("👍", "met")


@pytest.mark.parametrize("steps", list(permutations(BROKEN)), ids="-".join)
def test_whatever_the_order_a_failure_without_delivery_ends_as_failed_and_said(
    house: House, steps: Sequence[str]
) -> None:
    written, delivery = reply(house)

    live(house, delivery, steps)

    assert house.delivery(delivery).state == "failed"
    assert (tick(house, written), house.promise().met_at) == ("👎", None)
    thread = house.topic().thread_id
    assert sum("NOT DELIVERED to Tolu" in text for text in house.shown(thread)) == 1


@pytest.mark.parametrize("steps", list(permutations((OURS, "delivered", "failed"))), ids="-".join)
def test_a_delivery_told_before_or_after_a_failure_beats_it(house: House, steps: Sequence[str]) -> None:
    written, delivery = reply(house)

    live(house, delivery, steps)

    assert house.delivery(delivery).state == "delivered"
    assert (tick(house, written), house.promise().state) == ("👌", "met")


def test_a_report_told_twice_changes_nothing_the_second_time(house: House) -> None:
    _, delivery = reply(house)
    live(house, delivery, (OURS, "sent", "delivered"))
    before = (kinds(house), len(house.rows(Delivery)))

    for status in ("sent", "delivered", "sent"):
        house.changes(lambda session: session.query(Inbound).filter(Inbound.source != "").delete())
        tell(house, delivery, status)
    house.works()

    assert (kinds(house), len(house.rows(Delivery))) == before


def test_a_failure_after_acceptance_takes_the_answer_back_and_says_what_to_do(house: House) -> None:
    written, delivery = reply(house)
    live(house, delivery, (OURS, "sent"))
    assert house.promise().state == "met"

    tell(house, delivery, "undelivered")
    house.works()

    clock, row = house.promise(), house.delivery(delivery)
    assert (clock.state, clock.met_at, clock.due_at) == ("running", None, NOON + hours(7.5 / 60))
    assert (row.state, row.fault.split()[0]) == ("failed", "30007")
    notice = next(call for call in house.telegram.calls if isinstance(call, SendText) and "NOT DELIVERED" in call.text)
    assert notice.text.endswith("NOT DELIVERED to Tolu: the carrier filtered the text. Word it differently.")
    assert notice.reply_to == written
    assert tick(house, written) == "👎"
    assert kinds(house) == ["opened", "taken", "replied", "reply_failed"]


def test_an_answer_taken_back_after_the_limit_is_a_breach_at_the_limit(house: House) -> None:
    _, delivery = reply(house)
    live(house, delivery, (OURS,))
    house.clock.passes(30 * 3600)

    tell(house, delivery, "failed")

    clock = house.promise()
    assert (clock.state, clock.breached_at) == ("breached", clock.limit_due)
    watch.clocks(house.shell)
    assert house.promise().detected_at == NOON + hours(30)


def test_another_answer_meets_the_promise_that_the_first_one_lost(house: House) -> None:
    _, delivery = reply(house)
    live(house, delivery, (OURS, "undelivered"))

    house.clock.passes(60)
    house.writes("/r second try", house.topic().thread_id)
    house.works()

    assert house.promise().met_at == NOON + hours(1 / 60)


def test_a_report_for_another_sid_is_not_believed(house: House) -> None:
    _, delivery = reply(house)
    live(house, delivery, (OURS,))

    house.reports(delivery, "read", "SM-foreign")
    house.answers()

    assert house.delivery(delivery).state == "accepted"
    assert house.last(Inbound).reason == "a status for no delivery of ours"


def test_a_report_for_no_delivery_is_silent_with_the_reason(house: House) -> None:
    house.reports(4711, "delivered", "SM1")
    house.answers()

    assert (house.one(Inbound).state, house.one(Inbound).reason) == ("silent", "a status for no delivery of ours")


def test_a_status_word_we_do_not_know_changes_nothing(house: House) -> None:
    _, delivery = reply(house)
    live(house, delivery, (OURS,))

    house.reports(delivery, "partially_delivered", "SM-reply")
    house.answers()

    assert house.delivery(delivery).state == "accepted"
    assert house.last(Inbound).reason == "the status partially_delivered changes nothing"


def test_reports_and_our_own_commit_at_the_same_time_end_the_same(house: House) -> None:
    written, delivery = reply(house)
    (job,) = [job for job in claim(house.shell, "worker", 8) if job.row.id == delivery]
    house.twilio.when(SendText, Receipt("SM-reply"))
    for status in ("sent", "delivered", "read"):
        house.reports(delivery, status, "SM-reply")

    at_once(lambda number: carry(house.shell, job) if number == 0 else house.answers(), 3)
    house.works()
    house.clock.passes(60)
    house.works()

    assert house.delivery(delivery).state == "read"
    assert kinds(house).count("replied") == 1
    assert tick(house, written) == "👍"


def test_a_refusal_at_once_is_said_and_never_ticked(house: House) -> None:
    house.twilio.when(SendText, TransportError("the number is not valid", code="21211", permanent=True))
    written, delivery = reply(house)
    house.works()

    assert house.delivery(delivery).fault == "21211 the number is not valid"
    assert tick(house, written) == "👎"
    assert "NOT DELIVERED to Tolu: the number is not valid." in house.shown(house.topic().thread_id)[-1]
    assert (house.promise().met_at, kinds(house).count("replied")) == (None, 0)


def test_a_reply_in_pieces_is_ticked_by_its_worst_piece(house: House) -> None:
    house.twilio.when(
        lambda call: isinstance(call, SendText) and "the end" in call.text, TransportError("filtered", permanent=True)
    )
    written, delivery = reply(house, "word " * 400 + "the end")
    house.works()

    for status in ("delivered", "read"):
        house.reports(delivery, status)
        house.works()

    assert [row.state for row in house.owed(channel="whatsapp")] == ["read", "failed"]
    assert tick(house, written) == "👎"


def test_a_reply_in_pieces_is_delivered_when_its_last_piece_is(house: House) -> None:
    written, first = reply(house, "word " * 400 + "the end")
    house.works()
    ticks = [tick(house, written)]

    for delivery in (first, first + 1):
        house.reports(house.owed(channel="whatsapp")[delivery - first].id, "delivered")
        house.works()
        ticks.append(tick(house, written))

    assert ticks == ["👀", "👀", "👌"]


def test_the_bots_own_text_never_meets_the_promise_and_never_ticks(house: House) -> None:
    house.opened()
    house.clock.passes(30)
    watch.quiet(house.shell)
    house.works()
    (receipt,) = house.owed(channel="whatsapp")
    house.reports(receipt.id, "read")
    house.works()

    assert house.delivery(receipt.id).state == "read"
    assert (house.promise().met_at, kinds(house)) == (None, ["opened", "receipted"])
    assert not any(isinstance(call, React) for call in house.telegram.calls)


def test_a_bots_text_that_did_not_arrive_is_said_too(house: House) -> None:
    thread = house.opened()
    house.clock.passes(30)
    watch.quiet(house.shell)
    house.works()

    house.reports(house.owed(channel="whatsapp")[0].id, "undelivered", code="30003")
    house.works()

    assert "The bot's message did not reach Tolu: the phone is off or out of reach" in house.shown(thread)[-1]
