"""Yesterday's backup comes back: promises go on, and nothing goes twice without a word."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.beat import beat
from bot.reconcile import reconcile
from bot.restore import GAP, NotYet, restored
from channels.wire import Missed, Receipt, SendText, TransportError
from models import Clock, Delivery, Ticket
from tests.bot.house import TOLU, House
from tests.bot.recorder import Recorder
from tests.bot.test_reconcile import writes_unheard

AWAY = TransportError("not now")


def backed_up(house: House) -> None:
    """The last tick in the backup; the day that follows was lost."""
    beat(house.shell, "old:1")
    house.clock.passes(26 * 3600)


def comes_back(house: House) -> None:
    restored(house.shell, house.clock.passes)


def test_a_reply_owed_in_the_backup_and_sent_after_it_is_found_and_not_sent_again(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    house.twilio.when(SendText, AWAY)
    house.writes("/r Lena here.", thread)
    house.works()
    taken = house.clock.real()
    backed_up(house)
    house.twilio.has = [Receipt("SM-of-the-lost-day")]
    before = len(house.twilio.sent)

    comes_back(house)
    house.works()

    ((_, since),) = house.twilio.asked
    assert since <= taken
    assert len(house.twilio.sent) == before
    assert house.owed(channel="whatsapp", kind="SendText")[-1].provider_id == "SM-of-the-lost-day"


def test_a_reply_twilio_does_not_know_is_sent_though_the_backup_is_days_old(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING", channel="sms")
    house.twilio.when(SendText, AWAY)
    house.writes("/r Lena here.", thread)
    house.works()
    backed_up(house)
    house.says("still there?", From=TOLU)
    comes_back(house)
    house.twilio.when(SendText, AWAY)

    house.delivers()
    house.clock.passes(61)
    house.works()

    assert "failed" not in {row.state for row in house.owed(lane=1)}


def test_a_receipt_that_was_due_after_the_backup_is_asked_for_too(house: House) -> None:
    house.studio()
    house.says("how do I rename a gallery")
    house.works()
    backed_up(house)
    house.twilio.has = [Receipt("SM-receipt")]

    comes_back(house)
    house.works()

    assert house.heard() == []
    assert house.owed(lane=1)[0].provider_id == "SM-receipt"


def test_a_line_of_the_lost_day_is_taken_in_from_twilios_list_and_its_receipt_asked_for(house: House) -> None:
    house.studio()
    house.says("hello", "+34600000555")
    house.works()
    reconcile(house.shell)
    backed_up(house)
    writes_unheard(house, "PAYMENT NOT WORKING")
    house.clock.passes(600)
    house.twilio.has = [Receipt("SM-of-the-lost-day")]

    done = restored(house.shell, house.clock.passes)
    house.works()

    assert done.recovered == 1
    assert [text for text in house.heard() if "A person answers" in text] == []
    (receipt,) = house.owed(thread=f"whatsapp:{TOLU}")
    assert (receipt.doubt, receipt.provider_id) == (True, "SM-of-the-lost-day")
    shown = house.shown(house.topic(receipt.ticket_id or 0).thread_id)
    assert any("PAYMENT NOT WORKING" in text and "(may be repeated)" in text for text in shown)


def test_a_list_that_cannot_be_read_stops_the_command_before_anything_is_marked(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    backed_up(house)
    shell = replace(house.shell, channels={**house.shell.channels, "twilio": Unlisted()})

    with pytest.raises(NotYet, match="Twilio's list cannot be read"):
        restored(shell, house.clock.passes)

    assert {row.doubt for row in house.rows(Delivery)} == {False}


class Unlisted(Recorder):
    """Twilio while it does not answer."""

    def __init__(self) -> None:
        pass

    def missed(self, to: str, since: datetime) -> list[Missed]:  # noqa: ARG002 (the channel's signature)
        raise AWAY


def test_a_line_that_waited_in_the_backup_goes_to_the_group_with_a_flag(house: House) -> None:
    house.studio()
    house.says("PAYMENT NOT WORKING")
    backed_up(house)

    comes_back(house)
    house.works()

    shown = house.shown(house.topic().thread_id)
    assert "(may be repeated)" in shown[0]
    assert "Restored from a backup of 2026-06-10 12:00 UTC" in house.shown(None)[0]


def test_without_a_restore_nothing_is_flagged_and_a_second_try_is(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    assert not any("may be repeated" in text for text in house.shown(thread))
    house.telegram.when(SendText, TransportError("the connection broke", unknown=True))

    house.says("it is worse now")
    house.works()
    house.clock.passes(20)
    house.works()

    first, second = (text for text in house.shown(thread) if "it is worse now" in text)
    assert "may be repeated" not in first
    assert second.endswith("(may be repeated)")


def test_a_reply_to_a_customer_on_telegram_waits_for_a_person_and_the_topic_says_so(house: House) -> None:
    house.texts("uploads fail")
    house.works()
    house.telegram.when(lambda call: isinstance(call, SendText) and call.to == "601", AWAY)
    house.writes("/r Lena here.", house.topic().thread_id)
    house.works()
    backed_up(house)

    comes_back(house)
    house.works()

    row = next(row for row in house.owed(destination="601") if row.payload.get("text") == "Lena here.")
    assert row.state == "failed"
    assert f"`flask outbox retry {row.id}`" in house.shown(house.topic().thread_id)[-1]
    assert [call.text for call in house.telegram.calls if isinstance(call, SendText) and call.to == "601"].count(
        "Lena here."
    ) == 1


def test_old_button_presses_are_left_and_harmless_calls_go_as_ever(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.taps("v1:take:1")
    house.answers()
    backed_up(house)

    comes_back(house)
    house.works()

    assert house.owed(kind="AnswerTap")[-1].state == "superseded"
    assert [row.doubt for row in house.owed(kind="EditText")] == [False] * len(house.owed(kind="EditText"))


def test_open_promises_go_on(house: House) -> None:
    house.opened("how do I rename a gallery")
    promised = {clock.name: (clock.started_at, clock.limit_due) for clock in house.rows(Clock)}
    backed_up(house)

    comes_back(house)

    assert house.one(Ticket).state == "open"
    assert promised
    assert promised.items() <= {clock.name: (clock.started_at, clock.limit_due) for clock in house.rows(Clock)}.items()


def test_a_status_of_the_lost_day_meets_no_new_delivery(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    last = house.last(Delivery).id
    backed_up(house)
    comes_back(house)
    house.says("hello?")
    house.works()
    house.writes("/r Lena here.", thread)
    house.answers()
    fresh = house.last(Delivery)

    house.reports(last + 3, "delivered", sid="SM-of-the-lost-day")
    house.answers()

    assert fresh.id > last + GAP
    assert house.delivery(fresh.id).state == "queued"


def test_a_living_worker_stops_the_command(house: House) -> None:
    beat(house.shell, "host:1")

    def meanwhile(seconds: float) -> None:
        house.clock.passes(seconds)
        beat(house.shell, "host:1")

    with pytest.raises(NotYet, match="stop all workers first"):
        restored(house.shell, meanwhile)
