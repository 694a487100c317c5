"""What no webhook brought is found in the provider's own list: once, in its order, with its own time."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from sqlalchemy import delete

from bot import watch
from bot.reconcile import Reconciler, reconcile, sooner
from bot.shell import Limits
from channels.twilio import missed as twilio_list
from channels.wire import Missed, TransportError
from models import HotlineWindow, Inbound, IncomingCall, Message, Ticket, Topic, Watermark
from tests.bot.house import OURS, SID, TOLU, House
from tests.bot.telephone import HOTLINE, Telephone
from tests.bot.telephone import works as calls_followed

MINUTES = 60


def writes_unheard(house: House, text: str, sid: str = "") -> str:
    """A customer writes and the webhook never comes; returns the sid."""
    sid = sid or f"SM{next(house.numbers):032d}"
    now = house.clock.now()
    fields = {"sid": sid, "account_sid": SID, "from_": f"whatsapp:{TOLU}", "to": OURS, "body": text}
    row = SimpleNamespace(**fields, date_created=now, direction="inbound", num_media="0")
    house.twilio.list += twilio_list.since([cast("Any", row)], now)
    return sid


def burst_ends(house: House) -> None:
    house.clock.passes(20)
    watch.quiet(house.shell)
    house.delivers()


@pytest.fixture(autouse=True)
def known_since_yesterday(house: House) -> None:
    """An installation that has compared before."""
    house.says("hello", "+34600000555")
    house.answers()
    reconcile(house.shell)
    house.clock.passes(5 * MINUTES)


def lines(house: House) -> list[str]:
    return [row.text for row in house.rows(Message) if row.author == "customer"][1:]


def test_a_line_whose_webhook_was_lost_is_taken_in_once(house: House) -> None:
    sid = writes_unheard(house, "uploads fail")
    house.clock.passes(5 * MINUTES)

    taken = [reconcile(house.shell), reconcile(house.shell, at_once=True)]
    house.clock.passes(5 * MINUTES)
    taken.append(reconcile(house.shell))
    house.works()

    assert taken == [1, 0, 0]
    assert lines(house) == ["uploads fail"]
    assert house.last(Inbound).provider_id == sid


def test_what_still_waits_and_was_written_later_is_worked_on_after_it(house: House) -> None:
    house.says("first, heard")
    house.clock.passes(MINUTES)
    writes_unheard(house, "second, unheard")
    house.clock.passes(MINUTES)
    house.says("third, heard")
    house.clock.passes(MINUTES)
    writes_unheard(house, "fourth, unheard")
    house.clock.passes(MINUTES)
    house.says("fifth, heard")
    others = house.says("of somebody else", "+34600000777")
    house.clock.passes(MINUTES)

    taken = reconcile(house.shell)
    house.works()

    spoken = [text for text in lines(house) if text != "of somebody else"]
    assert taken == 2
    assert spoken == ["first, heard", "second, unheard", "third, heard", "fourth, unheard", "fifth, heard"]
    assert "waiting" not in {row.state for row in house.rows(Inbound)}
    assert [row.provider_id for row in house.rows(Inbound)].count(others) == 1


def test_its_webhook_is_a_copy_when_it_comes_after_all(house: House) -> None:
    sid = writes_unheard(house, "uploads fail")
    house.clock.passes(5 * MINUTES)
    reconcile(house.shell)

    house.says("uploads fail", MessageSid=sid)
    house.works()

    assert lines(house) == ["uploads fail"]


def test_what_the_webhooks_brought_is_not_taken_in_again(house: House) -> None:
    sid = house.says("uploads fail")
    writes_unheard(house, "uploads fail", sid)
    house.clock.passes(5 * MINUTES)

    assert reconcile(house.shell) == 0


def test_a_line_so_young_that_its_webhook_may_still_come_waits_for_the_next_look(house: House) -> None:
    house.clock.passes(5 * MINUTES)
    writes_unheard(house, "uploads fail")
    house.clock.passes(5)

    taken = [reconcile(house.shell)]
    house.clock.passes(20)
    taken.append(reconcile(house.shell))

    assert taken == [0, 1]


def test_its_clock_runs_from_when_it_was_written_and_the_card_says_so(house: House) -> None:
    written = house.clock.now()
    writes_unheard(house, "uploads fail")
    house.clock.passes(29 * MINUTES)

    reconcile(house.shell)
    house.works()

    ticket = house.last(Ticket)
    assert ticket.opened_at == written
    (card,) = [text for text in house.shown(house.topic(ticket.id).thread_id) if "uploads fail" in text]
    assert "Recovered: written 14:05, found 14:34 after an outage" in card


def test_many_lines_of_an_outage_are_owned_up_to_in_one_receipt(house: House) -> None:
    house.studio()
    for text in ("uploads fail", "all of them", "please look"):
        writes_unheard(house, text)
        house.clock.passes(MINUTES)
    house.clock.passes(20 * MINUTES)

    reconcile(house.shell)
    house.works()
    burst_ends(house)

    (told,) = house.heard()
    assert told.startswith('Your message from 14:05 reached us only at 14:28, our fault: "uploads fail".')
    assert "A person answers by" in told
    assert lines(house) == ["uploads fail", "all of them", "please look"]
    assert "Tolu (written 14:06, found 14:28 after an outage):\nall of them" in house.shown(house.topic(2).thread_id)


def test_an_open_ticket_gets_one_message_for_each_outage(house: House) -> None:
    house.studio()
    house.says("uploads fail")
    house.works()
    burst_ends(house)
    before = len(house.heard())
    for _ in range(2):
        for text in ("still", "nothing"):
            writes_unheard(house, text)
        house.clock.passes(20 * MINUTES)
        reconcile(house.shell)
        house.works()
        house.clock.passes(MINUTES)

    told = house.heard()[before:]
    assert [text[:24] for text in told] == ["Your message from 14:05 ", "Your message from 14:26 "]
    assert all("You don't need to write it again." in text for text in told)


def test_a_line_written_before_a_stop_and_found_after_it_does_not_take_it_back(house: House) -> None:
    house.studio()
    writes_unheard(house, "uploads fail")
    house.clock.passes(MINUTES)
    house.says("STOP")
    house.works()
    told = len(house.heard())
    house.clock.passes(20 * MINUTES)

    reconcile(house.shell)
    house.works()
    burst_ends(house)

    assert "uploads fail" in lines(house)
    assert len(house.heard()) == told


def test_a_first_look_of_a_new_installation_goes_no_further_back_than_itself(house: House) -> None:
    house.changes(lambda session: session.execute(delete(Watermark)))
    house.changes(lambda session: session.execute(delete(Inbound)))
    writes_unheard(house, "years ago")
    house.clock.passes(3600)

    assert reconcile(house.shell) == 0


def test_a_provider_that_does_not_answer_is_asked_again_from_where_it_stood(house: House) -> None:
    writes_unheard(house, "uploads fail")
    house.clock.passes(5 * MINUTES)
    listed, house.twilio.missed = house.twilio.missed, refused  # type: ignore[method-assign]
    sweep = Reconciler(house.shell)
    with pytest.raises(TransportError):
        sweep()
    house.twilio.missed = listed  # type: ignore[method-assign]

    sweep()
    held = lines(house)
    house.clock.passes(11)
    sweep()
    house.works()

    assert (held, lines(house)) == ([], ["uploads fail"])


def test_a_comparison_whose_process_died_is_begun_anew_after_two_leases(house: House) -> None:
    house.shell = replace(house.shell, limits=Limits(lease=1, reconcile=2))
    writes_unheard(house, "uploads fail")
    house.clock.passes(5 * MINUTES)
    listed, house.twilio.missed = house.twilio.missed, died  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        reconcile(house.shell)
    house.twilio.missed = listed  # type: ignore[method-assign]

    too_soon = Reconciler(house.shell)
    too_soon()
    held = lines(house)
    house.clock.passes(3)

    assert (held, reconcile(house.shell)) == ([], 1)
    house.works()
    assert lines(house) == ["uploads fail"]


def died(to: str, since: object) -> list[Missed]:
    raise KeyboardInterrupt


def rings_unheard(house: House, sid: str, caller: str = TOLU, status: str = "completed") -> None:
    """A customer calls and nobody keeps the call."""
    fields = {"sid": sid, "account_sid": SID, "_from": caller, "to": HOTLINE, "status": status}
    row = SimpleNamespace(**fields, date_created=house.clock.now(), direction="inbound")
    house.twilio.rung += twilio_list.rang([cast("Any", row)], house.clock.now())


@pytest.fixture
def saturday(house: House) -> House:
    """An Agency studio whose hotline is on from an hour ago for an hour."""
    house.shell = replace(house.shell, senders={**house.shell.senders, "voice": HOTLINE})
    house.studio()
    now, hour = house.clock.now(), timedelta(hours=1)
    window = HotlineWindow(studio_id=1, zone="Europe/Madrid", opens_at=now - hour, closes_at=now + hour, known_at=now)
    house.changes(lambda session: session.add(window))
    return house


def test_a_call_of_an_outage_within_the_hotlines_hours_is_a_missed_call_once(saturday: House) -> None:
    rings_unheard(saturday, "CA1")
    saturday.clock.passes(5 * MINUTES)

    taken = [reconcile(saturday.shell)]
    calls_followed(saturday)
    saturday.clock.passes(5 * MINUTES)
    taken.append(reconcile(saturday.shell))
    calls_followed(saturday)

    assert taken == [1, 0]
    assert saturday.one(IncomingCall).told == "missed"
    missed = [text for text in saturday.shown(saturday.last(Topic).thread_id) if "Missed call: Tolu called" in text]
    assert len(missed) == 1
    assert saturday.last(Ticket).severity == 1
    assert any("1 calls of customers were found" in text for text in saturday.shown(None))


@pytest.mark.parametrize("how", ["outside the hours", "of nobody we know", "not over yet", "kept by its webhook"])
def test_other_calls_of_the_list_are_left(saturday: House, how: str) -> None:
    if how == "outside the hours":
        saturday.clock.passes(61 * MINUTES)
    if how == "kept by its webhook":
        Telephone(saturday, sid="CA1").rings()
    kept = len(saturday.rows(IncomingCall))
    caller = "+34600000666" if how == "of nobody we know" else TOLU
    rings_unheard(saturday, "CA1", caller, "in-progress" if how == "not over yet" else "completed")
    saturday.clock.passes(5 * MINUTES)

    taken = reconcile(saturday.shell)

    assert (taken, len(saturday.rows(IncomingCall))) == (0, kept)


def refused(to: str, since: object) -> list[Missed]:
    raise TransportError("away", unknown=True)


def test_two_workers_never_compare_at_once(house: House) -> None:
    house.clock.passes(5 * MINUTES)
    other: list[int] = []
    writes_unheard(house, "uploads fail")
    house.clock.passes(5 * MINUTES)
    listed = house.twilio.missed

    def meanwhile(to: str, since: object) -> list[Missed]:
        other.append(reconcile(house.shell, at_once=True))
        return listed(to, since)  # type: ignore[arg-type]

    house.twilio.missed = meanwhile  # type: ignore[method-assign]

    assert reconcile(house.shell) == 1
    assert other == [0, 0]


def test_a_web_process_that_starts_has_the_list_looked_at_now(house: House) -> None:
    reconcile(house.shell)
    writes_unheard(house, "uploads fail")
    house.clock.passes(2 * MINUTES)
    waited = reconcile(house.shell)

    sooner(house.shell)

    assert (waited, reconcile(house.shell)) == (0, 1)


def test_the_group_is_told_that_webhooks_are_lost_until_none_is(house: House) -> None:
    for text in ("uploads fail", "still"):
        writes_unheard(house, text)
    house.clock.passes(5 * MINUTES)
    reconcile(house.shell)
    house.clock.passes(5 * MINUTES)
    reconcile(house.shell)

    house.delivers()

    assert [text[:60] for text in house.shown(None)] == [
        "🚨 2 messages of customers were found in Twilio's own list an",
        "✅ Over: Twilio's webhooks reach us again.",
    ]


def test_the_list_is_looked_at_again_for_what_it_filled_in_late(house: House) -> None:
    house.clock.passes(5 * MINUTES)
    reconcile(house.shell)

    assert house.twilio.compared[-1] <= house.clock.now() - timedelta(minutes=10)
