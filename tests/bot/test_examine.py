"""What the doctor reads from the rows, on both databases."""

from datetime import timedelta

from bot.alarms import raise_alarm
from bot.beat import ended
from bot.examine import legs
from bot.shell import Shell
from bot.templates import Templates
from channels.findings import Finding
from channels.meanings import Review
from channels.wire import TransportError
from models import Inbound, Media, Worker
from tests.bot.house import House


def looked(house: House, *names: str) -> dict[str, Finding]:
    """The findings of these legs."""
    work = legs(house.shell)
    return {finding.leg: finding for name in names for finding in work[name]()}


def ticked(house: House, ago: float) -> None:
    def add(session: object) -> None:
        at = house.shell.db.real_now(session) - timedelta(seconds=ago)  # type: ignore[arg-type]
        session.add(Worker(name=f"w{ago}", started_at=at, ticked_at=at))  # type: ignore[attr-defined]

    house.changes(add)


def test_what_is_written_to_try_is_gone_again(house: House) -> None:
    found = looked(house, "database", "media store")

    assert [finding.ok for finding in found.values()] == [True, True]
    assert (house.rows(Worker), house.rows(Media)) == ([], [])


def test_workers_that_tick_are_counted_and_silent_ones_are_not(house: House) -> None:
    never = looked(house, "worker")["worker"]
    ticked(house, 40)
    silent = looked(house, "worker")["worker"]
    ticked(house, 1)
    ticked(house, 2)

    assert (never.ok, never.words) == (False, "none has ever ticked")
    assert (silent.ok, silent.words[:19]) == (False, "none has ticked for")
    assert looked(house, "worker")["worker"].words == "2 ticking"


def test_a_worker_that_ended_as_told_is_not_counted(house: House) -> None:
    ticked(house, 2)
    ticked(house, 1)

    ended(house.shell, "w2")

    assert looked(house, "worker")["worker"].words == "1 ticking"


def test_calls_owed_for_long_are_broken_and_those_put_off_are_not_waiting(house: House) -> None:
    house.studio()
    house.says("PAYMENT NOT WORKING")
    house.answers()
    house.clock.passes(899)
    fresh = looked(house, "worker")["outbox"]
    house.clock.passes(2)
    stale = looked(house, "worker")["outbox"]
    house.telegram.when(lambda _: True, TransportError("slow down", retry_after=3600), times=9)
    house.delivers()

    assert (fresh.ok, stale.ok) == (True, False)
    assert "the oldest for 901 s" in stale.words
    assert "`flask outbox list`" in stale.next
    assert looked(house, "worker")["outbox"].ok


def test_webhooks_set_aside_and_standing_alarms_are_broken_legs(house: House) -> None:
    house.says("hello")
    house.changes(lambda session: setattr(session.get_one(Inbound, 1), "state", "parked"))
    house.changes(lambda session: raise_alarm(house.shell, session, "no_worker", "nobody ticks"))

    found = looked(house, "worker")

    assert (found["inbox"].ok, found["inbox"].words) == (False, "0 webhooks waiting, 1 set aside")
    assert (found["alarms"].ok, found["alarms"].words) == (False, "1 standing: no_worker")


def test_each_configured_template_is_a_leg_and_none_is_none(house: House) -> None:
    sids = {"answer_ready": {"en": "HX1", "es": "HX2"}}
    templated = House(Shell(**{**vars(house.shell), "templates": Templates(sids)}))
    house.twilio.reviews["HX1"] = Review("twilio/quick-reply", "approved", taps=("say:show_answer",))
    house.twilio.reviews["HX2"] = TransportError("no", code="20404")

    found = looked(templated, "templates")

    assert [finding.ok for finding in found.values()] == [True, False]
    assert found["template answer_ready es"].next == "correct the SID in [templates]"
    assert "templates" not in legs(house.shell)
