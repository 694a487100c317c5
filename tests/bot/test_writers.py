"""Who writes waits its turn and no longer: none starves at SQLite's one lock, none waits for a frozen process."""

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.claims import Database
from tests.support.databases import fresh

WRITERS, TIMES = 10, 30


def test_no_writer_waits_until_nearly_all_others_are_done(tmp_path: Path) -> None:
    db = Database(fresh("sqlite", tmp_path))
    with db.writing() as session:
        session.execute(text("CREATE TABLE written (number integer)"))
    waits: list[float] = []

    def writes() -> None:
        for _ in range(TIMES):
            wanted = time.monotonic()
            with db.writing() as session:
                session.execute(text("INSERT INTO written VALUES (1)"))
                waits.append(time.monotonic() - wanted)
                time.sleep(0.003)

    began = time.monotonic()
    threads = [threading.Thread(target=writes) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    whole = time.monotonic() - began
    db.close()

    assert len(waits) == WRITERS * TIMES
    assert max(waits) < whole * 0.8


def test_postgresql_takes_the_locks_of_a_process_that_froze_within_a_transaction(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.claims._IDLE_MS", 300)
    frozen = Database(fresh("postgresql", tmp_path))
    monkeypatch.undo()
    other = Database(frozen.engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    with other.writing() as session:
        session.execute(text("CREATE TABLE written (number integer)"))
        session.execute(text("INSERT INTO written VALUES (1)"))
    began = time.monotonic()

    def freezes() -> None:
        with frozen.writing() as session:
            session.execute(text("UPDATE written SET number = 2"))
            with other.writing() as second:
                second.execute(text("UPDATE written SET number = 3"))

    with pytest.raises(DBAPIError):
        freezes()

    with other.reading() as session:
        assert session.scalar(text("SELECT number FROM written")) == 3
    assert 0.3 <= time.monotonic() - began < 10
    frozen.close()
    other.close()
