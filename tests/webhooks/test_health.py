"""Whether the program is up, and ready to keep its promises."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot import beat
from bot.claims import Database
from bot.shell import Shell
from models import Worker
from tests.bot.house import House
from tests.support.databases import fresh
from tests.webhooks.doors import client


@pytest.fixture
def unmigrated(shell: Shell, database_kind: str, tmp_path: Path) -> Iterator[Shell]:
    """The program on a database nobody has set up."""
    directory = tmp_path / "new"
    directory.mkdir()
    bare = replace(shell, db=Database(fresh(database_kind, directory)))
    yield bare
    bare.db.close()


def ticked(house: House, ago: float) -> None:
    with house.shell.db.writing() as session:
        at = house.shell.db.real_now(session) - timedelta(seconds=ago)
        session.merge(Worker(name=f"w{ago}", started_at=at, ticked_at=at))


def test_up_answers_whatever_else_is_wrong(shell: Shell) -> None:
    away = replace(shell, channels={}, db=Database("sqlite:////nowhere/at/all.sqlite3"))

    assert client(away).get("/up").status_code == 200


def test_ready_once_a_worker_ticks(house: House) -> None:
    ticked(house, 3)

    answer = client(house.shell).get("/ready")

    assert answer.status_code == 200
    assert answer.get_json() == {"ready": True, "problems": [], "channels": ["sms", "telegram", "twilio", "whatsapp"]}


def test_not_ready_before_any_worker_ticked(shell: Shell) -> None:
    answer = client(shell).get("/ready")

    assert answer.status_code == 503
    assert answer.get_json()["problems"] == ["no worker has ever ticked; start `python -m worker`"]


def test_not_ready_when_the_last_worker_is_silent(house: House) -> None:
    ticked(house, 40)

    answer = client(house.shell).get("/ready")

    assert answer.status_code == 503
    assert "no worker has ticked for 4" in answer.get_json()["problems"][0]


def test_one_living_worker_among_dead_ones_is_enough(house: House) -> None:
    ticked(house, 4000)
    ticked(house, 2)

    assert client(house.shell).get("/ready").status_code == 200


def test_not_ready_before_the_database_is_migrated(unmigrated: Shell) -> None:
    answer = client(unmigrated).get("/ready")

    assert answer.status_code == 503
    assert "flask db upgrade" in answer.get_json()["problems"][0]


def test_not_ready_while_the_database_is_away(shell: Shell) -> None:
    dead = "postgresql://nobody@127.0.0.1:1/none" if shell.db.postgresql else "sqlite:////nowhere/at/all.sqlite3"

    answer = client(replace(shell, db=Database(dead))).get("/ready")

    assert answer.status_code == 503
    assert "the database does not answer" in answer.get_json()["problems"][0]


def test_a_rehearsal_clock_is_said_loudly(house: House) -> None:
    ticked(house, 1)
    house.clock.ahead = timedelta(days=3)

    assert client(house.shell).get("/ready").get_json()["rehearsal_clock"].startswith("2026-06-13T12:00")


def test_a_beat_of_the_worker_makes_it_known_once(house: House) -> None:
    beat.beat(house.shell, "host:1")
    house.clock.passes(2)
    beat.beat(house.shell, "host:1")

    worker = house.one(Worker)
    assert worker.ticked_at - worker.started_at == timedelta(seconds=2)
