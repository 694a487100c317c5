"""When no worker ticks, the web process says so itself; a worker that starts says that it is over."""

from datetime import timedelta

from bot.beat import beat, ended, resumed, tidy
from bot.lookout import SILENT, look
from bot.pulse import Pulse
from channels.wire import TransportError
from models import Delivery, Worker
from tests.bot.house import House
from tests.bot.test_pulse import Watch


def test_a_silent_worker_is_told_once_by_the_web_process_itself(house: House) -> None:
    beat(house.shell, "host:1")
    look(house.shell, "web:1")
    quiet = house.shown(None)
    house.clock.passes(SILENT.total_seconds() + 1)

    for _ in range(3):
        look(house.shell, "web:1")
        look(house.shell, "web:2")

    assert quiet == []
    (told,) = house.shown(None)
    assert told.startswith("🚨 No worker has ticked since 12:00:00 UTC: messages are kept, but nobody answers")
    assert house.one(Delivery).state == "accepted"


def test_it_is_over_with_the_next_tick(house: House) -> None:
    look(house.shell, "web:1")

    beat(house.shell, "host:1")
    beat(house.shell, "host:1")
    house.delivers()

    assert house.shown(None)[1:] == ["✅ Over: a worker ticks again and works on what was kept."]


def test_a_group_that_is_away_is_told_when_it_is_back(house: House) -> None:
    house.telegram.when(lambda _: True, TransportError("away"))
    look(house.shell, "web:1")
    look(house.shell, "web:1")
    house.clock.passes(61)

    look(house.shell, "web:1")

    assert len(house.shown(None)) == 2
    assert house.one(Delivery).state == "accepted"


def test_what_else_is_owed_is_left_to_the_workers(house: House) -> None:
    house.says("uploads fail")
    house.answers()

    look(house.shell, "web:1")

    assert len(house.telegram.calls) == 1


def test_a_worker_that_starts_after_a_gap_nobody_saw_owns_up_to_it(house: House) -> None:
    beat(house.shell, "host:1")
    house.clock.passes(timedelta(minutes=47).total_seconds())

    resumed(house.shell)
    beat(house.shell, "host:2")
    house.delivers()

    assert house.shown(None) == [
        "🚨 Nothing ran for 47 minutes, until now.",
        "✅ Over: a worker ticks again and works on what was kept.",
    ]


def test_a_worker_that_ended_as_told_is_not_counted_and_its_last_tick_is_known(house: House) -> None:
    beat(house.shell, "host:1")
    ended(house.shell, "host:1")
    beat(house.shell, "host:2")

    counted = [row.name for row in house.rows(Worker) if row.ended_at is None]
    look(house.shell, "web:1")
    tidy(house.shell)

    assert counted == ["host:2"]
    assert len(house.rows(Worker)) == 2
    assert house.shown(None) == []


def test_workers_of_days_past_are_forgotten_but_the_last(house: House) -> None:
    for name in ("host:1", "host:2"):
        beat(house.shell, name)
        house.clock.passes(timedelta(days=2).total_seconds())

    tidy(house.shell)

    assert [row.name for row in house.rows(Worker)] == ["host:2"]


def test_a_restart_is_no_gap(house: House) -> None:
    beat(house.shell, "host:1")
    house.clock.passes(60)

    resumed(house.shell)

    assert house.owed() == []


def test_a_sweep_that_fails_each_time_is_told_once_in_the_group_and_so_is_its_recovery(house: House) -> None:
    watch = Watch()
    pulse = Pulse(watch)
    pulse.expect("clocks", 60)
    pulse.expect("quiet", 60)

    for watch.now in range(0, 80, 10):
        pulse.came("clocks", well=False)
        pulse.came("quiet", well=True)
        beat(house.shell, "host:1", pulse.failing())
    house.delivers()
    failing = house.shown(None)
    pulse.came("clocks", well=True)
    beat(house.shell, "host:1", pulse.failing())
    house.delivers()

    (told,) = failing
    assert told.startswith("🚨 A worker ticks, but this part of its work has failed for a minute or longer: clocks.")
    assert house.shown(None)[1:] == ["✅ Over: all parts of the workers' work succeed again."]


def test_a_worker_whose_sweeps_succeed_does_not_cover_up_another_whose_fail(house: House) -> None:
    beat(house.shell, "host:1", ["clocks", "quiet"])
    beat(house.shell, "host:2")
    house.delivers()
    both = house.shown(None)

    house.clock.passes(16)
    beat(house.shell, "host:2")
    house.delivers()

    assert ["longer: clocks, quiet." in text for text in both] == [True]
    assert house.shown(None)[1:] == ["✅ Over: all parts of the workers' work succeed again."]
