"""A lease keeps one call with one worker; what may have been taken is looked up before it is sent again."""

import contextlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot import settle
from bot.deliver import carry, claim
from bot.lanes import Lane
from channels.wire import Fetch, OpenTopic, Receipt, SendMedia, SendText, TransportError
from models import Delivery, Topic
from tests.bot.house import CHARLIE, House, Json, hours
from tests.bot.recorder import MAGIC
from tests.bot.test_deliver_order import about, owe, words


def test_a_leased_row_is_nobody_elses_until_its_lease_is_over(house: House) -> None:
    owe(house, "a")
    claim(house.shell, "first", 8)

    house.clock.passes(30)
    early = claim(house.shell, "second", 8)
    house.clock.passes(0.1)
    (job,) = claim(house.shell, "second", 8)

    assert early == []
    assert (job.row.owner, job.row.attempts, job.row.doubt) == ("second", 2, True)


def test_a_lapsed_lease_is_looked_up_and_not_sent_again(house: House) -> None:
    owe(house, "a", channel="whatsapp")
    claim(house.shell, "killed", 8)
    house.clock.passes(31)
    house.twilio.has = [Receipt("SM-taken")]

    house.delivers("second")

    row = house.one(Delivery)
    assert house.twilio.calls == []
    assert (row.state, row.provider_id, row.attempts) == ("accepted", "SM-taken", 2)


def test_the_look_up_asks_from_the_first_attempt_on(house: House) -> None:
    owe(house, "a", channel="whatsapp")
    claim(house.shell, "killed", 8)
    began = house.clock.real()
    house.clock.passes(31)

    house.delivers("second")

    ((call, since),) = house.twilio.asked
    assert (words([call]), since) == (["a0"], began)


def test_a_lapsed_lease_the_provider_knows_nothing_of_is_sent(house: House) -> None:
    owe(house, "a", channel="whatsapp")
    claim(house.shell, "killed", 8)
    house.clock.passes(31)

    house.delivers("second")

    assert words(house.twilio.calls) == ["a0"]
    assert house.one(Delivery).doubt


def test_what_the_look_up_finds_is_not_taken_for_two_rows(house: House) -> None:
    owe(house, "a", "b", channel="whatsapp")
    house.twilio.when(SendText, TransportError("time-out", unknown=True), times=2)
    house.delivers()
    house.twilio.has = [Receipt("SM-one"), Receipt("SM-two")]
    house.clock.passes(60)

    house.delivers()

    assert sorted(row.provider_id for row in house.rows(Delivery)) == ["SM-one", "SM-two"]


def test_a_first_attempt_asks_nothing(house: House) -> None:
    owe(house, "a", channel="whatsapp")

    house.delivers()

    assert house.twilio.asked == []


def test_a_lease_that_ran_out_before_the_call_began_is_not_sent(house: House) -> None:
    owe(house, "a")
    (job,) = claim(house.shell, "slow", 8)
    house.clock.passes(30)

    carry(house.shell, job)

    assert house.telegram.calls == []
    row = house.one(Delivery)
    assert (row.state, row.owner) == ("leased", "slow")


def test_a_look_up_that_took_as_long_as_the_lease_is_not_followed_by_a_call(house: House) -> None:
    owe(house, "a", channel="whatsapp")
    claim(house.shell, "killed", 8)
    house.clock.passes(31)
    (job,) = claim(house.shell, "slow", 8)

    def slow(_: Any, __: Any) -> list[Receipt]:
        house.clock.passes(30)
        return []

    house.twilio.find = slow  # type: ignore[assignment, method-assign]
    carry(house.shell, job)

    assert house.twilio.calls == []
    assert house.one(Delivery).state == "leased"


def test_what_the_earlier_attempt_settles_during_the_look_up_is_not_sent_again(house: House) -> None:
    owe(house, "a", channel="whatsapp")
    (first,) = claim(house.shell, "worker", 8)
    house.clock.passes(31)
    (second,) = claim(house.shell, "worker", 8)

    def settled_meanwhile(_: Any, __: Any) -> list[Receipt]:
        settle.settle(house.shell, first.row, Receipt("SM-first"))
        return [Receipt("SM-first")]

    house.twilio.find = settled_meanwhile  # type: ignore[assignment, method-assign]
    carry(house.shell, second)

    assert house.twilio.calls == []
    assert (house.one(Delivery).state, house.one(Delivery).provider_id) == ("accepted", "SM-first")


@pytest.mark.parametrize("doubt", [False, True])
def test_a_call_that_could_outlast_its_lease_gets_a_new_one_first(house: House, doubt: bool) -> None:
    owe(house, "a", channel="whatsapp", doubt=doubt)
    (job,) = claim(house.shell, "slow", 8)
    house.clock.passes(25)
    taken_over = []

    def takes_long(_: Any) -> Receipt:
        house.clock.passes(10)
        taken_over.extend(claim(house.shell, "second", 8))
        return Receipt("SM-slow")

    house.twilio.when(SendText, takes_long)
    carry(house.shell, job)

    assert taken_over == []
    assert house.one(Delivery).provider_id == "SM-slow"


def test_a_call_well_within_its_lease_asks_the_database_for_nothing(house: House) -> None:
    owe(house, "a")
    (job,) = claim(house.shell, "quick", 8)
    until = job.row.lease_until

    house.telegram.when(SendText, lambda _: Receipt(str(house.one(Delivery).lease_until == until)))
    carry(house.shell, job)

    assert house.one(Delivery).provider_id == "True"


def test_a_late_refusal_of_an_attempt_that_lost_its_lease_to_its_own_worker_changes_nothing(house: House) -> None:
    owe(house, "a")

    def taken_over(_: Any) -> Receipt:
        house.clock.passes(31)
        claim(house.shell, "worker", 8)
        raise TransportError("time-out", unknown=True)

    house.telegram.when(SendText, taken_over)
    carry(house.shell, claim(house.shell, "worker", 8)[0])

    assert (house.one(Delivery).state, house.one(Delivery).attempts) == ("leased", 2)


def test_a_late_refusal_of_a_worker_that_lost_its_lease_changes_nothing(house: House) -> None:
    owe(house, "a")

    def taken_over(_: Any) -> Receipt:
        house.clock.passes(31)
        claim(house.shell, "second", 8)
        raise TransportError("no", permanent=True)

    house.telegram.when(SendText, taken_over)
    carry(house.shell, claim(house.shell, "first", 8)[0])

    row = house.one(Delivery)
    assert (row.state, row.owner) == ("leased", "second")


def test_a_late_acceptance_counts_whoever_has_the_lease(house: House) -> None:
    owe(house, "a")

    def taken_over(_: Any) -> Receipt:
        house.clock.passes(31)
        claim(house.shell, "second", 8)
        return Receipt("77")

    house.telegram.when(SendText, taken_over)
    carry(house.shell, claim(house.shell, "first", 8)[0])

    assert (house.one(Delivery).state, house.one(Delivery).provider_id) == ("accepted", "77")
    house.clock.passes(60)
    assert claim(house.shell, "third", 8) == []


def test_a_time_out_waits_for_the_report_before_it_is_tried_again(house: House) -> None:
    owe(house, "a", channel="whatsapp")
    house.twilio.when(SendText, TransportError("time-out", unknown=True))

    house.delivers()

    row = house.one(Delivery)
    assert row.state == "unknown"
    assert row.retry_at is not None
    assert row.retry_at - house.clock.real() >= timedelta(seconds=10)
    house.reports(row.id, "sent", "SM-reported")
    house.works()
    house.clock.passes(60)
    house.works()
    assert len(house.twilio.calls) == 1
    assert house.one(Delivery).provider_id == "SM-reported"


@pytest.mark.parametrize("attempts", range(1, 8))
def test_the_wait_doubles_with_jitter_and_is_ten_seconds_at_most(house: House, attempts: int) -> None:
    owe(house, "a", attempts=attempts - 1)
    house.telegram.when(SendText, TransportError("a bad day"))

    house.delivers()

    row = house.one(Delivery)
    assert row.retry_at is not None
    waited = (row.retry_at - house.clock.real()).total_seconds()
    meant = min(0.5 * 2**attempts, 10)
    assert 0.75 * meant <= waited <= 1.25 * meant


@pytest.mark.parametrize(("lane", "most"), [(Lane.PAGE, 5), (Lane.TO_GROUP, 12.5)])
@pytest.mark.parametrize("fault", ["unsent", "unknown"])
def test_a_fault_that_has_ended_holds_up_a_page_for_seconds_however_long_it_was(
    house: House, lane: Lane, most: float, fault: str
) -> None:
    owe(house, "a", lane=lane, attempts=40)  # refused again and again for as long as the provider was away
    house.telegram.when(SendText, TransportError("a bad day", unknown=fault == "unknown"))
    house.delivers()

    house.clock.passes(most if fault == "unsent" else 12.5)
    house.delivers()

    assert house.one(Delivery).state == "accepted"


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("SendPigeon", {"to": "1"}), ("SendText", {"to": "1"}), ("SendText", {}), ("EditText", {"message": "first"})],
)
def test_a_row_this_program_cannot_read_fails_with_words_and_lets_others_go(
    house: House, kind: str, payload: dict[str, Any]
) -> None:
    owe(house, "a", "a")
    house.changes(lambda s: s.execute(update(Delivery).where(Delivery.id == 1).values(kind=kind, payload=payload)))

    house.delivers()

    first, second = house.rows(Delivery)
    assert (first.state, first.fault) == ("failed", f"a {kind} this program cannot read")
    assert second.state == "accepted"


def test_a_channel_that_is_switched_off_fails_its_rows_with_words(house: House) -> None:
    owe(house, "a", channel="pigeon")

    house.delivers()

    assert house.one(Delivery).fault == "the channel pigeon is switched off here"


def test_a_call_that_crashes_is_tried_three_times_and_then_failed(house: House) -> None:
    owe(house, "a", "a")
    house.telegram.when(about("a0"), RuntimeError("a defect"), times=9)

    for _ in range(6):
        house.delivers()
        house.clock.passes(60)

    first, second = house.rows(Delivery)
    assert (first.state, first.attempts, first.fault) == ("failed", 3, "it crashed: RuntimeError")
    assert second.state == "accepted"


def test_a_delivery_whose_failure_cannot_even_be_said_is_set_aside_with_an_alarm(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(*_: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("bot.failures._to_customer", defect)
    thread = house.opened()
    house.writes("/r hello", thread)
    house.twilio.when(SendText, TransportError("no", permanent=True), times=9)

    for _ in range(6):
        with contextlib.suppress(RuntimeError):  # the worker's sweep catches it
            house.works()
        house.clock.passes(60)

    (row,) = [one for one in house.rows(Delivery) if one.payload.get("text") == "hello"]
    assert (row.state, row.fault) == ("failed", "it crashed: RuntimeError; given up")
    assert any(f"Delivery {row.id} of ticket" in text for text in house.shown(None))


def test_after_a_day_of_refusals_it_is_given_up_and_said(house: House) -> None:
    thread = house.opened()
    house.twilio.when(SendText, TransportError("Twilio is away"), times=10_000)
    house.writes("/r hello", thread)
    house.works()

    for _ in range(3):
        house.clock.passes(8 * 3600)
        house.says("anybody there?")
        house.works()
    house.clock.passes(60)
    still = house.owed(channel="whatsapp")[0].state
    house.works()

    assert still in ("queued", "failed")
    assert house.owed(channel="whatsapp")[0].state == "failed"
    assert "NOT DELIVERED to Tolu: Twilio is away." in house.shown(thread)[-1]


def test_a_topic_that_cannot_be_opened_leaves_its_lines_in_the_group_under_the_number(house: House) -> None:
    house.telegram.when(OpenTopic, TransportError("the bot lacks a right in the group", permanent=True))

    house.says("uploads fail", CHARLIE)
    house.says("it stops at 40%", CHARLIE)
    house.says("", CHARLIE, media=("one",))
    house.works()

    alarm = "🚨 The group refuses what Backstop posts: the bot lacks a right in the group."
    shown = [text for text in house.shown(None) if not text.startswith(alarm)]
    assert len(house.shown(None)) == len(shown) + 1
    assert shown[0].startswith("#1 <b>")
    assert shown[1:] == ["#1 Charlie: it stops at 40%", "[picture] #1 "]
    assert house.one(Topic).card_id is not None


def test_a_topic_that_opens_at_the_second_try_has_everything_in_order(house: House) -> None:
    house.telegram.when(OpenTopic, TransportError("a bad day"))
    house.says("uploads fail")
    house.says("it stops at 40%")
    house.works()
    assert house.shown(None) == []

    house.clock.passes(5)
    house.works()

    thread = house.one(Topic).thread_id
    assert [text[:20] for text in house.shown(thread)] == [
        house.shown(thread)[0][:20],
        "Charlie: it stops at",
    ]


def test_a_picture_telegram_will_not_take_is_shown_by_its_words(house: House) -> None:
    thread = house.opened()
    house.telegram.when(SendMedia, TransportError("Telegram says: wrong type", permanent=True), times=5)

    house.says("this is the error", media=("one",))
    house.says("a line behind it")
    house.works()

    (said,) = [text for text in house.shown(thread) if "could not be shown" in text]
    assert "Telegram says: wrong type" in said
    assert "Tolu: this is the error" in said
    assert "Tolu: a line behind it" in house.shown(thread)


def test_a_picture_that_cannot_be_fetched_is_shown_by_its_words(house: House) -> None:
    thread = house.opened()
    house.twilio.when(Fetch, TransportError("Twilio answered 404 for the attachment", permanent=True))

    house.says("this is the error", media=("one",))
    house.works()

    (said,) = [text for text in house.shown(thread) if "could not be shown" in text]
    assert "could not be fetched: Twilio answered 404 for it" in said
    assert "Tolu: this is the error" in said


def test_a_rehearsal_that_jumps_ahead_gives_nothing_up(house: House) -> None:
    """Giving up counts real time from the first attempt: an outage or a jump of the clock is no attempt."""
    owe(house, "a")
    house.telegram.when(SendText, TransportError("a bad day"), times=5)
    house.delivers()

    house.clock.ahead = hours(24 * 7)
    house.clock.passes(60)
    house.delivers()
    assert house.one(Delivery).state == "queued"

    house.clock.passes(24 * 3600 + 1)
    house.delivers()
    assert house.one(Delivery).state == "failed"


def test_a_picture_of_unknown_fate_is_not_taken_for_another_to_the_same_address(house: House) -> None:
    thread = house.opened()
    for name in ("left", "right"):
        picture: Json = {"photo": [{"file_id": name, "file_unique_id": name, "width": 9, "height": 9}]}
        house.writes("", thread, reply_to=house.topic().card_id, **picture)
    house.twilio.when(SendMedia, TransportError("time-out", unknown=True))
    house.works()
    doubted = update(Delivery).where(Delivery.kind == "SendMedia", Delivery.channel == "whatsapp")
    house.changes(lambda session: session.execute(doubted.values(state="unknown")))  # as in a backup that is restored
    house.twilio.has = [Receipt("SM-right")]
    house.twilio.holds = {"SM-right": MAGIC["image/jpeg"] + b"bytes of right"}
    house.clock.passes(60)

    house.works()

    left, right = [row for row in house.owed(kind="SendMedia") if row.channel == "whatsapp"]
    assert (right.provider_id, right.payload["source"]) == ("SM-right", "right")
    assert left.provider_id not in ("", "SM-right")
    assert [call.source for call in house.twilio.calls if isinstance(call, SendMedia)] == ["left", "left"]
