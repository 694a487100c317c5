"""Faults F1-F18 as things a dice can pick: each does its harm, and all is whole again when it returns."""

import contextlib
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.ground import LEASE, Ground
from tests.support.server import Server

WORKERS, WEBS = ("worker", "second worker"), ("web", "second web")


@dataclass
class Harm:
    """``server`` is the PostgreSQL server of this run, None on SQLite."""

    ground: Ground
    dice: random.Random
    server: Server | None

    def any(self) -> str:
        """Does one thing, and says which."""
        ways: list[Callable[[], str]] = [
            *(self.kill_a_worker, self.kill_a_web, self.freeze_a_worker, self.bad_line, self.provider_fails),
            *(self.provider_refuses, self.silent_acceptance, self.noisy_callbacks, self.wrong_clock),
        ]
        if self.server is not None:
            ways.append(self.power_cut)
        return self.dice.choice(ways)()

    def kill_a_worker(self) -> str:
        name = self.dice.choice(WORKERS)
        self.ground.stack.kill(name)
        time.sleep(self.dice.uniform(0, 1))
        self.ground.stack.start_worker(name)
        return f"F1-3 kill -9 {name}"

    def kill_a_web(self) -> str:
        name = self.dice.choice(WEBS)
        self.ground.stack.kill(name)
        time.sleep(self.dice.uniform(0, 0.5))
        self.ground.stack.start_web(name)
        return f"F4 kill -9 {name}"

    def freeze_a_worker(self) -> str:
        name = self.dice.choice(WORKERS)
        self.ground.stack.signal(name, signal.SIGSTOP)
        time.sleep(3 * LEASE)
        self.ground.stack.signal(name, signal.SIGCONT)
        return f"F5 {name} frozen for three leases"

    def power_cut(self) -> str:
        assert self.server is not None
        self.server.restart()
        return "F7 the database restarted"

    def wrong_clock(self) -> str:
        name, off = self.dice.choice(WORKERS), self.dice.choice((-3600, 90, 3600))
        file = Path(self.ground.stack.directory) / "off"
        file.write_text(str(off))
        self.ground.stack.kill(name)
        wound = {"WOUND": "clock", "CLOCK_OFF": str(file)}
        self.ground.stack.start(name, "python", "-m", "tests.faults.wounded", **wound)
        return f"F10 the clock of {name} is off by {off} s"

    def bad_line(self) -> str:
        which, way = (
            self.dice.choice(("telegram", "twilio")),
            self.dice.choice(("clogged", "cut", "dripping", "holding")),
        )
        wire = getattr(self.ground, which)
        with getattr(wire, way)():
            time.sleep(self.dice.uniform(0.5, 2))
        return f"F14 the line to {which} {way}"

    def provider_fails(self) -> str:
        action = self.dice.choice(("status", "status_after_accept", "drop_before", "drop_after_accept"))
        status = self.dice.choice((429, 500, 503)) if action.startswith("status") else 500
        if action == "status_after_accept":
            status = 500  # a 429 means that it was not done
        for provider in ("telegram", "twilio"):
            self.ground.stack.sandbox.post(
                "faults", action=action, provider=provider, status=status, times=4, probability=0.5
            )
        return f"F12-13 {action} {status}"

    def provider_refuses(self) -> str:
        code = self.dice.choice((21211, 30003, 30005, 30007))
        self.ground.fault("code", "twilio", "Messages.create", code=code)
        return f"F15 {code}"

    def silent_acceptance(self) -> str:
        for provider in ("telegram", "twilio"):
            self.ground.stack.sandbox.post("faults", action="timeout_after_accept", provider=provider, seconds=0.8)
        return "F14, F16 taken and never said"

    def noisy_callbacks(self) -> str:
        box = self.ground.stack.sandbox
        copies = {"action": "duplicate", "times": 5, "times_each": 3}
        late = {"action": "reorder", "times": 5, "seconds": 1.0}
        for how in (copies, late):
            box.post("faults", provider="twilio", flow="webhook", method=self.dice.choice(("status", "message")), **how)
        return "F17-18 webhooks doubled and out of order"

    def mend(self) -> None:
        """No faults, and everything runs with its right clock."""
        self.ground.stack.sandbox.delete("faults")
        for name in list(self.ground.stack.odd):
            with contextlib.suppress(KeyError):
                self.ground.stack.kill(name)
            self.ground.stack.start_worker(name)
