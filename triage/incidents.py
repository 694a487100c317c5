"""Which tickets look like one problem: several studios in a short time, more than is usual at that hour."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from triage.words import plain, words_of

HISTORY = timedelta(days=28)  # what is usual is read from this long
_LEAST = 0.02  # reports in a window that are taken as usual where none was ever made
_SHARED, _BARELY = 0.001, 0.0001  # how unlikely a burst must be: with words or codes in common, by category alone
_SHORTEST, _STEM = 4, 5
_UNSURE = 16  # windows for which the average stands beside those of this hour
_HOURS = 1  # on each side of the hour that is asked about
_STATUSES = "400|401|403|404|408|409|410|413|422|429|500|501|502|503|504|52[0-7]"
_BARE = re.compile(rf"(?<![\w#+.,:$€£-])({_STATUSES})(?!\w|[.,:%$€£]\d)(?!\s+(?!error|bad|gateway|service)[^\W\d_])")
_NAMED = re.compile(
    r"(?:error|code|fehler|codigo|erro|err)\W{0,3}(?:(?:code|codigo|no|nr)\W{0,2})?([a-z]{0,6}\d{2,6})\b"
)
_MIXED = re.compile(r"\b([a-z]{1,6}[-_]\d{2,6}|0x[0-9a-f]{4,8})\b")
_SAID_OF_ALL = """
about after again also anymore anything been before call cant could does doesnt dont error errors every
everyone everything from hello help here into isnt just like many mine more much need nobody none nothing only
other please right should since some still than thanks that their them then there they this today urgent very
wait want what when wont work working works would your yours ahora algo aqui ayuda como cuando desde donde
errores esta estan este esto estoy favor funciona gracias hola nada nadie necesito para pero porque puede
pueden puedo sigue tengo tiene todo todos urgente
"""
_COMMON = frozenset(_SAID_OF_ALL.split())


@dataclass(frozen=True, slots=True)
class Rules:
    """This many ``studios`` within this time are proposed as one incident when that is more than usual."""

    studios: int = 3
    within: timedelta = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Signal:
    """A ticket as it was reported; ``studio`` is whose it is, the sender where the studio is not known."""

    ticket: int
    studio: str
    at: datetime
    category: str
    severity: int
    words: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """Tickets that look like one problem; by ``marks``, stems of words and error codes, further ones are known."""

    tickets: tuple[int, ...]
    category: str
    severity: int
    marks: tuple[str, ...]
    title: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Burst:
    """What one mark brings together; without a mark it is the category."""

    mark: str
    signals: tuple[Signal, ...]
    chance: float
    usual: float

    @property
    def studios(self) -> int:
        return len({one.studio for one in self.signals})


def propose(recent: Sequence[Signal], past: Sequence[Signal], now: datetime, rules: Rules) -> list[Proposal]:
    """The incidents that ``recent`` tickets look like, each ticket in one at most; ``past`` tells what is usual."""
    left, found = [one for one in recent if now - one.at <= rules.within], list[Proposal]()
    while bursts := [burst for burst in _bursts(left, past, now, rules) if _stands_out(burst, rules)]:
        best = max(bursts, key=lambda burst: (burst.studios, _is_code(burst.mark), bool(burst.mark), -burst.chance))
        found.append(_proposal(best, now, rules))
        left = [one for one in left if one not in best.signals]
    return found


def busy(recent: Iterable[Signal], rules: Rules) -> bool:
    """Whether so many studios wrote that it is worth a look at what is usual."""
    return len({one.studio for one in recent}) >= rules.studios


def fits(category: str, marks: Iterable[str], signal: Signal) -> bool:
    """Whether a further report is about this incident: an error code of it, or its category and one of its words."""
    mine, marked = marks_of(signal.words), set(marks)
    if any(_is_code(mark) for mark in mine & marked):
        return True
    return signal.category == category and signal.severity < 3 and (bool(mine & marked) or not marked)


@lru_cache(maxsize=32_768)
def marks_of(words: str) -> frozenset[str]:
    """The error codes of a text and the stems of its telling words."""
    text = plain(words)
    codes = {found.lower() for form in (_BARE, _NAMED, _MIXED) for found in form.findall(text)}
    return frozenset(codes | {word[:_STEM] for word in _telling(words)})


def _telling(words: str) -> list[str]:
    spoken = words_of(plain(words))
    return [word for word in spoken if len(word) >= _SHORTEST and word.isalpha() and word not in _COMMON]


def _is_code(mark: str) -> bool:
    return any(sign.isdigit() for sign in mark)


def _bursts(recent: Sequence[Signal], past: Sequence[Signal], now: datetime, rules: Rules) -> Iterable[_Burst]:
    """Codes whatever the category and the severity, words and the category itself only of what is no mere question."""
    marked = {one.ticket: marks_of(one.words) for one in recent}
    codes = Counter(mark for marks in marked.values() for mark in marks if _is_code(mark))
    for code in (code for code, count in codes.items() if count >= rules.studios):
        yield _burst(code, [one for one in recent if code in marked[one.ticket]], past, now, rules)
    serious = [one for one in recent if one.severity < 3]
    for category in {one.category for one in serious} - {"other"}:
        mine = [one for one in serious if one.category == category]
        before = [one for one in past if one.category == category and one.severity < 3]
        stems = Counter(mark for one in mine for mark in marked[one.ticket] if not _is_code(mark))
        for stem in (stem for stem, count in stems.items() if count >= rules.studios):
            yield _burst(stem, [one for one in mine if stem in marked[one.ticket]], before, now, rules)
        yield _burst("", mine, before, now, rules)


def _burst(mark: str, signals: list[Signal], past: Sequence[Signal], now: datetime, rules: Rules) -> _Burst:
    before = [one for one in past if not mark or mark in marks_of(one.words)]
    usual = _usual(before, past, now, rules)
    chance = _at_least(len({one.studio for one in signals}), usual)
    return _Burst(mark, tuple(sorted(signals, key=lambda one: (one.at, one.ticket))), chance, usual)


def _usual(like: Sequence[Signal], past: Sequence[Signal], now: datetime, rules: Rules) -> float:
    """Reports in one window at this hour, of any day or of this weekday if that is busier; while little is known of
    the hour, its average counts too."""
    began = min((one.at for one in past), default=now)
    days = min(max((now - began) / timedelta(days=1), 1.0), HISTORY / timedelta(days=1))
    average = len(like) * rules.within / timedelta(days=days)
    near = [ago for one in like if (ago := _days_ago(one.at, now)) is not None]
    daily = _rate(len(near), days, average, rules)
    weekly = _rate(sum(ago % 7 == 0 for ago in near), days / 7, average, rules)
    return max(_LEAST, daily, weekly)


def _days_ago(at: datetime, now: datetime) -> int | None:
    """How many whole days before ``now``, give or take an hour; None at another hour of the day."""
    ago = (now - at) / timedelta(days=1)
    return round(ago) if abs(ago - round(ago)) <= _HOURS / 24 else None


def _rate(count: int, days: float, average: float, rules: Rules) -> float:
    windows = 2 * _HOURS * days * (timedelta(hours=1) / rules.within)
    return (count + average * _UNSURE) / (windows + _UNSURE)


def _at_least(count: int, usual: float) -> float:
    """How likely this many are where so many are usual (Poisson)."""
    term, fewer = math.exp(-usual), 0.0
    for n in range(count):
        fewer += term
        term *= usual / (n + 1)
    return max(0.0, 1.0 - fewer)


def _stands_out(burst: _Burst, rules: Rules) -> bool:
    return burst.studios >= rules.studios and burst.chance < (_SHARED if burst.mark else _BARELY)


def _proposal(burst: _Burst, now: datetime, rules: Rules) -> Proposal:
    signals = burst.signals
    shared = Counter(mark for one in signals for mark in marks_of(one.words))
    marks = sorted(mark for mark, count in shared.items() if count >= max(rules.studios, len(signals) / 2))
    category = Counter(one.category for one in signals).most_common(1)[0][0]
    said = [word for mark in [burst.mark, *marks] if mark and not _is_code(mark) for word in _written(mark, signals)]
    codes = [mark for mark in [burst.mark, *marks] if _is_code(mark)]
    named = list(dict.fromkeys([*codes, *said]))[:3]
    minutes = max(1, round((now - signals[0].at).total_seconds() / 60))
    reasons = [f"{burst.studios} studios in {minutes} min"]
    reasons += [f"they name {', '.join(dict.fromkeys(codes))}"] if codes else []
    reasons += [f"they say “{'”, “'.join(dict.fromkeys(said))}”"] if said else []
    reasons += [] if named else [f"all about {category}, without a word in common"]
    reasons.append(f"usual at this hour: {burst.usual:.2g} in {round(rules.within.total_seconds() / 60)} min")
    title = f"{category}: {', '.join(named)}" if named else category
    severity = min(one.severity for one in signals)
    return Proposal(tuple(one.ticket for one in signals), category, severity, tuple(marks), title, tuple(reasons))


def _written(stem: str, signals: Sequence[Signal]) -> list[str]:
    """The word behind a stem, as most of them wrote it."""
    forms = Counter(word for one in signals for word in _telling(one.words) if word[:_STEM] == stem)
    return [form for form, _ in forms.most_common(1)]
