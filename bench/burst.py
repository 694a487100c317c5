"""Two hundred lines a second: every one is answered 2xx, and relayed exactly once soon after."""

from dataclasses import dataclass

from bench.bed import Bed
from bench.customers import lines, numbered, open_ticket, relayed
from bench.load import fire

_RATE = 200.0
_PATIENCE = 120.0  # seconds after the last line


@dataclass(frozen=True)
class Burst:
    """``behind`` is how many seconds after the last line was posted the last one was relayed; times of the webhook's
    answer in milliseconds; ``rate`` is what the generator really posted a second."""

    lines: int
    rate: float
    answered: int
    once: int
    lost: int
    repeated: int
    behind: float
    relay_rate: float
    answered_p50: float
    answered_p99: float

    @property
    def wrong(self) -> int:
        """Lines not answered 2xx, never relayed or relayed more than once."""
        return (self.lines - self.answered) + self.lost + self.repeated


def measure(bed: Bed) -> Burst:
    """All of one ticket, the hardest case: what one topic gets keeps its order, so goes one by one."""
    texts = numbered(int(_RATE * bed.size(30, 5)))
    with bed.stack() as stack:
        open_ticket(stack)
        before = stack.sandbox.last
        answers = fire(lines(stack, texts), _RATE)
        found = relayed(stack.sandbox, before, len(texts), _PATIENCE)
    counts = [len(found.get(text, ())) for text in texts]
    moments = sorted(moment for some in found.values() for moment in some)
    first, last = min(answers.posted), max(answers.posted)
    end = moments[-1] if moments else last
    return Burst(
        lines=len(texts),
        rate=len(texts) / answers.lasted,
        answered=answers.taken,
        once=counts.count(1),
        lost=counts.count(0),
        repeated=sum(count > 1 for count in counts),
        behind=end - last,
        relay_rate=len(moments) / (end - first),
        answered_p50=answers.spread.p50,
        answered_p99=answers.spread.p99,
    )
