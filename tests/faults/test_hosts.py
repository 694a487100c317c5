"""F27 and several hosts: two hosts of ours share a database; one is killed, one is cut off from it, one joins."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.ground import LEASE, Ground, broken
from tests.faults.invariants import Case
from tests.faults.night import on_call
from tests.faults.wire import Wire
from tests.support.hosts import Host, hosts
from tests.support.sandbox import eventually
from tests.support.server import own_server
from tests.support.stack import free_port

WEB = 8000


@dataclass
class Site:
    """``front`` is the one address providers know; ``wires`` lead from each host to the providers."""

    ground: Ground
    hosts: list[Host]
    front: Wire
    wires: list[Wire]
    database: int

    def starts(self, number: int) -> None:
        """Web and worker on one host."""
        host, wire = self.hosts[number], self.wires[number]
        here = {"TWILIO_API_BASE": wire.base, "TELEGRAM_API_BASE": wire.base}
        here["DATABASE_URL"] = f"postgresql://postgres@{host.theirs('d')}:{self.database}/postgres"
        address = f"{host.ours('w')}:{WEB}"
        host.runs(self.ground.stack, f"web {number}", "gunicorn", "-b", address, "app:create_app()", **here)
        host.runs(self.ground.stack, f"worker {number}", "python", "-m", "worker", **here)
        log = self.ground.stack.directory / f"worker {number}.log"
        eventually(lambda: b"worker_started" in log.read_bytes(), 40, f"host {number} works")

    def dies(self, number: int) -> None:
        for name in (f"web {number}", f"worker {number}"):
            self.ground.stack.kill(name)

    def takes_webhooks(self, number: int) -> None:
        """As the load balancer does when its look at another host has failed."""
        self.front.lead_to(f"http://{self.hosts[number].ours('w')}:{WEB}")
        eventually(self.ground.stack.ready, 40, f"host {number} answers")


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    with hosts(3) as ours, own_server() as server:
        port = free_port()
        server.listen("0.0.0.0", port)
        with broken(tmp_path, f"{server.url}&port={port}") as ground, _spread(ground, ours, port) as site:
            yield site
            ground.tell(request.node.user_properties)


@contextlib.contextmanager
def _spread(ground: Ground, ours: list[Host], port: int) -> Iterator[Site]:
    """The ground's own web and worker give way to two hosts."""
    for name in ("web", "worker"):
        ground.stack.kill(name)
    wires = [Wire(ground.stack.sandbox.base, one.theirs("w")) for one in ours]
    port_of_all = int(ground.stack.public.rpartition(":")[2])
    front: Wire = eventually(lambda: _free(ground.stack.sandbox.base, port_of_all), 10, "the web process is gone")
    site = Site(ground, ours, front, wires, port)
    try:
        for number in (0, 1):
            site.starts(number)
        site.takes_webhooks(0)
        yield site
    finally:
        for name in list(ground.stack.processes):
            ground.stack.kill(name)
        for wire in (front, *wires):
            wire.close()


def _free(upstream: str, port: int) -> Wire | None:
    """A wire in the place of a process that has just been killed; None while the kernel still ends it."""
    try:
        return Wire(upstream, port=port)
    except OSError:
        return None


def test_f27_one_host_is_killed_one_is_cut_off_one_joins_and_nothing_is_lost(site: Site) -> None:
    ground = site.ground
    owner, topic = ground.case()
    judge = ground.judge()
    lena, tomas = on_call(ground, ("Lena", "primary"), ("Tomas", "backup lead"))

    owner.says("said while two hosts stand")
    site.dies(0)
    site.takes_webhooks(1)
    owner.says("said after one was killed")
    topic.shows("said after one was killed", 30)

    site.starts(2)
    with site.wires[1].holding(), site.wires[2].holding():
        owner.says("said into the cut")
        ground.row("said into the cut", "leased")
        site.hosts[1].cut("d")
        cut = time.monotonic()
    site.takes_webhooks(2)
    _, urgent = ground.urgent("Uma")
    tomas.reads(ground.page(urgent.number).code)
    lena.texts(ground.page(urgent.number).code)
    topic.writes("/r Lena is still here")
    owner.hears("Lena is still here", 30)

    topic.shows("said into the cut", 30)
    ground.holds(judge, Case("F27 a host killed, one cut off, one joined", faults=3, outage=15, patience=30))
    assert site.wires[1].asked_at < cut + LEASE
