"""What time does: a burst ends once, a missed promise is said, a breach has its instant; one bad row stops nobody."""

from sqlalchemy import update

from bot import watch
from bot.sweeps import sweep
from channels.wire import SendText, TransportError
from models import Clock, Conversation, Studio, Ticket, TicketEvent
from sla import Happened, fold
from tests.bot.house import CHARLIE, TOLU, House, hours
from tests.bot.recorder import NOON
from tests.bot.test_answer import at_once


def passes(house: House, seconds: float) -> None:
    """Time goes by, and every sweep looks."""
    house.clock.passes(seconds)
    watch.quiet(house.shell)
    watch.clocks(house.shell)
    house.works()


def kinds(house: House) -> list[str]:
    return [event.kind for event in house.rows(TicketEvent)]


def told(house: House, mark: str) -> int:
    """How often a mark of the first answer was told."""
    return sum(event.kind == "told" and event.data == TOLD | {"mark": mark} for event in house.rows(TicketEvent))


TOLD = {"clock": "FR", "number": 1}
COLUMNS = ("policy", "state", "reason", "started_at", "target_due", "limit_due", "met_at", "missed_at")
ENDS = ("breached_at", "detected_at", "cancelled_at")


def recomputed(house: House) -> dict[tuple[str, int], dict[str, object]]:
    """Every clock of the first ticket, folded anew from its events alone."""
    rows = [row for row in house.rows(TicketEvent) if row.ticket_id == 1]
    events = [Happened(row.kind, row.occurred_at, row.ingested_at, row.actor, row.data, row.policy) for row in rows]
    folded = fold(events, house.shell.book, house.clock.now())
    return {
        (clock.name, clock.number): {name: getattr(clock, name) for name in (*COLUMNS, *ENDS)}
        | {"due_at": mark.at if (mark := clock.next_mark()) else None}
        for clock in folded.clocks
    }


def stored(house: House) -> dict[tuple[str, int], dict[str, object]]:
    rows = [row for row in house.rows(Clock) if row.ticket_id == 1]
    return {(row.name, row.number): {name: getattr(row, name) for name in (*COLUMNS, *ENDS, "due_at")} for row in rows}


def test_a_burst_gets_one_receipt_and_only_after_it_fell_silent(house: House) -> None:
    house.studio()
    for text in ("how do I rename a gallery", "the second one", "on my phone"):
        house.says(text)
        house.works()
        passes(house, 4)
    assert house.heard() == []

    for _ in range(4):
        passes(house, 9)

    assert len(house.heard()) == 1
    assert house.one(Conversation).wake_at is None


def test_two_workers_that_see_the_silence_at_once_send_one_receipt(house: House) -> None:
    house.opened()
    house.clock.passes(30)

    at_once(lambda _: watch.quiet(house.shell), 3)
    house.works()

    assert len(house.heard()) == 1


def test_a_missed_target_is_said_once_and_the_limit_stays(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    passes(house, 15 * 60)
    assert house.promise().missed_at is None

    for _ in range(3):
        passes(house, 1)

    clock = house.promise()
    assert (clock.state, clock.missed_at, clock.breached_at) == ("running", clock.target_due, None)
    assert clock.due_at == clock.limit_due
    assert sum("The promised time has passed" in text for text in house.shown(thread)) == 1
    assert told(house, "target") == 1


def test_a_breach_is_the_instant_the_limit_passed_with_the_moment_it_was_seen(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    passes(house, 20 * 60)
    passes(house, 4 * 3600)
    seen = house.clock.now()
    passes(house, 3600)

    clock = house.promise()
    assert (clock.state, clock.breached_at, clock.detected_at) == ("breached", NOON + hours(4), seen)
    assert clock.due_at is None
    assert sum("SLA BREACHED: nobody has answered #1" in text for text in house.shown(thread)) == 1
    assert told(house, "limit") == 1


def test_a_worker_that_slept_through_both_says_the_breach(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")

    passes(house, 30 * 3600)

    clock = house.promise()
    assert (clock.missed_at, clock.breached_at) == (clock.target_due, clock.limit_due)
    assert clock.detected_at == NOON + hours(30)
    assert any("SLA BREACHED" in text for text in house.shown(thread))


def test_an_answer_in_time_is_never_called_late(house: House) -> None:
    thread = house.opened("PAYMENT NOT WORKING")
    house.writes("/r Lena here.", thread)
    house.works()

    passes(house, 30 * 3600)

    clock = house.promise()
    assert (clock.state, clock.met_at, clock.missed_at, clock.due_at) == ("met", NOON, None, None)
    assert not any("passed" in text or "BREACHED" in text for text in house.shown(thread))


def test_two_workers_that_see_a_breach_at_once_record_it_once(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.clock.passes(30 * 3600)

    at_once(lambda _: watch.clocks(house.shell), 3)

    assert told(house, "limit") == 1


def test_in_one_rich_life_the_stored_clock_always_equals_its_events(house: House) -> None:
    def equal() -> None:
        assert stored(house) == recomputed(house)

    thread = house.opened("how do I rename a gallery")
    equal()
    house.says("PAYMENT NOT WORKING for all clients")
    house.works()
    equal()
    passes(house, 20 * 60)
    equal()
    house.taps("v1:take:1")
    house.writes("/r first answer", thread)
    house.works()
    equal()
    house.reports(house.owed(channel="whatsapp")[-1].id, "undelivered", code="63016")
    house.works()
    equal()
    passes(house, 5 * 3600)
    equal()
    house.writes("/r second answer", thread)
    house.works()
    equal()
    for act in ("v1:resolve:1", "no", "v1:resolve:1", "yes", "5"):
        house.taps(act) if act.startswith("v1") else house.says(act)
        house.works()
        equal()
    passes(house, 24 * 3600)
    equal()
    assert house.promise().state == "met_late"
    assert house.promise().breached_at is not None
    assert {
        "opened",
        "severity_changed",
        "taken",
        "replied",
        "reply_failed",
        "told",
        "said",
        "resolved",
        "reopened",
    } <= set(kinds(house))


def test_folding_again_changes_nothing(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    passes(house, 30 * 3600)
    before = stored(house)

    house.clock.passes(3600)
    house.changes(lambda session: session.execute(update(Clock).values(due_at=NOON)))
    watch.clocks(house.shell)

    assert stored(house) == before


def broken_zone(house: House, name: str) -> None:
    """A studio whose customers cannot be told a time: what a bad row in the directory does."""
    house.changes(
        lambda session: session.execute(update(Studio).where(Studio.name == name).values(timezone="Mars/Base"))
    )


def test_one_conversation_that_cannot_be_woken_does_not_keep_others_from_their_receipt(house: House) -> None:
    house.studio("Broken", "Ben", CHARLIE)
    house.studio("Fine", "Tolu", TOLU)
    house.says("uploads fail", CHARLIE)
    house.works()
    house.says("uploads fail", TOLU)
    house.works()
    broken_zone(house, "Broken")
    house.clock.passes(30)

    sweep(lambda: watch.quiet(house.shell), "quiet")
    house.works()

    assert len(house.heard(TOLU)) == 1


def test_one_ticket_whose_clock_cannot_be_folded_does_not_keep_others_from_their_breach(house: House) -> None:
    house.says("uploads fail", CHARLIE)
    house.works()
    house.says("uploads fail", TOLU)
    house.works()
    house.changes(lambda s: s.execute(update(TicketEvent).where(TicketEvent.ticket_id == 1).values(data={})))
    house.clock.passes(80 * 3600)

    sweep(lambda: watch.clocks(house.shell), "clocks")

    assert [house.promise(ticket=number).state for number in (1, 2)] == ["running", "breached"]


def test_a_sweep_that_fails_is_over_and_the_next_one_runs(house: House) -> None:
    assert sweep(lambda: 1 // 0, "bad") is None
    assert sweep(lambda: 7, "good") == 7


def test_an_unanswered_ticket_of_a_group_that_is_away_is_still_recorded_as_breached(house: House) -> None:
    house.opened("PAYMENT NOT WORKING")
    house.telegram.when(SendText, TransportError("Telegram is away"), times=1000)

    house.clock.passes(5 * 3600)
    watch.clocks(house.shell)
    house.delivers()

    assert house.promise().state == "breached"
    assert house.one(Ticket).state == "open"
