"""Words to clauses: several problems in one message are separate statements (conversations.md section 11)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from triage.words import plain, words_of

_BREAK = re.compile(r"((?<!\d)[,:،](?=\D|$)|\.(?=\s|\.|$)|\s[-\u2013\u2014]\s|[!?;\n\u2026।؟¿¡()\u2014])")
_COMMA = frozenset(",،")
_QUESTION = frozenset("?؟")


@dataclass(frozen=True, slots=True)
class Clause:
    """One statement; `goes_on` says that only "and" or a comma parts it from the one before."""

    words: tuple[str, ...]
    question: bool = False
    goes_on: bool = False


def clauses_of(text: str, hard: Iterable[str], soft: Iterable[str]) -> list[Clause]:
    """Split at punctuation, contrasting joiners ("but") and adding joiners ("and"), in the order of the text."""
    pieces = _BREAK.split(plain(text))
    found: list[Clause] = []
    goes_on = False
    for piece, mark in zip(pieces[::2], [*(mark.strip() for mark in pieces[1::2]), ""], strict=True):
        parts = _parted(words_of(piece), frozenset(hard), frozenset(soft), goes_on)
        found += [Clause(part.words, mark in _QUESTION and part is parts[-1], part.goes_on) for part in parts]
        goes_on = mark in _COMMA if parts else goes_on
    return found


def _parted(words: list[str], hard: frozenset[str], soft: frozenset[str], goes_on: bool) -> list[Clause]:
    parts: list[Clause] = []
    current: list[str] = []
    for word in words:
        if word not in hard and word not in soft:
            current.append(word)
            continue
        if current:
            parts.append(Clause(tuple(current), goes_on=goes_on))
            current = []
        goes_on = word in soft
    if current:
        parts.append(Clause(tuple(current), goes_on=goes_on))
    return parts
