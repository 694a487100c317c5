"""Clauses to a guess: what each says, which count, which is worst, and why (conversations.md, Triage)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from triage.clauses import Clause, clauses_of
from triage.cues import Model, Rule
from triage.kinds import Category, Facts, Severity, Triage
from triage.matching import find

SCOPES = frozenset({"single", "whole", "partial", "calm", "moment"})
CARRIED = frozenset({"howto", "hypothetical"})
QUIET = frozenset({"resolved", "courtesy", "moment", "single", "whole", "partial", "calm", "ignore"})
UNSURE = 0.2
HINT = 1


@dataclass(frozen=True)
class Reading:
    """What one clause says: points by category, signals, and the words behind each group."""

    points: Counter[str]
    signals: frozenset[str]
    quotes: dict[str, list[str]]
    weight: float
    goes_on: bool
    resolved: bool = False


@dataclass(frozen=True)
class Verdict:
    """A clause's severity with the rule that set it."""

    reading: Reading
    rule: Rule


def classify(text: str, facts: Facts, model: Model) -> Triage:
    """Guess category and severity of one line; no words give OTHER, SEV3 and a confidence that asks."""
    readings = [part for clause in _spelled(text, model) for part in _read(clause, model)]
    standing = _standing(readings)
    resolved = tuple(quote for part in readings if part.resolved for quote in part.quotes.get("resolved", []))
    if not standing or (resolved and not any(part.points or part.signals - QUIET for part in standing)):
        return _nothing_open(readings, resolved, facts)
    verdicts = [Verdict(part, _rule_for(part, model)) for part in standing]
    category, category_confidence, category_reason = _category(verdicts)
    worst = min(verdicts, key=lambda one: (one.rule.severity, -one.rule.confidence, -one.reading.weight))
    severity = worst.rule.severity
    reasons = [category_reason, _severity_reason(worst, model), *_resolved_reason(resolved)]
    confidence = worst.rule.confidence * (0.75 + 0.25 * min(1.0, worst.reading.weight / 3))
    real = [one.reading.signals for one in verdicts if "hypothetical" not in one.reading.signals]
    safety = any(model.signals[name].safety for names in real for name in names)
    said = tuple(filter(None, reasons))
    blocked = any(one.rule.blocked and "hypothetical" not in one.reading.signals for one in verdicts)
    return Triage(category, severity, category_confidence, round(confidence, 2), said, safety, blocked)


def in_hotline(guess: Triage) -> Triage:
    """Inside a hotline window any blocked function is SEV1 (sla.md section 5)."""
    if not guess.blocked or guess.severity is Severity.SEV1:
        return guess
    reasons = (*guess.reasons, f"hotline: raised {guess.severity} -> {Severity.SEV1}")
    return replace(guess, severity=Severity.SEV1, reasons=reasons)


def in_shoot(guess: Triage) -> Triage:
    """A shoot running now lifts a blocked function by one level (sla.md section 1)."""
    if not guess.blocked or guess.severity is Severity.SEV1:
        return guess
    raised = Severity(guess.severity - 1)
    reasons = (*guess.reasons, f"shoot running: raised {guess.severity} -> {raised}")
    return replace(guess, severity=raised, reasons=reasons)


def _spelled(text: str, model: Model) -> list[Clause]:
    parted = clauses_of(text, model.hard, model.soft)
    return [replace(one, words=tuple(map(model.spelling.correct, one.words))) for one in parted]


def _read(clause: Clause, model: Model) -> list[Reading]:
    """Read a clause; words after a "works again" are a statement of their own."""
    categories, signals = find(clause.words, model)
    cuts = [hit.end for hit in signals if hit.group == "resolved" and hit.end < len(clause.words)]
    if cuts:
        first, rest = clause.words[: cuts[0]], clause.words[cuts[0] :]
        return [*_read(replace(clause, words=first), model), *_read(Clause(rest, clause.question), model)]
    points: Counter[str] = Counter()
    quotes: dict[str, list[str]] = {}
    for hit in (*categories, *signals):
        quotes.setdefault(hit.group, []).append(" ".join(clause.words[hit.start : hit.end]))
    for hit in categories:
        points[hit.group] += int(hit.weight)
    names = frozenset(hit.group for hit in signals) | ({"question"} if clause.question else frozenset())
    for name in sorted(names):
        signal = model.signals[name]
        if signal.category:
            points[signal.category] += int(signal.weight)
            quotes.setdefault(signal.category, []).extend(quotes.get(name, []))
    weight = sum(hit.weight for hit in signals)
    return [Reading(points, names, quotes, weight, clause.goes_on, "resolved" in names)]


def _standing(readings: list[Reading]) -> list[Reading]:
    """Drop what is resolved, let open clauses borrow subject and scope from their neighbours."""
    kept: list[Reading] = []
    for part in readings:
        if part.resolved:
            kept = [one for one in kept if part.points and not _same_subject(part, one)]
            continue
        carried = kept[-1].signals & CARRIED if kept and part.goes_on else frozenset()
        kept.append(replace(part, signals=part.signals | carried))
    kept = [one for one in kept if one.points or one.signals]
    scope = frozenset[str]().union(*(one.signals for one in kept)) & SCOPES if kept else frozenset()
    return [_borrowing(index, kept, scope) for index in range(len(kept))]


def _same_subject(resolved: Reading, earlier: Reading) -> bool:
    """A hint ("photos") is too weak to take back another statement; a clause without any subject goes too."""
    about = {name for name, value in resolved.points.items() if value > HINT}
    return not earlier.points or _subject(earlier) in about


def _borrowing(index: int, kept: list[Reading], scope: frozenset[str]) -> Reading:
    part = kept[index]
    own_scope = part.signals & {"single", "whole"}
    signals = part.signals | (scope - {"single", "whole"} if own_scope else scope)
    if part.points or not part.signals - QUIET:
        return replace(part, signals=signals)
    neighbours = [*reversed(kept[:index]), *kept[index + 1 :]]
    lender = next((one for one in neighbours if one.points), part)
    quotes = {**{name: said for name, said in lender.quotes.items() if name in lender.points}, **part.quotes}
    return replace(part, signals=signals, points=lender.points, quotes=quotes)


def _rule_for(part: Reading, model: Model) -> Rule:
    subject = _subject(part)
    for rule in model.rules:
        fits = rule.needs <= part.signals and not rule.unless & part.signals
        if fits and (not rule.categories or subject in rule.categories):
            return rule
    return model.rules[-1]


def _subject(part: Reading) -> str:
    return max(part.points, key=lambda name: part.points[name]) if part.points else Category.OTHER


def _category(verdicts: list[Verdict]) -> tuple[Category, float, str]:
    worst = min(one.rule.severity for one in verdicts)
    points: Counter[str] = Counter()
    for one in verdicts:
        for name, value in one.reading.points.items():
            points[name] += value * (10 if one.rule.severity == worst else 3)
    greeting = all("courtesy" in one.reading.signals for one in verdicts)
    if not points or (greeting and max(points.values()) <= 10 * HINT):
        return Category.OTHER, 0.8 if greeting else UNSURE, "other: no word of a known topic"
    (name, top), *others = points.most_common(2)
    runner = others[0][1] if others else 0
    confidence = top / (top + runner) * (1 - 0.5 ** (top / 10))
    quoted = [quote for one in verdicts for quote in one.reading.quotes.get(name, [])]
    return Category(name), round(confidence, 2), f"{name}: {_quoted(quoted)}"


def _severity_reason(worst: Verdict, model: Model) -> str:
    said = worst.rule.says.format(what=model.nouns.get(_subject(worst.reading), "something"))
    shown = sorted(worst.rule.needs) or sorted(worst.reading.signals - QUIET)
    quoted = [quote for name in shown for quote in worst.reading.quotes.get(name, [])]
    return f"{worst.rule.severity}: {said}" + (f" ({_quoted(quoted)})" if quoted else "")


def _nothing_open(readings: list[Reading], resolved: tuple[str, ...], facts: Facts) -> Triage:
    if resolved:
        points = sum((part.points for part in readings), Counter[str]())
        name = Category(points.most_common(1)[0][0]) if points else Category.OTHER
        return Triage(name, Severity.SEV3, 0.6, 0.8, tuple(_resolved_reason(resolved)), False)
    reason = f"nothing known to go by, {facts.media} attached" if facts.media else "nothing known to go by"
    return Triage(Category.OTHER, Severity.SEV3, UNSURE, UNSURE, (reason,), False)


def _resolved_reason(quotes: Iterable[str]) -> list[str]:
    listed = list(quotes)
    return [f"resolved, not counted: {_quoted(listed)}"] if listed else []


def _quoted(quotes: Iterable[str]) -> str:
    return ", ".join(f'"{quote}"' for quote in dict.fromkeys(quotes))
