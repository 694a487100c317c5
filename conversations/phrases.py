"""The phrase books: every sentence a customer reads, by language, and how it is filled in."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

LONGEST = 320  # characters a customer reads between two frames (users.md 3.2)
QUOTE = 80
_FALLBACK = "en"


@dataclass(frozen=True)
class Book:
    """One language: ``say`` sentences, ``aid`` first aid by category, ``options`` button labels,
    ``words`` short answers by meaning, ``media`` counted things by plural form."""

    language: str
    say: Mapping[str, str]
    aid: Mapping[str, str]
    options: Mapping[str, str]
    words: Mapping[str, list[str]]
    media: Mapping[str, Mapping[str, str]]


@cache
def books() -> dict[str, Book]:
    """Every ``phrases/<language>.toml`` that ships, by language code."""
    found = {}
    for file in resources.files("conversations").joinpath("phrases").iterdir():
        if file.name.endswith(".toml"):
            language = file.name.removesuffix(".toml")
            found[language] = Book(language, **tomllib.loads(file.read_text(encoding="utf-8")))
    return found


def book(language: str) -> Book:
    """The book of ``language`` (``es``, ``es-MX``, ``es_MX``), else the English one."""
    return books().get(language.replace("_", "-").split("-")[0].lower(), books()[_FALLBACK])


def clock_time(moment: datetime, now: datetime, zone: ZoneInfo, language: str) -> str:
    """``14:37`` today, ``Mon 08:30`` within six days, ``Mon 30 Nov 08:30`` later; in ``zone``."""
    there, today = moment.astimezone(zone), now.astimezone(zone)
    days = (there.date() - today.date()).days
    form = "HH:mm" if days == 0 else "EEE HH:mm" if 0 < days < 7 else "EEE d MMM HH:mm"
    return format_datetime(there, form, tzinfo=zone, locale=book(language).language)


def render(language: str, phrase: str, values: Mapping[str, str | int]) -> str:
    """One sentence of the book, filled in and at most 320 characters; a long quotation gives way first.

    Known values: name, by, urgent, agent, number, words, picture, voice, file, batch, aid (a category); phrases: who,
    cause, affected, way, before.
    Raises KeyError for a phrase the book does not have.
    """
    chosen = book(language)
    for quote in (QUOTE, 40, 15):
        text = " ".join(chosen.say[phrase].format_map(_filled(chosen, values, quote)).split())
        if len(text) <= LONGEST:
            break
    return text[:LONGEST]


def labels(language: str, options: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """(key, label) of each option, at most 20 characters a label."""
    return tuple((key, book(language).options[key]) for key in options)


def _filled(chosen: Book, values: Mapping[str, str | int], quote: int) -> dict[str, str]:
    name = str(values.get("name", "")).strip()
    return {
        **{key: str(value) for key, value in values.items()},
        "batch": str(values.get("batch", "")),
        "comma_name": f", {name}" if name else "",
        "seen": _seen(chosen, values, quote),
        "aid": chosen.aid.get(str(values.get("aid", "")), ""),
        **{key: _said(chosen, values, key) for key in ("who", "cause", "affected", "way", "before")},
    }


def _said(chosen: Book, values: Mapping[str, str | int], key: str) -> str:
    """A sentence of the book inside another."""
    phrase = str(values.get(key, ""))
    return chosen.say[phrase] if phrase else ""


def _seen(chosen: Book, values: Mapping[str, str | int], quote: int) -> str:
    """Their problem in their words, and what arrived."""
    words = shortened(str(values.get("words", "")).rstrip(" ."), quote)
    media = _media(chosen, values)
    form = "seen_both" if words and media else "seen_media" if media else "seen_words" if words else "seen_nothing"
    return chosen.say[form].format(words=words, media=media)


def _media(chosen: Book, values: Mapping[str, str | int]) -> str:
    counted = []
    for kind in ("picture", "voice", "file"):
        number = int(values.get(kind, 0) or 0)
        if number:
            forms = chosen.media[kind]
            form = forms.get(Locale(chosen.language).plural_form(number), forms["other"])
            counted.append(form.format(n=number))
    return chosen.say["and"].join(filter(None, [", ".join(counted[:-1]), *counted[-1:]]))


def shortened(text: str, length: int) -> str:
    """One line of at most ``length`` characters, cut between words."""
    line = " ".join(text.replace('"', "'").split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0].rstrip(" ,.;:") + "..."
