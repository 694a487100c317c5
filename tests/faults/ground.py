"""A stack that faults can happen to: short leases, quick bursts, a wire to each provider, a judge beside it."""

import contextlib
import itertools
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from models import Delivery, Page
from tests.faults.evidence import Witness
from tests.faults.invariants import Case, Judge, Ruling
from tests.faults.wire import Wire
from tests.support.people import Owner, Story, Topic
from tests.support.sandbox import GROUP, WHATSAPP, eventually
from tests.support.stack import Stack, standing

LEASE = 1.0
FALLBACK = "+34600000999"
QUICK = {
    "LEASE_SECONDS": str(LEASE),
    "TICK_SECONDS": "0.2",
    "PROVIDER_TIMEOUT_SECONDS": "0.5",
    "UNKNOWN_SECONDS": "0.5",
    "TWILIO_VOICE_FROM": WHATSAPP,
    "ALARM_TO": f"sms:{FALLBACK}",
}
# Steps follow each other in seconds, and what nobody takes leaves the other faults of the same ground in peace.
LADDERS = """[[ladder]]
name = "response"
repeat = "60 min"
alarm = "30 min"
rearm = "30 min"
steps = [
  { after = "0 min", roles = ["primary"], channels = ["mention", "telegram", "sms", "voice"] },
  { after = "1 s", roles = ["backup"], channels = ["mention", "telegram", "sms", "voice"] },
  { after = "2 s", roles = ["lead"], channels = ["mention", "telegram", "sms", "voice"] },
]

[paging]
gap = "3 s"
bundle = "1 s"
alone = 5
"""
URGENT = "PAYMENT NOT WORKING brides dad card failed twice"
_numbers = itertools.count(1)


@dataclass
class Ground:
    """``twilio`` and ``telegram`` are the wires the workers call through; the customers' webhooks come directly."""

    stack: Stack
    twilio: Wire
    telegram: Wire
    witness: Witness
    rulings: list[str] = field(default_factory=list)
    abandoned: int = 0

    @property
    def kind(self) -> str:
        return self.witness.engine.dialect.name

    def case(self, name: str = "Ana", tier: str = "agency") -> tuple[Owner, Topic]:
        """A customer nobody has heard of, with an open ticket whose receipt is out."""
        story = Story(self.stack, next(_numbers))
        owner = story.owner(name, f"{name} Studio", tier)
        owner.says(f"first words of case {story.number}")
        topic = story.topic_of(f"{name} Studio {story.number}", 40)
        owner.hears("A person answers by", 40)
        return owner, topic

    def urgent(self, name: str = "Ana") -> tuple[Owner, Topic]:
        """A customer nobody has heard of, with a SEV1 that rings whoever is on call."""
        story = Story(self.stack, next(_numbers))
        owner = story.owner(name, f"{name} Studio", "agency")
        owner.says(URGENT)
        return owner, story.topic_of(f"{name} Studio {story.number}", 40)

    def page(self, ticket: int) -> Row[Any]:
        """The newest page of a ticket's response ladder."""
        mine = select(Page.__table__).where(Page.ticket_id == ticket, Page.ladder == "response").order_by(Page.id)
        return self.witness.rows(mine)[-1]

    def reaches(self, number: str, words: str) -> None:
        """Waits for a text of these words to a telephone."""

        def found() -> bool:
            texts = self.stack.sandbox.get("twilio/messages", address=number)["messages"]
            return any(words in text["body"] for text in texts if text["direction"] != "inbound")

        eventually(found, 15, f"{number} reads {words!r}")

    def judge(self) -> Judge:
        judge = Judge.begins(self.witness)
        self.abandoned = self.twilio.abandoned + self.telegram.abandoned
        return judge

    def holds(self, judge: Judge, case: Case, posted: dict[str, int] | None = None) -> list[Ruling]:
        """Judges, and keeps one line for the summary of the run. An answer the product did not wait for, as this
        machine had too much to do, is a fault like any other."""
        abandoned = self.twilio.abandoned + self.telegram.abandoned - self.abandoned
        rulings = judge.holds(replace(case, faults=case.faults + abandoned), posted)
        told = " ".join(f"{ruling.name} ok" for ruling in rulings)
        self.rulings.append(f"{case.name} ({self.kind}): {told}; {rulings[5].counted}")
        return rulings

    def tell(self, properties: list[tuple[str, object]]) -> None:
        """Hands the rulings over to the summary of the run (tests/conftest.py)."""
        properties += [("fault", ruling) for ruling in self.rulings]
        self.rulings.clear()

    def fault(self, action: str, provider: str, method: str, **more: Any) -> None:
        self.stack.sandbox.post("faults", action=action, provider=provider, method=method, **more)

    def group_fault(self, action: str, **more: Any) -> None:
        """At the next line to the agents' group; its overview, which comes first, is there already."""
        eventually(lambda: self.stack.sandbox.get(f"telegram/chats/{GROUP}")["pinned"], 20, "the pinned overview")
        self.fault(action, "telegram", "sendMessage", destination=str(GROUP), **more)

    def row(self, words: str, *states: str, seconds: float = 30) -> Row[Any]:
        """Waits for the delivery that carries these words to be in one of these states."""

        def found() -> Row[Any] | None:
            newest = self.witness.rows(select(Delivery.__table__).order_by(Delivery.id.desc()).limit(20))
            return next((row for row in newest if words in str(row.payload) and row.state in states), None)

        row: Row[Any] = eventually(found, seconds, f"a delivery of {words!r} that is {' or '.join(states)}")
        return row

    def freeze(self, name: str) -> None:
        """SIGSTOP at a moment at which the process holds no lock. SQLite's one lock is held by whoever froze with it,
        and nobody else can write then; PostgreSQL ends such a transaction after ten seconds (bot/claims.py)."""

        def holds_nothing() -> bool:
            self.stack.signal(name, signal.SIGSTOP)
            if self.witness.can_write():
                return True
            self.stack.signal(name, signal.SIGCONT)
            return False

        eventually(holds_nothing, 10, f"a moment at which {name} holds no lock")

    def mend(self) -> None:
        """No faults, and exactly one web and one worker run, with the settings of all."""
        self.stack.sandbox.delete("faults")
        for name, process in list(self.stack.processes.items()):
            with contextlib.suppress(ProcessLookupError):
                self.stack.signal(name, signal.SIGCONT)
            if name not in ("web", "worker") or name in self.stack.odd or process.poll() is not None:
                self.stack.kill(name)
        for name, start in (("web", self.stack.start_web), ("worker", self.stack.start_worker)):
            if name not in self.stack.processes:
                start(name)
        eventually(self.stack.ready, 40, "web and worker are back")


@contextlib.contextmanager
def broken(directory: Path, database_url: str, **extra: Any) -> Iterator[Ground]:
    """A ground that stands; its workers call both providers through wires."""
    settings = {"telegram": {"flood_limits": False}, "twilio": {"voice_seconds": 0.05}}
    wires: list[Wire] = []

    def wired(base: str) -> dict[str, str]:
        wires.extend((Wire(base), Wire(base)))
        return {"TWILIO_API_BASE": wires[0].base, "TELEGRAM_API_BASE": wires[1].base}

    quick = {"bursts": ("0.3 s", "1 s"), "ladders": LADDERS, "wired": wired, **QUICK, **extra}
    with standing(directory, database_url, settings, **quick) as stack:
        ground = Ground(stack, wires[0], wires[1], Witness.on(stack.sandbox, database_url, FALLBACK))
        try:
            yield ground
        finally:
            for wire in wires:
                wire.close()
            ground.witness.engine.dispose()
