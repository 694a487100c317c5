"""Sets of half-open spans of time on the integer line: union, difference, and how much of a set lies before a point."""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

Span = tuple[int, int]


def union(spans: Iterable[Span]) -> list[Span]:
    """Sorted, disjoint and not touching; empty spans vanish."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def minus(spans: Iterable[Span], holes: list[Span]) -> list[Span]:
    """What of ``spans`` lies in none of ``holes``; both as ``union`` gives them."""
    found, n = [], 0
    for start, end in spans:
        while n < len(holes) and holes[n][1] <= start:
            n += 1
        at, k = start, n
        while k < len(holes) and holes[k][0] < end:
            if at < holes[k][0]:
                found.append((at, holes[k][0]))
            at, k = holes[k][1], k + 1
        if at < end:
            found.append((at, end))
    return found


class Measure:
    """A set of spans that answers in O(log n) how much of it lies before a point, and where an amount is reached."""

    __slots__ = ("_before", "_ends", "_starts")

    def __init__(self, spans: list[Span]) -> None:
        """``spans`` as ``union`` gives them."""
        self._starts = array("q", (start for start, _ in spans))
        self._ends = array("q", (end for _, end in spans))
        self._before = array("q", [0])
        for start, end in spans:
            self._before.append(self._before[-1] + end - start)

    @property
    def spans(self) -> list[Span]:
        return list(zip(self._starts, self._ends, strict=True))

    def upto(self, point: int) -> int:
        """How much of the set lies before ``point``."""
        n = bisect_right(self._starts, point) - 1
        return self._before[n] + min(point, self._ends[n]) - self._starts[n] if n >= 0 else 0

    def reach(self, amount: int) -> int | None:
        """The earliest point before which ``amount`` (above zero) lies; None when the set is smaller."""
        n = bisect_left(self._before, amount) - 1
        return self._starts[n] + amount - self._before[n] if n < len(self._starts) else None
