"""From a line at our webhook to the call at Telegram, at a calm pace, for a customer whose ticket is open."""

from dataclasses import dataclass

from bench.bed import Bed
from bench.customers import lines, numbered, open_ticket, relayed
from bench.load import fire, spread

_RATE = 20.0
_PATIENCE = 60.0  # seconds after the last line


@dataclass(frozen=True)
class Latency:
    """Milliseconds from posting the webhook to the sandbox having taken the call; ``answered_*`` to its 2xx."""

    rate: float
    lines: int
    relayed: int
    p50: float
    p99: float
    worst: float
    answered_p50: float
    answered_p99: float

    @property
    def missing(self) -> int:
        return self.lines - self.relayed


def measure(bed: Bed) -> Latency:
    """Posts lines at their pace, then looks up in the ledger when each was relayed."""
    texts = numbered(bed.size(400, 100))
    with bed.stack() as stack:
        open_ticket(stack)
        before = stack.sandbox.last
        answers = fire(lines(stack, texts), _RATE)
        found = relayed(stack.sandbox, before, len(texts), _PATIENCE)
    pairs = zip(texts, answers.posted, strict=True)
    took = spread([found[text][0] - posted for text, posted in pairs if text in found])
    answered = answers.spread
    return Latency(_RATE, len(texts), len(found), took.p50, took.p99, took.worst, answered.p50, answered.p99)
