"""What every test may use: both databases. In which order the files are shared out, and what the judge ruled."""

from collections import Counter
from pathlib import Path

import pytest

_FIRST = ("stories/", "faults/", "contracts/", "commands/test_doctor")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The suite runs whole on both."""
    kind: str = request.param
    return kind


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What starts processes goes first, package by package, then the files with the most tests; random within these.
    Two that share out whole files (``--dist loadfile --no-loadscope-reorder``) come to their end together.
    """
    tests = Counter(item.path for item in items)
    items.sort(key=lambda item: _place(item.path, tests[item.path]))


def _place(file: Path, tests: int) -> tuple[int, int]:
    """Its part of the run, and of what is quick its size."""
    path = file.relative_to(Path(__file__).parent).as_posix()
    part = next((place for place, name in enumerate(_FIRST) if path.startswith(name)), len(_FIRST))
    return part, -tests if part == len(_FIRST) else 0


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the judge of the faults ruled, a line for each fault."""
    reports = [one for some in terminalreporter.stats.values() for one in some if hasattr(one, "user_properties")]
    told = sorted({str(words) for one in reports for name, words in one.user_properties if name == "fault"})
    if told:
        terminalreporter.section("never lost, never twice: N1-N8 after each fault")
        terminalreporter.write_line("\n".join(told))
