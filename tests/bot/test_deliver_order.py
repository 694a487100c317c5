"""What is owed goes out in order within a thread, and no thread waits for another."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from bot import watch
from bot.deliver import Senders, carry, claim
from bot.lanes import Lane
from channels.wire import Call, EditText, OpenTopic, React, SendText, TransportError, to_json
from models import Delivery
from tests.bot.house import CHARLIE, GROUP, House
from tests.bot.test_answer import at_once


def owe(house: House, *threads: str, lane: int = Lane.TO_GROUP, channel: str = "telegram", **columns: Any) -> None:
    """One text a thread name, in this order; its words are thread and position."""

    def add(session: Any) -> None:
        for number, thread in enumerate(threads):
            kind, payload = to_json(SendText("1", f"{thread}{number}"))
            values = {"created_at": house.clock.now(), "destination": thread} | columns
            session.add(Delivery(kind=kind, payload=payload, channel=channel, thread=thread, lane=lane, **values))
            session.flush()

    house.changes(add)


def words(calls: list[Call]) -> list[str]:
    return [call.text for call in calls if isinstance(call, SendText)]


def about(text: str) -> Any:
    return lambda call: isinstance(call, SendText) and text in call.text


def test_one_claim_takes_only_the_first_of_each_thread(house: House) -> None:
    owe(house, "a", "a", "b", "a", "b", "c")

    jobs = claim(house.shell, "worker", 8)

    assert [job.row.thread for job in jobs] == ["a", "b", "c"]
    assert {job.row.state for job in jobs} == {"leased"}


def test_a_thread_goes_out_in_the_order_it_was_written(house: House) -> None:
    owe(house, *["a"] * 7)

    house.delivers()

    assert words(house.telegram.calls) == [f"a{number}" for number in range(7)]


def test_many_senders_at_once_keep_the_order_of_every_thread(house: House) -> None:
    owe(house, *["a", "b", "c", "d"] * 5)

    at_once(lambda number: house.delivers(f"worker-{number}"), 3)
    house.delivers()

    sent = words(house.telegram.calls)
    for thread in "abcd":
        numbers = [int(text[1:]) for text in sent if text[0] == thread]
        assert numbers == sorted(set(numbers)), thread
    assert len(sent) == 20


def test_a_thread_that_fails_holds_back_its_own_and_nobody_elses(house: House) -> None:
    owe(house, "bad", "good", "bad", "good", "good")
    house.telegram.when(about("bad0"), TransportError("a bad day"), times=99)

    house.delivers()

    assert words(house.telegram.calls) == ["bad0", "good1", "good3", "good4"]
    assert [row.state for row in house.owed(thread="bad")] == ["queued", "queued"]


def test_a_permanent_failure_lets_those_behind_it_go(house: House) -> None:
    owe(house, "a", "a")
    house.telegram.when(about("a0"), TransportError("never", permanent=True))

    house.delivers()

    assert [row.state for row in house.rows(Delivery)] == ["failed", "accepted"]


def test_the_most_urgent_lane_is_claimed_first(house: House) -> None:
    owe(house, "card", lane=Lane.CARD)
    owe(house, "group", lane=Lane.TO_GROUP)
    owe(house, "customer", lane=Lane.TO_CUSTOMER)
    owe(house, "page", lane=Lane.PAGE)

    house.delivers()

    assert words(house.telegram.calls) == ["page0", "customer0", "group0", "card0"]


def test_a_claim_of_few_takes_the_urgent_ones(house: House) -> None:
    owe(house, *(f"card{number}" for number in range(20)), lane=Lane.CARD)
    owe(house, "page", lane=Lane.PAGE)

    assert [job.row.thread for job in claim(house.shell, "worker", 1)] == ["page"]


def test_claims_of_two_workers_never_overlap(house: House) -> None:
    owe(house, *(f"t{number}" for number in range(40)))

    claimed = at_once(lambda number: [job.row.id for job in claim(house.shell, f"worker-{number}", 15)], 4)

    everything = [number for one in claimed for number in one]
    assert len(everything) == len(set(everything))
    assert {row.owner for row in house.owed(state="leased")} <= {f"worker-{number}" for number in range(4)}


def test_a_call_is_made_with_no_transaction_open(house: House) -> None:
    pool: Any = house.shell.db.engine.pool
    open_then: list[int] = []
    house.telegram.before_send = lambda: open_then.append(pool.checkedout())
    house.twilio.before_send = house.telegram.before_send

    thread = house.opened()
    house.says("", media=("one",))
    house.writes("/r hello", thread)
    house.works()

    assert len(open_then) >= 6
    assert set(open_then) == {0}


def test_a_slow_thread_holds_up_one_sender_and_the_pool_goes_on(house: House) -> None:
    released, began = threading.Event(), threading.Event()

    def slow(call: Call) -> Any:
        began.set()
        released.wait(10)
        raise TransportError("slow")

    owe(house, "slow", *(f"quick{number}" for number in range(5)))
    house.telegram.when(about("slow"), slow)
    senders = Senders(house.shell, "worker")
    senders.deliver()
    assert began.wait(5)
    while len(words(house.telegram.calls)) < 6:
        senders.deliver()
    released.set()
    senders.finish()

    assert sorted(words(house.telegram.calls)[1:]) == [f"quick{number}{number + 1}" for number in range(5)]
    assert house.owed(thread="slow")[0].state == "queued"


def test_a_pool_never_claims_more_than_it_can_begin(house: House) -> None:
    owe(house, *(f"t{number}" for number in range(30)))
    released = threading.Event()
    house.telegram.before_send = lambda: released.wait(10) and None
    senders = Senders(house.shell, "worker")

    begun = [senders.deliver(), senders.deliver()]
    leased = len(house.owed(state="leased"))
    released.set()
    senders.finish()

    assert begun == [True, False]
    assert leased == 8


def test_a_429_holds_its_destination_and_only_that(house: House) -> None:
    owe(house, "first", "second", destination="the group")
    owe(house, "elsewhere", destination="another group")
    house.telegram.when(about("first"), TransportError("slow down", code="429", retry_after=7))

    house.delivers()
    sent_at_once = words(house.telegram.calls)
    house.clock.passes(6.9)
    house.delivers()
    sent_before = len(house.telegram.calls)
    house.clock.passes(0.1)
    house.delivers()

    assert "elsewhere0" in sent_at_once
    assert sent_before == len(sent_at_once)
    assert {row.state for row in house.rows(Delivery)} == {"accepted"}


def test_the_same_destination_on_another_channel_is_not_held(house: House) -> None:
    owe(house, "a", destination="+34600000001", channel="whatsapp")
    owe(house, "b", destination="+34600000001", channel="sms")
    house.twilio.when(about("a0"), TransportError("slow down", retry_after=60))

    house.delivers()

    assert [row.state for row in house.rows(Delivery)] == ["queued", "accepted"]


def test_an_owed_edit_of_a_card_takes_the_newest_text(house: House) -> None:
    house.opened()
    for text in ("one", "two", "three"):
        house.taps("v1:nothing:1")
        house.says(text)
    house.taps("v1:take:1")
    house.answers()
    house.writes("/r I have it.", thread=house.topic().thread_id)
    house.answers()

    assert len(house.owed(kind="EditText", state="queued")) == 1
    house.works()
    edits = [call for call in house.telegram.calls if isinstance(call, EditText)]
    assert "Owner: Lena" in edits[-1].text
    assert edits[-1].message == house.topic().card_id
    assert len(edits) <= 2


def test_an_edit_that_only_repeats_the_bots_words_waits_a_minute_and_a_real_change_does_not(house: House) -> None:
    house.opened()
    house.says("agent please")
    house.clock.passes(25)
    house.answers()
    watch.quiet(house.shell)
    house.works()
    lazy = house.owed(kind="EditText", state="queued")
    house.taps("v1:take:1")
    house.works()

    assert [row.retry_at for row in lazy] == [house.clock.real() + timedelta(seconds=60)]
    edits = [call for call in house.telegram.calls if isinstance(call, EditText)]
    assert "Owner: Lena" in edits[-1].text
    assert "Bot " in edits[-1].text


def test_an_edit_waits_for_its_card_and_then_goes_to_it(house: House) -> None:
    house.telegram.when(about("Why:"), TransportError("a bad day", unknown=True))
    house.says("uploads fail")
    house.works()
    house.taps("v1:take:1")
    house.works()
    before = [call for call in house.telegram.calls if isinstance(call, EditText)]
    for _ in range(4):
        house.clock.passes(60)
        house.works()

    (edit,) = [call for call in house.telegram.calls if isinstance(call, EditText)]
    assert before == []
    assert edit.message == house.topic().card_id
    assert "Owner: Lena" in edit.text


def test_an_edit_whose_card_never_came_holds_up_nobody(house: House) -> None:
    house.telegram.when(about("Why:"), TransportError("no rights", permanent=True))
    house.says("uploads fail")
    house.works()
    house.taps("v1:take:1")
    house.works()
    house.clock.passes(60)

    owe(house, "a", "a", "a", destination=str(GROUP))
    house.delivers()

    assert house.owed(kind="EditText")[0].state == "queued"
    assert words(house.telegram.calls)[-3:] == ["a0", "a1", "a2"]


def test_of_several_waiting_reactions_only_the_newest_is_sent(house: House) -> None:
    thread = house.opened()
    written = house.writes("/r hello", thread)
    house.answers()
    reply = house.owed(channel="whatsapp")[-1]
    for job in claim(house.shell, "worker", 8):
        if job.row.id == reply.id:
            carry(house.shell, job)
    for status in ("sent", "delivered", "read"):
        house.reports(reply.id, status)
    house.answers()
    house.clock.passes(60)
    house.works()

    reactions = [call for call in house.telegram.calls if isinstance(call, React) and call.message == written]
    assert [call.emoji for call in reactions] == ["👍"]
    states = [row.state for row in house.owed(kind="React")]
    assert states.count("superseded") == len(states) - 1


def test_a_storm_of_new_tickets_is_two_calls_each(house: House) -> None:
    for number in range(10):
        house.says(f"uploads fail {number}", f"+3460000020{number}")
    house.works()

    assert [type(call) for call in house.telegram.calls].count(OpenTopic) == 10
    assert len(house.telegram.calls) == 20


def test_two_claimers_of_a_busy_outbox_send_everything_once(house: House) -> None:
    for number in range(6):
        house.says(f"uploads fail {number}", f"+3460000030{number}")
        house.says(f"more {number}", f"+3460000030{number}")
    house.answers()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(house.delivers, ("left", "right")))
    house.delivers()

    everything = words(house.telegram.calls)
    assert sum("more" in text for text in everything) == 6
    assert len(everything) == len(set(everything)) == 12
    assert house.heard(CHARLIE) == []
