"""The labelled table: floors low enough to be honest and high enough to fail when a cue breaks."""

from tests.triage.triage_table import lines, score
from triage import Category, Model, Severity


def test_the_table_is_large_and_covers_every_category_and_severity() -> None:
    table = lines("tuning", "kept")

    assert len(table) >= 150
    assert {line.category for line in table} == set(Category)
    assert {line.severity for line in table} == set(Severity)


def test_no_line_is_both_tuned_on_and_kept_apart() -> None:
    tuned = {line.text for line in lines("tuning")}
    kept = {line.text for line in lines("kept")}

    assert not tuned & kept


def test_the_whole_table_stays_above_its_floors(model: Model) -> None:
    reached = score(lines("tuning", "kept"), model)

    assert reached.category_f1 >= 0.85
    assert reached.severity_f1 >= 0.82
    assert reached.sev1_recall >= 0.80
    assert reached.sev1_precision >= 0.85


def test_the_lines_kept_apart_stay_above_their_floors(model: Model) -> None:
    reached = score(lines("kept"), model)

    assert reached.category_f1 >= 0.80
    assert reached.severity_f1 >= 0.75
    assert reached.sev1_recall >= 0.72
    assert reached.sev1_precision >= 0.80
