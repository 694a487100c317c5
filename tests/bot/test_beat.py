"""When no worker ticks, the web process says so itself; a worker that starts says that it is over."""

from datetime import timedelta

from bot.beat import beat, resumed
from bot.lookout import SILENT, look
from channels.wire import TransportError
from models import Delivery
from tests.bot.house import House


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


def test_a_restart_is_no_gap(house: House) -> None:
    beat(house.shell, "host:1")
    house.clock.passes(60)

    resumed(house.shell)

    assert house.owed() == []
