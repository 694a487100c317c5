"""On SQLite a machine whose clock is set neither rushes nor holds up what waits."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from bot import steady
from bot.beat import adopt_clock, beat
from bot.claims import Database
from bot.clock import Clock
from bot.shell import Shell
from models import Anchor
from tests.bot.house import House, open_shell
from tests.bot.templates import empty

HOUR = timedelta(hours=1)
BOTH_WAYS = pytest.mark.parametrize("step", [HOUR, -HOUR], ids=["forward", "back"])


@pytest.fixture
def shell() -> Shell:
    """On SQLite, where a worker has ticked."""
    shell = open_shell("", empty("sqlite"))
    beat(shell, "host:1")
    return shell


@pytest.fixture(autouse=True)
def long_after_boot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "_BOOTING", 0.0)


def sets_the_clock(monkeypatch: pytest.MonkeyPatch, step: timedelta) -> None:
    """Somebody sets this machine's clock."""
    monkeypatch.setattr(steady, "wall", lambda: time.time() + step.total_seconds())


def now(db: Database) -> datetime:
    with db.reading() as session:
        return db.real_now(session)


@BOTH_WAYS
def test_a_clock_that_was_set_does_not_move_our_time(
    shell: Shell, step: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = now(shell.db)

    sets_the_clock(monkeypatch, step)
    beat(shell, "host:1")

    of_a_new_process = Clock(shell.db).real()
    assert abs(now(shell.db) - before) < timedelta(seconds=5)
    assert abs(of_a_new_process - before) < timedelta(seconds=5)


@BOTH_WAYS
def test_it_is_followed_by_a_tenth_of_the_time_that_passes(
    shell: Shell, step: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, sign = now(shell.db), step / HOUR
    sets_the_clock(monkeypatch, step)
    later = steady.uptime() + 100
    monkeypatch.setattr(steady, "uptime", lambda: later)

    with shell.db.writing() as session:
        steady.follow(session)

    assert (now(shell.db) - before).total_seconds() == pytest.approx(100 + sign * 10, abs=2)


def test_the_group_is_told_until_an_operator_takes_the_time_over(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    house = House(shell)

    sets_the_clock(monkeypatch, HOUR)
    beat(shell, "host:1")
    adopt_clock(shell)
    beat(shell, "host:1")
    house.delivers()

    first, second = house.shown(None)
    assert "This machine's clock was set by more than a minute" in first
    assert second == "✅ Over: the clock and this machine agree."
    assert abs(now(shell.db) - datetime.now(UTC) - HOUR) < timedelta(seconds=5)


def test_small_differences_are_nobodys_business(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    sets_the_clock(monkeypatch, timedelta(seconds=3))

    beat(shell, "host:1")

    assert House(shell).owed() == []


def test_another_boot_begins_with_the_clock_as_it_is(shell: Shell) -> None:
    with shell.db.writing() as session:
        session.execute(update(Anchor).values(boot="before", offset=0))

    assert abs(now(shell.db) - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_machine_just_booted_believes_its_time_servers(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steady, "_BOOTING", float("inf"))
    sets_the_clock(monkeypatch, HOUR)

    beat(shell, "host:1")

    assert abs(now(shell.db) - datetime.now(UTC) - HOUR) < timedelta(seconds=5)
