"""What the model knows: cues by language and group, signals and rules, read from cues.toml and checked."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triage.kinds import Category, Severity
from triage.words import Speller, plain, speller, words_of

SHIPPED = Path(__file__).with_name("cues.toml")
GAP = "~"
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One position in a cue: words as they stand and stems that may go on; both empty is a gap."""

    exact: frozenset[str] = frozenset()
    stems: tuple[str, ...] = ()

    def fits(self, word: str) -> bool:
        """Tell whether a word of the text may stand here."""
        return word in self.exact or word.startswith(self.stems)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that speaks for a group (a category or a signal); `negators` can turn it round."""

    group: str
    weight: float
    places: tuple[Place, ...]
    negators: frozenset[str]


@dataclass(frozen=True, slots=True)
class Signal:
    """What a group of severity cues means beside the rules: order of matching, own category, safety topic."""

    rank: int = 0
    category: Category | None = None
    weight: float = 0
    safety: bool = False
    negatable: bool = False
    becomes: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of the severity rubric: the first that fits a clause decides (conversations.md, Triage)."""

    severity: Severity
    says: str
    confidence: float
    needs: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    blocked: bool = False


@dataclass(frozen=True)
class Model:
    """Everything `classify` uses; a value that is handed in and never changes."""

    by_word: Mapping[str, tuple[Cue, ...]]
    by_stem: Mapping[str, tuple[Cue, ...]]
    signals: Mapping[str, Signal]
    rules: tuple[Rule, ...]
    nouns: Mapping[str, str]
    hard: frozenset[str]
    soft: frozenset[str]
    spelling: Speller = field(repr=False)


def load(path: Path | None = None) -> Model:
    """Read a cue file (the shipped one by default); a wrong one raises ValueError with place, fault and example."""
    source = path or SHIPPED
    try:
        raw = tomllib.loads(source.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise ValueError(f"{source}: not valid TOML: {fault}; example: [en.payment] then 2 = ['card*']") from fault
    try:
        return _model(raw)
    except ValueError as fault:
        raise ValueError(f"{source}: {fault}") from fault


def _model(raw: Table) -> Model:
    signals = {name: _signal(name, table) for name, table in _table(raw, "signals", "blocked = {}").items()}
    nouns = dict(_table(raw, "nouns", 'payment = "payments"'))
    rules = tuple(_rule(index, table, signals) for index, table in enumerate(raw.get("rule", ()), 1))
    if not rules:
        raise ValueError("[[rule]] is missing; example: [[rule]] severity = 3, says = 'nothing urgent'")
    languages = _table(raw, "languages", "[languages.en.payment] 2 = ['card*']")
    groups = {*signals, *Category}
    cues = [cue for code, table in languages.items() for cue in _language(code, table, groups)]
    exact, stems = _vocabulary(cues)
    joiners = _table(raw, "joiners", 'hard = ["but"]')
    hard, soft = _plain_words(joiners.get("hard", ())), _plain_words(joiners.get("soft", ()))
    common = hard | soft | _plain_words(_table(raw, "common", 'words = ["crash"]').get("words", ()))
    by_word = _index((word, cue) for cue in cues for word in cue.places[0].exact)
    by_stem = _index((stem, cue) for cue in cues for stem in cue.places[0].stems)
    return Model(by_word, by_stem, signals, rules, nouns, hard, soft, speller(exact, stems, common))


def _signal(name: str, table: Table) -> Signal:
    try:
        values = {**table, "category": Category(table["category"])} if "category" in table else dict(table)
        return Signal(**values)
    except (TypeError, ValueError) as fault:
        raise ValueError(
            f"[signals.{name}] {fault}; example: leak = {{ category = 'access', weight = 4, safety = true }}"
        ) from fault


def _rule(index: int, table: Table, signals: Mapping[str, Signal]) -> Rule:
    example = "example: severity = 1, says = '{what} stopped', confidence = 0.9, needs = ['blocked']"
    place = f"[[rule]] number {index}"
    try:
        sets = {key: frozenset(table.get(key, ())) for key in ("needs", "unless", "categories")}
        rule = Rule(**{**table, **sets, "severity": Severity(table["severity"])})
    except (KeyError, TypeError, ValueError) as fault:
        raise ValueError(f"{place}: {fault}; {example}") from fault
    unknown = sorted((rule.needs | rule.unless) - set(signals) | rule.categories - set(Category))
    if unknown:
        raise ValueError(f"{place}: unknown signal or category {', '.join(unknown)}; {example}")
    return rule


def _language(code: str, table: Table, groups: set[str]) -> list[Cue]:
    classes = {
        name: _place(listed, {}, f"[languages.{code}.words] {name}") for name, listed in table.get("words", {}).items()
    }
    negators = classes.get("not", Place())
    found: list[Cue] = []
    for group, weights in table.items():
        place = f"[languages.{code}.{group}]"
        if group == "words":
            continue
        if group not in groups:
            raise ValueError(f"{place} is no category or signal; example: [languages.{code}.payment]")
        for weight, phrases in weights.items():
            if not isinstance(phrases, list) or not weight.isdecimal():
                raise ValueError(f"{place} {weight} must be a weight with a list; example: 2 = ['card*']")
            found += [Cue(group, float(weight), *_phrase(phrase, classes, negators, place)) for phrase in phrases]
    return found


def _phrase(
    phrase: str, classes: Mapping[str, Place], negators: Place, place: str
) -> tuple[tuple[Place, ...], frozenset[str]]:
    parts = plain(phrase).replace("-", " ").split()
    unknown = [part for part in parts if part.startswith("<") and part.strip("<>") not in classes]
    if not parts or GAP in (parts[0], parts[-1]) or unknown:
        raise ValueError(
            f'{place} "{phrase}" has no word to begin or end, or an unknown <class>; example: "cant ~ open"'
        )
    places = tuple(Place() if part == GAP else _place([part], classes, place) for part in parts)
    says_no = any(one.exact & negators.exact for one in places)
    return places, frozenset() if says_no else negators.exact


def _place(listed: Iterable[str], classes: Mapping[str, Place], where: str) -> Place:
    exact: set[str] = set()
    stems: set[str] = set()
    for entry in listed:
        if entry.startswith("<"):
            exact |= classes[entry.strip("<>")].exact
            stems |= set(classes[entry.strip("<>")].stems)
            continue
        words = words_of(plain(entry))
        if len(words) != 1 or not set(entry) - set("*"):
            raise ValueError(f'{where} "{entry}" must be one word or one stem here; example: "card", "pay*"')
        (stems if entry.endswith("*") else exact).update(words)
    return Place(frozenset(exact), tuple(sorted(stems)))


def _vocabulary(cues: Iterable[Cue]) -> tuple[set[str], set[str]]:
    places = [place for cue in cues for place in cue.places]
    return {word for place in places for word in place.exact}, {stem for place in places for stem in place.stems}


def _index(pairs: Iterable[tuple[str, Cue]]) -> dict[str, tuple[Cue, ...]]:
    found: dict[str, list[Cue]] = {}
    for word, cue in pairs:
        found.setdefault(word, []).append(cue)
    return {word: tuple(cues) for word, cues in found.items()}


def _plain_words(listed: Iterable[str]) -> frozenset[str]:
    return frozenset(word for entry in listed for word in words_of(plain(entry)))


def _table(raw: Table, name: str, example: str) -> Table:
    table = raw.get(name)
    if not isinstance(table, dict):
        raise ValueError(f"[{name}] is missing; example: [{name}] {example}")
    return table
