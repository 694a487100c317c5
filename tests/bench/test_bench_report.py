"""The bench's table says what was measured, and tells a figure that is met from one that is not."""

import pytest

from bench.latency import Latency
from bench.load import spread
from bench.report import ROWS, table, verdict
from bench.storm import busiest

P50 = next(row for row in ROWS if row.measurement == "latency" and row.figure == "p50")


def latency(p50: float) -> dict[str, Latency]:
    return {"latency": Latency(20.0, 100, 100, p50, 2 * p50, 3 * p50, 4.0, 8.0)}


@pytest.mark.parametrize(
    ("sqlite", "postgresql", "said"),
    [
        (30.0, 15.0, "met"),
        (30.1, 15.0, "NOT MET on sqlite"),
        (20.0, 20.0, "NOT MET on postgresql"),
        (99.0, 99.0, "NOT MET"),
    ],
)
def test_each_database_is_held_to_its_own_limit(sqlite: float, postgresql: float, said: str) -> None:
    assert verdict(P50, {"sqlite": latency(sqlite), "postgresql": latency(postgresql)}) == said


def test_a_figure_that_could_not_be_measured_is_not_met() -> None:
    assert verdict(P50, {"sqlite": latency(float("nan"))}) == "NOT MET"


def test_the_table_has_a_row_for_each_measured_figure_and_none_for_the_rest() -> None:
    shown = table({"sqlite": latency(12.0)})

    assert "line in -> call at Telegram p50, 20/s  12.0 ms" in shown
    assert "drain" not in shown


def test_the_spread_is_told_in_milliseconds() -> None:
    found = spread([0.001 * number for number in range(101)])

    assert (round(found.p50), round(found.p99), round(found.worst)) == (50, 99, 100)


def test_the_busiest_minute_slides_and_does_not_hold_both_its_ends() -> None:
    assert busiest([0.0, 30.0, 59.9, 60.0, 61.0, 89.9, 200.0]) == 5
