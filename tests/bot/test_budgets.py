"""No provider gets more calls than its budget allows, whoever sends; what waits for a token holds up nobody else."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from bot import buckets, tickets
from bot.budgets import Budget, Budgets
from bot.deliver import claim
from bot.lanes import Lane
from bot.policy import read_policy
from bot.scene import Scene, open_ticket_scene
from bot.sweeps import sweep
from channels.wire import OpenTopic, React, SendText, TransportError
from models import Bucket, Delivery
from tests.bot.house import GROUP, House
from tests.bot.test_answer import at_once
from tests.bot.test_deliver_order import about, owe, words

SHIPPED = read_policy(None).budgets
ORDINARY = 14  # of a group's 20


@pytest.fixture
def house(house: House) -> House:
    """The house with the budgets that ship."""
    house.shell = replace(house.shell, budgets=SHIPPED)
    return house


def owe_group(house: House, count: int, lane: Lane = Lane.TO_GROUP, name: str = "t") -> None:
    """Texts to the group, each its own thread."""
    owe(house, *(f"{name}{number}-" for number in range(count)), lane=lane, destination=str(GROUP))


def test_a_group_gets_14_ordinary_calls_and_then_waits(house: House) -> None:
    owe_group(house, 30)

    house.delivers()

    assert len(house.telegram.calls) == ORDINARY
    assert {row.state for row in house.owed()} == {"accepted", "queued"}
    assert all(row.attempts == 0 and row.retry_at is None for row in house.owed(state="queued"))


def test_the_window_slides_each_token_comes_back_a_minute_after_it_was_spent(house: House) -> None:
    owe_group(house, 10, name="early")
    house.delivers()
    house.clock.passes(30)
    owe_group(house, 30, name="late")
    house.delivers()
    at_30 = len(house.telegram.calls)
    house.clock.passes(32)
    house.delivers()

    assert at_30 == ORDINARY
    assert len(house.telegram.calls) == ORDINARY + 10


def test_sev1_passes_when_14_are_spent_and_never_more_than_20_go(house: House) -> None:
    owe_group(house, 20)
    house.delivers()
    owe_group(house, 10, Lane.PAGE, "urgent")

    house.delivers()

    assert [text[:6] for text in words(house.telegram.calls)[ORDINARY:]] == ["urgent"] * 6


def test_no_card_is_edited_when_fewer_than_8_calls_are_left(house: House) -> None:
    owe_group(house, 12)
    owe_group(house, 5, Lane.CARD, "edit")

    house.delivers()

    with house.shell.db.reading() as session:
        left = buckets.left(house.shell, session, "telegram", str(GROUP))
    assert words(house.telegram.calls)[12:] == ["edit0-0"]
    assert left == 7


def test_an_empty_bucket_holds_up_no_other_destination(house: House) -> None:
    owe_group(house, 40)
    owe(house, *(f"+3460000000{number}" for number in range(6)), lane=Lane.CARD, channel="whatsapp")

    jobs = claim(house.shell, "worker", 8) + claim(house.shell, "worker", 8) + claim(house.shell, "worker", 8)

    assert [job.row.channel for job in jobs] == ["telegram"] * ORDINARY + ["whatsapp"] * 6


def test_a_customer_on_whatsapp_gets_five_at_once_and_then_one_in_six_seconds(house: House) -> None:
    owe(house, *["+34600000001"] * 10, channel="whatsapp")
    sent = []

    for _ in range(4):
        house.delivers()
        sent.append(len(house.twilio.calls))
        house.clock.passes(6)

    assert sent == [5, 6, 7, 8]


def test_a_long_code_sends_one_sms_a_second_to_whomever(house: House) -> None:
    owe(house, *(f"+3460000000{number}" for number in range(3)), channel="sms", sender="+34910000000")
    owe(house, "+34600000009", channel="sms", sender="+34910000001")

    house.delivers()

    assert words(house.twilio.calls) == ["+346000000000", "+346000000090"]


def test_the_answer_to_a_tap_needs_no_token(house: House) -> None:
    house.opened()
    owe_group(house, 30, Lane.PAGE)
    house.delivers()

    query = house.taps("v1:take:1")
    house.works()

    assert house.told(query) == "#1 is yours."
    assert house.owed(kind="AnswerTap")[0].state == "accepted"


def test_many_workers_never_exceed_one_bucket(house: House) -> None:
    owe_group(house, 60)

    at_once(lambda number: house.delivers(f"worker-{number}"), 4)

    assert len(house.telegram.calls) == ORDINARY
    (bucket,) = [row for row in house.rows(Bucket) if row.name == f"telegram>{GROUP}"]
    assert len(bucket.out) == ORDINARY


def test_a_429_also_holds_what_is_queued_for_its_destination_later(house: House) -> None:
    owe(house, "first", destination="-1")
    house.telegram.when(about("first"), TransportError("slow down", code="429", retry_after=7))
    house.delivers()

    owe(house, "later", destination="-1", lane=Lane.PAGE)
    owe(house, "elsewhere", destination="-2")
    house.delivers()
    at_once_ = words(house.telegram.calls)
    house.clock.passes(7)
    house.delivers()

    assert at_once_ == ["first0", "elsewhere0"]
    assert sorted(words(house.telegram.calls)[2:]) == ["first0", "later0"]


def test_a_429_holds_its_destination_with_budgets_lifted_too(house: House) -> None:
    house.shell = replace(house.shell, budgets=Budgets())
    owe(house, "first", destination="-1")
    house.telegram.when(about("first"), TransportError("slow down", code="429", retry_after=7))
    house.delivers()

    owe(house, "later", destination="-1")
    house.delivers()

    assert words(house.telegram.calls) == ["first0"]


def test_all_of_a_sev1_ticket_goes_first_but_for_its_ticks(house: House) -> None:
    owe_group(house, 20)
    house.delivers()

    house.says("PAYMENT NOT WORKING, card failed twice, shoot running")
    house.works()

    calls = house.telegram.calls[ORDINARY:]
    assert isinstance(calls[0], OpenTopic)
    assert isinstance(calls[1], SendText)
    assert "SEV1" in calls[1].text


def test_a_ticket_that_becomes_sev1_takes_what_it_owes_along(house: House) -> None:
    owe_group(house, 20)
    house.delivers()
    house.says("my gallery colours look a bit odd")
    house.works()
    before = len(house.telegram.calls)

    house.says("PAYMENT NOT WORKING, card failed twice, shoot running")
    house.works()

    assert before == ORDINARY
    assert isinstance(house.telegram.calls[ORDINARY], OpenTopic)
    assert "SEV1" in words(house.telegram.calls)[-1] or "SEV1" in words(house.telegram.calls)[-2]


def test_a_bucket_long_full_is_forgotten_and_a_held_one_is_not(house: House) -> None:
    owe(house, "a", destination="-1")
    house.delivers()
    house.clock.passes(25 * 3600)
    house.changes(lambda session: buckets.hold(house.shell.db, session, "telegram", "-2", house.clock.real()))

    sweep(lambda: buckets.tidy(house.shell), "tidy")

    assert [row.name for row in house.rows(Bucket)] == ["telegram>-2"]


def test_a_smaller_budget_than_yesterdays_is_kept_at_once(house: House) -> None:
    owe_group(house, 14)
    house.delivers()
    fewer = Budget(5, timedelta(seconds=60))
    house.shell = replace(house.shell, budgets=replace(SHIPPED, telegram_group=fewer))
    owe_group(house, 3, Lane.PAGE, "more")

    house.delivers()

    assert len(house.telegram.calls) == 14
    assert len(house.owed(state="queued")) == 3


def test_a_row_that_waits_for_a_token_keeps_its_doubt_and_its_attempts(house: House) -> None:
    owe_group(house, ORDINARY)
    house.delivers()
    owe(house, "unsure", destination=str(GROUP), state="unknown", attempts=2)

    house.delivers()

    (row,) = house.owed(thread="unsure")
    assert (row.state, row.attempts, row.doubt) == ("unknown", 2, False)


def greedy(budget: Budget, until: int, step: int) -> list[int]:
    """The moments (microseconds) at which somebody who always wants a token gets one."""
    out: list[int] = []
    taken = []
    for now in range(0, until, step):
        if budget.opens(out, now, 1) <= now:
            out = budget.spent(out, now)
            taken.append(now)
    return taken


@pytest.mark.parametrize("name", ["telegram", "telegram_group", "telegram_private", "whatsapp", "sms", "voice"])
def test_no_window_of_a_budget_ever_holds_more_than_its_calls(name: str) -> None:
    budget: Any = getattr(SHIPPED, name)
    window = budget.back // timedelta(microseconds=1)

    taken = greedy(budget, window * 4, window // 200)

    assert len(taken) >= budget.calls * 3
    assert max(sum(at <= other < at + window for other in taken) for at in taken) == budget.calls


def test_nothing_is_left_unsent_in_the_end(house: House) -> None:
    owe_group(house, 45)
    for _ in range(5):
        house.delivers()
        house.clock.passes(62)

    assert {row.state for row in house.rows(Delivery)} == {"accepted"}


def test_a_good_tick_waits_for_a_better_one_and_a_bad_one_does_not(house: House) -> None:
    thread = house.opened()
    written = house.writes("/r hello", thread)
    house.works()
    reply = house.owed(channel="whatsapp")[-1]
    house.reports(reply.id, "delivered")
    house.works()
    at_once_ = [call for call in house.telegram.calls if isinstance(call, React)]
    house.clock.passes(2)
    house.works()

    assert at_once_ == []
    assert [call for call in house.telegram.calls if isinstance(call, React)] == [React(str(GROUP), written, "👌")]


def test_a_card_that_would_say_the_same_is_not_edited(house: House) -> None:
    house.opened()
    house.taps("v1:take:1")
    house.works()
    before = len(house.owed(kind="EditText"))

    house.changes(lambda session: tickets.refresh(scene_of(house, session)))
    house.works()

    assert before == 1
    assert len(house.owed(kind="EditText")) == before


def scene_of(house: House, session: Session) -> Scene:
    scene = open_ticket_scene(house.shell, session, 1)
    assert scene is not None
    return scene
