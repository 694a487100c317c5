"""Short answers in any language of the phrase books: yes, no, thanks, a person, still broken, a number."""

import re
from enum import StrEnum
from functools import cache

from conversations.events import Line
from conversations.phrases import books


class Meaning(StrEnum):
    """What a whole short message means; OTHER for everything longer or else."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    THANKS = "thanks"
    HELLO = "hello"
    PERSON = "person"
    STILL_BROKEN = "still_broken"
    STOP = "stop"
    START = "start"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    OTHER = ""


_RATING = frozenset(("a", "an", "i", "give", "it", "you", "from", "me", "star", "stars", "bad", "good")) | frozenset(
    ("estrella", "estrellas", "le", "doy", "un", "una", "mal")
)
_TYPO = 5  # words shorter than this must be spelled right
# Shorter ones without a country could be a date or an invoice.
_PHONE = re.compile(r"(?<![\w+])(?:(?:\+|00)\d(?:[\s().\-/]{0,2}\d){6,14}|\d(?:[\s().\-/]{0,2}\d){8,14})(?!\w)")
_BINDING = (Meaning.STOP, Meaning.START)  # and these too: "pagar" is no "parar"


def understand(text: str) -> Meaning:
    """Reads a whole message; a typo of one letter in a longer word is forgiven."""
    plain = _plain(text)
    if not plain:
        return _bare(text)
    if plain in ("1", "2", "3"):
        return Meaning(plain)
    phrases = _phrases()
    if plain in phrases:
        return phrases[plain]
    words = plain.split()
    if len(words) <= 7 and set(words) <= _courtesy() and any(phrases.get(word) is Meaning.THANKS for word in words):
        return Meaning.THANKS
    near = [
        meaning
        for phrase, meaning in phrases.items()
        if len(phrase) >= _TYPO and meaning not in _BINDING and _one_off(plain, phrase)
    ]
    if near:
        return near[0]
    broken, works = _last(plain, Meaning.STILL_BROKEN), _last(plain, Meaning.YES)
    return Meaning.OTHER if broken < 0 else Meaning.YES if works > broken else Meaning.STILL_BROKEN


def _last(plain: str, meaning: Meaning) -> int:
    """Where the last phrase of this meaning ends in a longer text, -1 without one: what is said last counts."""
    ends = (plain.rfind(phrase) + len(phrase) for phrase in _said_so(meaning) if phrase in plain)
    return max(ends, default=-1)


def chosen(line: Line, options: tuple[str, ...]) -> str:
    """The key of the option that was tapped, or whose label in any language the whole text is; "" for none."""
    if line.tapped in options:
        return line.tapped
    plain = _plain(line.text)
    named = {_plain(book.options[key]): key for book in books().values() for key in options}
    return named.get(plain, "") if plain else ""


def stars(text: str) -> int | None:
    """1 to 5, from ``4``, ``4/5``, ``4 stars`` or as many star signs; None for anything else."""
    found = re.fullmatch(
        r"(\D{0,12})([1-5])\ufe0f?\u20e3?(?:\s*(?:/|(?:out\s+)?of|de)\s*5)?(\D{0,16})", text.strip().casefold()
    )
    if found:
        told = not found[1].strip() and re.match(r"\s*[,.:;!(-]", found[3])  # "2, too slow"; "2 missing" is no rating
        around = _plain(f"{found[1]} {found[3]}").split()
        return int(found[2]) if told or all(word in _RATING or word in _courtesy() for word in around) else None
    signs = text.count("⭐") or text.count("★")
    return signs if 1 <= signs <= 5 and not re.search(r"\d", text) else None


def phone(text: str) -> str:
    """The phone number in a text as ``+34600000001``, or without + as it was written; nothing where there is none."""
    found = _PHONE.search(text)
    if found is None:
        return ""
    digits = re.sub(r"[^\d+]", "", found[0])
    return "+" + digits[2:] if digits.startswith("00") else digits


def _plain(text: str) -> str:
    """Lower case, letters and digits of any script, single spaces."""
    marks = re.sub(r"['\u2019]", "", text.casefold())
    return " ".join(re.findall(r"[^\W_]+", marks, re.UNICODE))


def _bare(text: str) -> Meaning:
    """A message of signs only: ? asks for a person, a thumb or heart is courtesy."""
    if "?" in text or "\u00bf" in text or "\u061f" in text:
        return Meaning.PERSON
    return (
        Meaning.THANKS if re.search("[\U0001f44d\U0001f64f\u2764\U0001f44c\U0001f60a\u2705]", text) else Meaning.OTHER
    )


@cache
def _phrases() -> dict[str, Meaning]:
    return {
        _plain(word): Meaning(kind) for book in books().values() for kind, list_ in book.words.items() for word in list_
    }


@cache
def _said_so(meaning: Meaning) -> tuple[str, ...]:
    return tuple(phrase for phrase, found in _phrases().items() if found is meaning and " " in phrase)


@cache
def _courtesy() -> frozenset[str]:
    return frozenset(word for phrase, found in _phrases().items() if found is Meaning.THANKS for word in phrase.split())


def _one_off(a: str, b: str) -> bool:
    """Whether one letter inserted, dropped or changed makes ``a`` into ``b``."""
    if abs(len(a) - len(b)) > 1:
        return False
    short, long = sorted((a, b), key=len)
    start = next((i for i, (x, y) in enumerate(zip(short, long, strict=False)) if x != y), len(short))
    return short[start + (len(short) == len(long)) :] == long[start + 1 :]
