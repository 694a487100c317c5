"""Text to words: one spelling for capitals, accents and apostrophes, and typos led back to words the cues know."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SHORTEST_CORRECTED = 5
SHORTEST_STEM = 4
LONG = 8

_ENGLISH_TAIL = re.compile(r"(?<=[a-z])['\u2019\u02bc`\u00b4](?=(?:t|s|re|m|ve|ll|d)\b)")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_WORD = re.compile(r"[\w\u0900-\u0963\u0971-\u097f]+")
_DROPPED = dict.fromkeys((*range(0x0300, 0x0370), *range(0x064B, 0x0660), 0x0670, 0x0640, 0x200C, 0x200D))
_FOLDED = _DROPPED | {0x0629: "\u0647", 0x0649: "\u064a"}  # Arabic te marbuta and alef maksura
_ARABIC_ARTICLE = re.compile(r"^(?:و?(?:ال|بال|لل)|وال)(?=[\u0620-\u064a]{3})")


def plain(text: str) -> str:
    """Fold case, accents, Arabic vowel signs and English apostrophes; Devanagari keeps its marks."""
    bare = unicodedata.normalize("NFC", unicodedata.normalize("NFKD", text.casefold()).translate(_FOLDED))
    return _STRETCHED.sub(r"\1", _ENGLISH_TAIL.sub("", bare))


def words_of(text: str) -> list[str]:
    """Return the words of plain text, without emojis, punctuation and the Arabic article."""
    return [_ARABIC_ARTICLE.sub("", word) for word in _WORD.findall(text)]


@dataclass(frozen=True)
class Speller:
    """The words and stems of all cues, with an index by "one letter left out" to find them from a typo."""

    exact: frozenset[str]
    stems: frozenset[str]
    near: dict[str, tuple[str, ...]]

    def knows(self, word: str) -> bool:
        """Tell whether a word needs no correction."""
        return word in self.exact or any(word[:end] in self.stems for end in range(SHORTEST_STEM, len(word) + 1))

    def correct(self, word: str) -> str:
        """Return the known word a longer unknown word is one slip away from (two from eight letters), else itself."""
        if len(word) < SHORTEST_CORRECTED or word.isdecimal() or self.knows(word):
            return word
        found = {(distance(word[:end], known), -len(known), known, end) for end, known in self._candidates(word)}
        best = min((entry for entry in found if entry[0] <= _allowed(entry[2])), default=None)
        return best[2] + word[best[3] :] if best else word

    def _candidates(self, word: str) -> Iterator[tuple[int, str]]:
        for end in range(SHORTEST_CORRECTED, len(word) + 1):
            for key in _left_out(word[:end]):
                for known in self.near.get(key, ()):
                    if known[0] == word[0] and (end == len(word) or known in self.stems):
                        yield end, known


def speller(exact: Iterable[str], stems: Iterable[str], common: Iterable[str]) -> Speller:
    """Index the cues' words; `common` words are left alone though they look like a typo."""
    cue_words, cue_stems = frozenset(exact), frozenset(stems)
    near: dict[str, set[str]] = {}
    for known in cue_words | cue_stems:
        for key in _left_out(known) if len(known) >= SHORTEST_CORRECTED else ():
            near.setdefault(key, set()).add(known)
    return Speller(cue_words | frozenset(common), cue_stems, {key: tuple(sorted(found)) for key, found in near.items()})


def distance(a: str, b: str) -> int:
    """Count slips between two words: a letter too many, missing, wrong, or two neighbours swapped."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, right in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _left_out(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}


def _allowed(known: str) -> int:
    return 2 if len(known) >= LONG else 1
