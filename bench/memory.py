"""What web and worker hold in memory after work: their proportional share (PSS), all their processes."""

from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.bed import Bed
from bench.customers import lines, numbered, open_ticket, relayed
from bench.load import fire
from tests.support.stack import Stack

_PATIENCE = 60.0


@dataclass(frozen=True)
class Memory:
    """MiB (2**20 bytes), after ``lines`` were taken in and relayed."""

    lines: int
    web: float
    worker: float
    both: float


def measure(bed: Bed) -> Memory:
    """Reads /proc/<pid>/smaps_rollup of every process, after some load has gone through both."""
    texts = numbered(bed.size(1000, 200))
    with bed.stack() as stack:
        open_ticket(stack)
        before = stack.sandbox.last
        fire(lines(stack, texts), 100.0)
        through = len(relayed(stack.sandbox, before, len(texts), _PATIENCE))
        web, worker = share(stack, "web"), share(stack, "worker")
    return Memory(through, web, worker, web + worker)


def share(stack: Stack, name: str) -> float:
    """MiB of one process of the stack and those it started."""
    first = psutil.Process(stack.processes[name].pid)
    return sum(_pss(process.pid) for process in (first, *first.children(recursive=True)))


def _pss(pid: int) -> float:
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    kilobytes = next(line.split()[1] for line in text.splitlines() if line.startswith("Pss:"))
    return int(kilobytes) / 1024
