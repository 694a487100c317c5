"""A wrong cue file stops the start with its place, what is wrong and an example."""

from pathlib import Path

import pytest

from triage import Severity, classify, load
from triage.kinds import Facts

SMALL = """
[nouns]
payment = "payments"
[signals]
blocked = { rank = 3 }
[joiners]
hard = ["but"]
[common]
words = []
[[rule]]
severity = 1
says = "{what} stopped"
confidence = 0.9
needs = ["blocked"]
[[rule]]
severity = 3
says = "nothing urgent"
confidence = 0.5
[languages.en.payment]
3 = ["payment*"]
[languages.en.blocked]
3 = ["not ~ working"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "cues.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_of_ones_own_replaces_the_shipped_cues(tmp_path: Path) -> None:
    model = load(written(tmp_path, SMALL))

    assert classify("payments not really working", Facts(), model).severity is Severity.SEV1
    assert classify("uploads are down", Facts(), model).severity is Severity.SEV3


@pytest.mark.parametrize(
    ("right", "wrong", "named"),
    [
        ("[nouns]", "[nouns", "not valid TOML"),
        ("[nouns]", "[names]", "[nouns] is missing"),
        ("rank = 3", "rnak = 3", "[signals.blocked]"),
        ("severity = 1", "severity = 4", "[[rule]] number 1"),
        ('needs = ["blocked"]', 'needs = ["blokced"]', "unknown signal or category blokced"),
        ("[languages.en.payment]", "[languages.en.paymnt]", "[languages.en.paymnt] is no category or signal"),
        ('3 = ["payment*"]', 'much = ["payment*"]', "much must be a weight"),
        ('["not ~ working"]', '["~ working"]', "no word to begin or end"),
        ('["not ~ working"]', '["<nay> working"]', "unknown <class>"),
    ],
)
def test_a_wrong_file_is_refused_with_place_fault_and_example(
    right: str, wrong: str, named: str, tmp_path: Path
) -> None:
    path = written(tmp_path, SMALL.replace(right, wrong, 1))

    with pytest.raises(ValueError, match="example") as refused:
        load(path)

    assert str(path) in str(refused.value)
    assert named in str(refused.value)
