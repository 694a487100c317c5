"""``python -m bench``: measures, prints one table, writes one JSON file (docs/bench.md)."""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import (
    burst,
    clocks,
    drain,
    intake,
    kills,
    latency,
    machine,
    memory,
    paging,
    provider,
    replies,
    report,
    start,
    storm,
)
from bench.bed import Bed
from tests.support.databases import fresh

MEASURES: dict[str, Callable[[Bed], Any]] = {
    "intake": intake.measure,
    "latency": latency.measure,
    "replies": replies.measure,
    "burst": burst.measure,
    "drain": drain.measure,
    "clocks": clocks.measure,
    "paging": paging.measure,
    "storm": storm.measure,
    "kills": kills.measure,
    "start": start.measure,
    "memory": memory.measure,
    "sandbox": provider.measure,
}
_MEASURED_IN = {"floor": "intake"}  # the floor has no meaning apart from the runs it is taken in turn with


def main() -> None:
    """Measures what is asked for; told to end (SIGTERM), it stops what it started and prints what it has."""
    args = _arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    databases = report.DATABASES if args.database == "both" else (args.database,)
    here, began = machine.look(), datetime.now(UTC)
    _say(here.line())
    results: dict[str, dict[str, Any]] = {}
    servers: dict[str, dict[str, str]] = {}
    try:
        for database in databases:
            with tempfile.TemporaryDirectory(prefix="backstop-bench-") as directory:
                bed = Bed(database, Path(directory), args.quick, args.deliveries)
                servers[database], results[database] = machine.durability(fresh(database, bed.place())), {}
                _measure(bed, args.only, results)
    finally:  # what was measured before something broke is not lost
        _say("\n" + report.table(results))
        facts = {"began": began.isoformat(), "quick": args.quick, "machine": here.facts(), "servers": servers}
        args.json.write_text(json.dumps(facts | {"results": _plain(results)}, indent=1) + "\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures the product (docs/bench.md).")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work: to see that it runs")
    parser.add_argument("--database", choices=(*report.DATABASES, "both"), default="both")
    parser.add_argument(
        "--only", type=_names, default=list(MEASURES), help=f"of {','.join((*_MEASURED_IN, *MEASURES))}"
    )
    parser.add_argument("--deliveries", type=int, default=2000, help="length of the drain, five to an address")
    parser.add_argument("--json", type=Path, default=Path("bench.json"))
    return parser.parse_args()


def _names(text: str) -> list[str]:
    names = list(dict.fromkeys(_MEASURED_IN.get(name, name) for name in text.split(",")))
    unknown = [name for name in names if name not in MEASURES]
    if unknown:
        raise argparse.ArgumentTypeError(f"there is no {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    return names


def _measure(bed: Bed, names: list[str], results: dict[str, dict[str, Any]]) -> None:
    """Adds to ``results`` as it goes; the sandbox knows no database and is measured once."""
    found = results[bed.database]
    for name in names:
        before = next((other[name] for other in results.values() if name == "sandbox" and name in other), None)
        if before is None:
            _say(f"{datetime.now():%H:%M:%S} {bed.database}: {name}")  # noqa: DTZ005 (for the person who watches)
        found[name] = MEASURES[name](bed) if before is None else before


def _plain(results: report.Results) -> dict[str, dict[str, Any]]:
    return {database: {name: asdict(figures) for name, figures in found.items()} for database, found in results.items()}


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
