"""How the labelled table is measured: macro-F1, and SEV1 recall and precision, by part of the table."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from triage import Category, Facts, Model, Severity, Triage, classify


@dataclass(frozen=True)
class Line:
    """A labelled line of lines.toml."""

    text: str
    category: Category
    severity: Severity


@dataclass(frozen=True)
class Score:
    """What a model reaches on some lines."""

    category_f1: float
    severity_f1: float
    sev1_recall: float
    sev1_precision: float


def lines(*parts: str) -> list[Line]:
    """Read the lines of the named parts ("tuning", "kept")."""
    table = tomllib.loads(Path(__file__).with_name("lines.toml").read_text(encoding="utf-8"))
    rows = [row for part in parts for listed in table[part].values() for row in listed]
    return [Line(text, Category(category), Severity(severity)) for text, category, severity in rows]


def guesses(labelled: Iterable[Line], model: Model) -> list[tuple[Line, Triage]]:
    """Classify each line without any facts."""
    return [(line, classify(line.text, Facts(), model)) for line in labelled]


def score(labelled: Iterable[Line], model: Model) -> Score:
    """Measure a model on labelled lines."""
    made = guesses(labelled, model)
    severities = [(line.severity, guess.severity) for line, guess in made]
    _, recall, precision = one_class(severities, Severity.SEV1)
    return Score(
        macro_f1([(line.category, guess.category) for line, guess in made]), macro_f1(severities), recall, precision
    )


def macro_f1(pairs: Sequence[tuple[object, object]]) -> float:
    """Average F1 over the classes that occur as labels."""
    classes = {label for label, _ in pairs}
    return sum(one_class(pairs, name)[0] for name in classes) / len(classes)


def one_class(pairs: Sequence[tuple[object, object]], name: object) -> tuple[float, float, float]:
    """Return F1, recall and precision of one class."""
    hits = sum(label == guess == name for label, guess in pairs)
    labelled = sum(label == name for label, _ in pairs)
    guessed = sum(guess == name for _, guess in pairs)
    return 2 * hits / max(1, labelled + guessed), hits / max(1, labelled), hits / max(1, guessed)
