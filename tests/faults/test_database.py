"""F7, F10: the database falls and comes back under load; the machines' clocks are wrong."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.ground import LEASE, Ground, broken
from tests.faults.invariants import Case
from tests.faults.webhooks import Webhook, line, until_taken
from tests.support.people import Owner, Topic
from tests.support.sandbox import eventually
from tests.support.server import Server, own_server


@pytest.fixture
def falling(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Ground, Server]]:
    """A ground on a PostgreSQL server of its own."""
    with own_server() as server, broken(tmp_path, server.url) as ground:
        yield ground, server
        ground.tell(request.node.user_properties)


def test_f7_a_database_that_falls_three_times_under_load_loses_nothing(falling: tuple[Ground, Server]) -> None:
    ground, server = falling
    owner, topic = ground.case()
    judge = ground.judge()
    webhooks = [line(ground.stack, owner, f"said while it falls {number:02}") for number in range(40)]

    with ThreadPoolExecutor(4) as pool:
        load = pool.map(_soon, webhooks)
        for _ in range(3):
            time.sleep(0.3)
            server.restart()
        statuses = list(load)

    topic.shows("said while it falls 39", 20)
    posted = {webhook.sid: status for webhook, status in zip(webhooks, statuses, strict=True)}
    ground.holds(judge, Case("F7 PostgreSQL restarted three times", faults=3, outage=5), posted)
    assert statuses == [200] * 40
    assert {text.partition("\n")[0] for text in topic.texts() if "while it falls" in text} == {
        f"Ana: said while it falls {number:02}" for number in range(40)
    }


def _soon(webhook: Webhook) -> int:
    time.sleep(0.05)
    return until_taken(webhook)


@pytest.mark.parametrize("step", [3600, -3600])
def test_f10_a_wall_clock_that_jumps_neither_loses_nor_hurries_anything(
    ground: Ground, step: int, tmp_path: Path
) -> None:
    owner, topic = _on_a_machine_with_a_clock(ground, tmp_path / "off")
    judge = ground.judge()
    owner.says("said before the clock jumps")
    (tmp_path / "off").write_text(str(step))

    owner.says("said after the clock jumps")

    topic.shows("said after the clock jumps")
    topic.writes("/r Lena answers after the jump")
    owner.hears("Lena answers after the jump")
    ground.holds(judge, Case(f"F10 the clock jumps {step:+d} s", faults=0, outage=2))
    assert not any("promised time has passed" in text for text in topic.texts())


@pytest.mark.parametrize("database_kind", ["postgresql"])  # SQLite has one machine
def test_f10_a_machine_ninety_seconds_ahead_takes_no_lease_before_its_time(ground: Ground, tmp_path: Path) -> None:
    owner, topic = ground.case()
    judge = ground.judge()
    (tmp_path / "off").write_text("90")
    wrong = {"WOUND": "clock", "CLOCK_OFF": str(tmp_path / "off")}
    ground.stack.start("ahead", "python", "-m", "tests.faults.wounded", **wrong)
    log = ground.stack.directory / "ahead.log"
    eventually(lambda: b"worker_started" in log.read_bytes(), 30, "the machine ahead works")
    ground.group_fault("latency", seconds=0.4 * LEASE)

    owner.says("said to two machines at once")

    topic.shows("said to two machines at once")
    ground.holds(judge, Case("F10 two machines 90 s apart", faults=0))
    assert ground.row("said to two machines at once", "accepted").attempts == 1


def _on_a_machine_with_a_clock(ground: Ground, file: Path) -> tuple[Owner, Topic]:
    """A case whose worker takes its wall time from ``file``."""
    file.write_text("0")
    found = ground.case()
    ground.stack.stop("worker")  # what it has under way ends first: no call of unknown fate comes into this case
    ground.stack.start("worker", "python", "-m", "tests.faults.wounded", WOUND="clock", CLOCK_OFF=str(file))
    return found
