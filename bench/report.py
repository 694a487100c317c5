"""The table: what is wanted of each figure, what was measured, and whether that is enough."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Results = Mapping[str, Mapping[str, Any]]  # database → name of the measurement → its figures
DATABASES = ("sqlite", "postgresql")
_TITLES = ("figure", "SQLite", "PostgreSQL", "wanted", "verdict")


@dataclass(frozen=True)
class Wanted:
    """At ``most`` or at ``least``, each by database; a database that is not named has no limit."""

    most: Mapping[str, float] | None = None
    least: Mapping[str, float] | None = None

    def met(self, database: str, value: float) -> bool | None:
        """None without a limit; a figure that could not be measured (NaN) meets none."""
        if self.most and database in self.most:
            return value <= self.most[database]
        if self.least and database in self.least:
            return value >= self.least[database]
        return None

    def words(self, unit: str) -> str:
        limits = self.most or self.least
        if not limits:
            return ""
        sign, values = "<=" if self.most else ">=", list(limits.values())
        if set(limits) == set(DATABASES) and len(set(values)) == 1:
            return f"{sign} {values[0]:g} {unit}".strip()
        each = ", ".join(f"{value:g} {unit}".strip() + f" on {database}" for database, value in limits.items())
        return f"{sign} {each}"


def _most(sqlite: float, postgresql: float | None = None) -> Wanted:
    return Wanted(most={"sqlite": sqlite, "postgresql": sqlite if postgresql is None else postgresql})


@dataclass(frozen=True)
class Row:
    """One line of the table: which figure of which measurement, its unit and decimals, and what is wanted of it."""

    label: str
    measurement: str
    figure: str
    unit: str = ""
    decimals: int = 1
    wanted: Wanted = Wanted()

    def value(self, results: Results, database: str) -> float | None:
        figures = results.get(database, {}).get(self.measurement)
        return None if figures is None else float(getattr(figures, self.figure))


ROWS = (
    Row("floor: bare Flask route, one insert", "intake", "floor_rate", "/s", 0),
    Row("floor p99", "intake", "floor_p99", "ms"),
    Row("intake", "intake", "rate", "/s", 0),
    Row("intake p50", "intake", "p50", "ms"),
    Row("intake p99", "intake", "p99", "ms"),
    Row("intake rate / floor rate", "intake", "ratio", "", 2, Wanted(least={"postgresql": 0.6})),
    Row("intake p99 / floor p99", "intake", "p99_ratio", "", 2, Wanted(most={"postgresql": 3.0})),
    Row("intake: not answered 2xx", "intake", "refused", "", 0, _most(0)),
    Row("line in -> call at Telegram p50, 20/s", "latency", "p50", "ms", 1, _most(30, 15)),
    Row("line in -> call at Telegram p99, 20/s", "latency", "p99", "ms", 1, _most(200, 150)),
    Row("lines not relayed at 20/s", "latency", "missing", "", 0, _most(0)),
    Row("agent's reply -> call at Twilio p50, 20/s", "replies", "p50", "ms", 1, _most(30, 15)),
    Row("agent's reply -> call at Twilio p99, 20/s", "replies", "p99", "ms", 1, _most(200, 150)),
    Row("replies not carried at 20/s", "replies", "missing", "", 0, _most(0)),
    Row("200/s: answered 2xx", "burst", "answered", "", 0),
    Row("200/s: refused, lost or repeated", "burst", "wrong", "", 0, _most(0)),
    Row("200/s: webhook p99", "burst", "answered_p99", "ms"),
    Row("200/s: relayed to one topic", "burst", "relay_rate", "/s", 0),
    Row("200/s: last relay after the last line", "burst", "behind", "s", 1, _most(120)),
    Row("drain: deliveries by one worker", "drain", "rate", "/s", 0, Wanted(least={"postgresql": 200.0})),
    Row("drain: not sent exactly once", "drain", "wrong", "", 0, _most(0)),
    Row("drain: four workers / one", "drain", "shared", "", 2, Wanted(least={"postgresql": 0.9})),
    Row("drain: not sent exactly once by four", "drain", "wrong_of_four", "", 0, _most(0)),
    Row("clocks: running", "clocks", "running", "", 0),
    Row("clocks: find and claim 100 due, of all", "clocks", "found_large", "ms", 1, Wanted(most={"postgresql": 20.0})),
    Row("clocks: of all / of 10,000", "clocks", "flat", "", 2, Wanted(most={"postgresql": 3.0})),
    Row("clocks: carrying one out", "clocks", "told", "ms", 1, Wanted(most={"postgresql": 15.0})),
    Row("clocks: 1,000 due in a minute, lateness p99", "clocks", "late_p99", "s", 2, _most(2)),
    Row("clocks: 1,000 due at once, all told in", "clocks", "burst", "s", 1, _most(20)),
    Row("clocks: one due on a compiled calendar", "clocks", "due", "us", 1, _most(100)),
    Row("clocks: compiling 800 days", "clocks", "compiled", "ms", 1, _most(10)),
    Row("clocks: flask policy due", "clocks", "bulk", "/s", 0, Wanted(least=dict.fromkeys(DATABASES, 1000.0))),
    Row("clocks: added to opening a ticket", "clocks", "open_adds", "ms", 1, _most(3)),
    Row("SEV1 line -> page at Twilio p99, 10,000 open", "paging", "p99", "s", 2, _most(2)),
    Row("SEV1 lines without a page", "paging", "missing", "", 0, _most(0)),
    Row("flood of SEV1 for one person: first page", "paging", "flood_first", "s", 2, _most(5)),
    Row("flood of SEV1: messages to that person", "paging", "flood_texts", "", 0),
    Row("storm: studios that wrote, 5,000 a minute", "storm", "studios", "", 0),
    Row("storm: lines refused, receipts lost or repeated", "storm", "wrong", "", 0, _most(0)),
    Row("storm: end of burst -> receipt queued p99", "storm", "queued_p99", "s", 1, _most(5)),
    Row("storm: end of burst -> receipt at Twilio p99", "storm", "sent_p99", "s", 1),
    Row("storm: most calls to the group in 60 s", "storm", "busiest", "", 0, _most(20)),
    Row("storm: 429s", "storm", "too_many", "", 0, _most(0)),
    Row("storm: topics opened before a waiting SEV1's", "storm", "overtaken", "", 0, _most(0)),
    Row("storm: SEV1 line -> topic, the worst", "storm", "urgent_worst", "s", 1),
    Row("storm: memory of worker, the most", "storm", "worker", "MB", 0, _most(400)),
    Row("kill -9 every 5 s: processes killed", "kills", "killed", "", 0),
    Row("kill -9: lines lost", "kills", "lost", "", 0, _most(0)),
    Row("kill -9: lines recovered from Twilio's list", "kills", "recovered", "", 0),
    Row("kill -9: duplicates", "kills", "duplicates", "", 0),
    Row("kill -9: duplicates that N6 allows", "kills", "allowed", "", 0),
    Row("kill -9: what breaks N1-N8, but N5 (lateness)", "kills", "broken", "", 0, _most(0)),
    Row("kill -9: line -> group, the worst", "kills", "worst", "s", 1),
    Row("start of web, to /up", "start", "web", "s", 2, _most(3)),
    Row("start of worker, to its loops", "start", "worker", "s", 2, _most(3)),
    Row("start of worker, to its first tick", "start", "first_tick", "s", 2, _most(3)),
    Row("memory of web", "memory", "web", "MB", 0),
    Row("memory of worker", "memory", "worker", "MB", 0),
    Row("memory of web + worker", "memory", "both", "MB", 0, _most(250)),
    Row("sandbox: sendMessage on one core", "sandbox", "rate", "/s", 0, Wanted(least=dict.fromkeys(DATABASES, 1000.0))),
    Row("sandbox: start", "sandbox", "start", "s", 2, _most(2)),
)


def table(results: Results) -> str:
    """Aligned text; only rows that were measured."""
    lines = [_TITLES, *(_line(row, results) for row in ROWS if _measured(row, results))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_TITLES))]
    rule = "  ".join("-" * width for width in widths)
    shown = [_aligned(line, widths) for line in lines]
    return "\n".join([shown[0], rule, *shown[1:]])


def verdict(row: Row, results: Results) -> str:
    """``met``, or ``NOT MET`` and where; empty when nothing is wanted."""
    told = {}
    for database in DATABASES:
        value = row.value(results, database)
        met = None if value is None else row.wanted.met(database, value)
        if met is not None:
            told[database] = met
    failed = [database for database, met in told.items() if not met]
    if failed:
        return "NOT MET" + (f" on {failed[0]}" if len(told) > len(failed) else "")
    return "met" if told else ""


def _measured(row: Row, results: Results) -> bool:
    return any(row.value(results, database) is not None for database in DATABASES)


def _line(row: Row, results: Results) -> tuple[str, ...]:
    values = [row.value(results, database) for database in DATABASES]
    shown = ["" if value is None else f"{value:.{row.decimals}f} {row.unit}".strip() for value in values]
    return (row.label, *shown, row.wanted.words(row.unit), verdict(row, results))


def _aligned(line: tuple[str, ...], widths: list[int]) -> str:
    """Figures to the right, words to the left."""
    cells = [
        text.rjust(width) if column in (1, 2) else text.ljust(width)
        for column, (text, width) in enumerate(zip(line, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()
