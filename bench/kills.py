"""kill -9 of a random process every five seconds while customers write; judged by the providers' ledger (N1-N8)."""

import json
import random
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass

from bench.bed import Bed
from bench.customers import first_lines, numbered, phones
from bench.load import Shot, fire
from tests.faults.evidence import Evidence, Witness
from tests.faults.invariants import SENDERS, Case, Judge, repeated, rule
from tests.support.sandbox import WHATSAPP, Sandbox, eventually
from tests.support.stack import Stack

_RATE = 40.0
_EVERY = 5.0
_CUSTOMERS = 40
_SEED = 7
_LEASE = 30.0  # seconds, as the product ships
_OUTAGE = 60.0  # seconds a line may wait: for the lease of who was killed, or for the list of a web process back again
_PATIENCE = 240.0
_CALM = "A client cannot open the gallery I sent this morning."


@dataclass(frozen=True)
class Kills:
    """``lost`` lines never reached the group; ``recovered`` did though no webhook of theirs was answered 2xx;
    ``duplicates`` are calls beyond those owed, of which ``allowed`` may be (killed workers x what each has in flight);
    ``broken`` is what the judge of ``tests/faults`` found wrong, told on stderr, but for lateness (N5): ``worst`` is
    the seconds the latest line took, which is this machine's speed as much as the product's."""

    lines: int
    webs: int
    workers: int
    lost: int
    recovered: int
    duplicates: int
    allowed: int
    broken: int
    worst: float

    @property
    def killed(self) -> int:
        return self.webs + self.workers


def measure(bed: Bed) -> Kills:
    """Two web and two workers on PostgreSQL; on SQLite one of each, so that for a moment nobody listens."""
    several = bed.database == "postgresql"
    texts = numbered(bed.size(5000 if several else 1000, 600))
    with bed.stack() as stack:
        names = ["web", "worker", *(["second web", "second worker"] if several else [])]
        if several:
            stack.start_web("second web")
            stack.start_worker("second worker")
        _stand_by(stack)
        judge = Judge.begins(Witness.on(stack.sandbox, stack.environment["DATABASE_URL"]))
        killed = _killed(stack, names, [_said(stack.sandbox, number, text) for number, text in enumerate(texts)])
        eventually(stack.ready, 60, "all is up again")
        workers = sum("worker" in name for name in killed)
        case = Case("kill -9 every 5 s", faults=workers, outage=_OUTAGE, lease=_LEASE, patience=_PATIENCE)
        _wait(judge.witness, len(texts))
        seen = judge.seen(case)
        judge.witness.engine.dispose()
    return _figures(seen, case, len(killed) - workers)


def _killed(stack: Stack, names: list[str], shots: list[Shot]) -> list[str]:
    """Fires, and kills one process after the other meanwhile and starts it anew at once; in this very thread, as the
    stack's processes end with the thread that started them (``tests/support/bound.py``)."""
    killed, dice = list[str](), random.Random(_SEED)  # noqa: S311 (the same ones each time)
    with ThreadPoolExecutor(1) as pool:
        firing = pool.submit(fire, shots, _RATE)
        while not wait([firing], _EVERY).done:
            killed.append(dice.choice(names))
            stack.kill(killed[-1])
            (stack.start_web if "web" in killed[-1] else stack.start_worker)(killed[-1])
        firing.result()
    return killed


def _figures(seen: Evidence, case: Case, webs: int) -> Kills:
    rulings = rule(seen, case)
    for ruling in rulings:
        sys.stderr.write(ruling.line(case.name) + "\n")
    shown = {sid: (seen.shown(words), tried) for sid, (words, tried) in seen.lines.items()}
    late = [(at - tried).total_seconds() for at, tried in shown.values() if at is not None]
    return Kills(
        lines=len(shown),
        webs=webs,
        workers=case.faults,
        lost=len(shown) - len(late),
        recovered=sum(at is not None and sid not in seen.answered for sid, (at, _) in shown.items()),
        duplicates=sum(repeated(seen).values()),
        allowed=case.faults * SENDERS,
        broken=sum(len(ruling.wrong) for ruling in rulings if ruling.name != "N5"),
        worst=max(late, default=float("nan")),
    )


def _stand_by(stack: Stack) -> None:
    """Every customer has an open ticket, and the receipt of it."""
    fire(first_lines(stack, [_CALM] * _CUSTOMERS), 20.0)
    receipts = lambda: len(stack.sandbox.ledger(provider="twilio", flow="call", outcome=201)) >= _CUSTOMERS  # noqa: E731
    eventually(receipts, 60, "every receipt is out")


def _said(sandbox: Sandbox, number: int, text: str) -> Shot:
    """A customer writes; Twilio posts the webhook once, and does not wait for us to tell us so."""
    sender = phones(_CUSTOMERS)[number % _CUSTOMERS]
    body = {"from": sender, "to": WHATSAPP, "channel": "whatsapp", "body": text, "name": "Ana", "wait": False}
    return Shot(f"{sandbox.base}/sandbox/twilio/say", json.dumps(body), {"Content-Type": "application/json"})


def _wait(witness: Witness, wanted: int) -> None:
    """Until as many lines are at Telegram as were written, or patience ends; the judge then looks closely."""
    end, after, found = time.monotonic() + _PATIENCE, 0, set[str]()
    while len(found) < wanted and time.monotonic() < end:
        time.sleep(2)
        for entry in witness.sandbox.ledger(after, provider="telegram", flow="call", action="sendMessage", outcome=200):
            after = entry["number"]
            found.update(re.findall(r"number \d{6}", entry["request"]["text"]))
