"""What customers read: complete in every language, short, kind, with a clock time in their own zone (users.md 3)."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.phrases import Book, book, books, clock_time, labels, render, shortened
from conversations.words import Meaning, stars, understand
from triage import Category

SCREEN = 320  # characters a customer reads between two frames (users.md 3.2)
LANGUAGES = sorted(books())
SAYABLE = sorted(set(books()["en"].say) - {"and", "ask_who"} - {key for key in books()["en"].say if "seen" in key})
KNOWN_VALUES = {"comma_name", "by", "written", "found", "agent", "number", "seen", "aid", "who", "words", "media"} | {
    "batch",
    "cause",
    "affected",
    "urgent",
    "way",
    "before",
    "now",
}
LONG_WORDS = "nobody can pay and the couple is waiting at the desk while we try again and again, please help us now"
MADRID = ZoneInfo("Europe/Madrid")

# users.md 3.2 and 3.5, and the plain nouns of 3.2: what a customer must never read.
FORBIDDEN = re.compile(
    r"\b(soon|shortly|asap|inconvenience|unfortunately|kindly|please be (patient|advised)|calm down|policy|"
    r"looking into it|no one else|restart(ing|ed)?|bot|sev ?\d?|sla|tickets?|escalat\w+|5xx|upstream|"
    r"important to us|survey|pronto|en breve|cuanto antes|molestias?|lamentablemente|incidencia|escalad[oa])\b",
    re.IGNORECASE,
)


def every_sentence(one: Book) -> list[str]:
    return [*one.say.values(), *one.aid.values(), *one.options.values()]


def filled(language: str, phrase: str, **more: str | int) -> str:
    values: dict[str, str | int] = {
        "name": "Carmen",
        "by": "14:37",
        "urgent": "12:05",
        "written": "13:02",
        "found": "14:31",
        "agent": "Lena",
        "number": 7,
        "aid": "payment",
        "now": "14:30",
        "words": LONG_WORDS,
    }
    return render(language, phrase, {**values, "picture": 2, "voice": 1, "file": 3, **more})


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_key_of_the_english_book(language: str) -> None:
    mine, english = book(language), book("en")

    for part in ("say", "aid", "options", "words", "media"):
        assert set(getattr(mine, part)) == set(getattr(english, part)), part


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_fills_in_the_same_facts_as_the_english_book(language: str) -> None:
    def named(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for key, sentence in book(language).say.items():
        assert named(sentence) <= KNOWN_VALUES
        assert named(sentence) == named(book("en").say[key]), key


def test_every_category_of_triage_has_its_first_aid_even_if_empty() -> None:
    for language in LANGUAGES:
        assert set(book(language).aid) == {category.value for category in Category}


@pytest.mark.parametrize(("language", "phrase"), list(product(LANGUAGES, SAYABLE)))
def test_a_rendered_sentence_has_no_placeholder_left_and_fits_a_screen(language: str, phrase: str) -> None:
    text = filled(language, phrase, who="ask_who", name="Anna " * 12)

    assert len(text) <= SCREEN
    assert not re.search(r"[{}]|  ", text)


@pytest.mark.parametrize(("language", "phrase"), list(product(LANGUAGES, SAYABLE)))
def test_a_bare_sentence_reads_without_gaps(language: str, phrase: str) -> None:
    text = render(
        language,
        phrase,
        {
            "by": "14:37",
            "urgent": "12:05",
            "written": "13:02",
            "found": "14:31",
            "agent": "Lena",
            "now": "14:30",
            "words": "pay",
            "number": "+34600000001",
        },
    )

    assert text == text.strip()
    assert not re.search(r"[{}]|  | [,.?!]|None", text)


@pytest.mark.parametrize(
    ("language", "phrase", "aid"),
    [
        (language, phrase, aid)
        for language, phrase in product(LANGUAGES, ("receipt", "receipt_urgent", "receipt_what", "receipt_late"))
        for aid in Category
    ],
)
def test_the_longest_receipt_keeps_its_clock_time_and_its_question(language: str, phrase: str, aid: Category) -> None:
    name = "Maria del Carmen Fernandez-Villaverde de la Torre y Montesinos X"  # 64, the longest Telegram gives

    text = filled(language, phrase, who="ask_who", name=name, aid=aid.value, by="Mon 30 Nov 08:30")

    assert "Mon 30 Nov 08:30" in text
    assert text.endswith(book(language).say["ask_who"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_without_any_space_is_cut_too(language: str) -> None:
    text = filled(language, "receipt_urgent", words="a" * 5000, who="ask_who")

    assert len(text) <= SCREEN
    assert "14:37" in text


@given(st.text(), st.text(max_size=200), st.sampled_from(LANGUAGES), st.sampled_from(SAYABLE), st.integers(0, 99))
def test_no_words_and_no_name_can_break_a_sentence(
    words: str, name: str, language: str, phrase: str, number: int
) -> None:
    text = filled(language, phrase, words=words, name=name, picture=number, voice=number, file=number)

    assert 0 < len(text) <= SCREEN


@pytest.mark.parametrize("words", ["{by}", "{0}", "{", "}", "%s", "{agent.__class__}"])
def test_a_customers_braces_are_words_like_any_other(words: str) -> None:
    text = filled("en", "receipt", words=words)

    assert f'"{words}"' in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_option_labels_are_different_and_fit_a_whatsapp_button(language: str) -> None:
    found = labels(language, tuple(book(language).options))

    assert all(0 < len(label) <= 20 for _, label in found)
    assert len({label for _, label in found}) == len(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_uses_a_word_we_left_out(language: str) -> None:
    found = [sentence for sentence in every_sentence(book(language)) if FORBIDDEN.search(sentence)]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_shouts_pretends_to_feel_or_leans_on_emoji(language: str) -> None:
    for sentence in every_sentence(book(language)):
        assert not re.search(r"\b[A-ZÁÉÍÓÚ]{3,}\b|\bI feel\b|[\U0001f300-\U0001faff]", sentence)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "phrase",
    ["receipt", "receipt_urgent", "receipt_what", "receipt_late", "person_by", "late", "reopened", "who_noted"],
)
def test_whoever_waits_reads_a_person_and_a_time(language: str, phrase: str) -> None:
    text = filled(language, phrase, words="upload fails", picture=0, voice=0, file=0)

    assert re.search(r"\b(a person|una persona)\b", text, re.IGNORECASE)
    assert "14:37" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_problem_stands_within_the_first_sixty_characters(language: str) -> None:
    text = filled(language, "receipt_urgent", words="card payments fail", picture=0, voice=0, file=0)

    assert "card payments fail" in text[:60]


@pytest.mark.parametrize(
    ("language", "counted", "words"),
    [
        ("en", {"picture": 1}, "1 picture."),
        ("en", {"picture": 2, "voice": 1}, "2 pictures and your voice note."),
        ("en", {"picture": 1, "voice": 2, "file": 1}, "1 picture, 2 voice notes and 1 file."),
        ("es", {"picture": 1, "file": 2}, "1 foto y 2 archivos."),
        ("es", {"voice": 1}, "tu nota de voz."),
    ],
)
def test_what_arrived_is_counted_in_the_grammar_of_the_language(
    language: str, counted: dict[str, int], words: str
) -> None:
    none = {"picture": 0, "voice": 0, "file": 0}

    assert words in filled(language, "receipt", words="", **{**none, **counted})


def test_a_phrase_the_book_does_not_have_is_an_error_and_not_a_blank() -> None:
    with pytest.raises(KeyError):
        render("en", "no_such_phrase", {})


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("en", "en"),
        ("es", "es"),
        ("es-MX", "es"),
        ("es_MX", "es"),
        ("ES", "es"),
        ("ja", "en"),
        ("", "en"),
        ("x" * 99, "en"),
    ],
)
def test_a_language_is_found_by_its_first_part_and_english_is_the_fallback(wanted: str, got: str) -> None:
    assert book(wanted).language == got


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_books_is_understood_as_the_book_means_it(language: str) -> None:
    for meaning, words in book(language).words.items():
        for word in words:
            assert understand(word) == Meaning(meaning), word


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_button_label_typed_by_hand_means_its_button(language: str) -> None:
    heard = [understand(label) for _, label in labels(language, ("yes", "partly", "no", "still_broken"))]

    assert heard == [Meaning.YES, Meaning.PARTLY, Meaning.NO, Meaning.STILL_BROKEN]


@pytest.mark.parametrize(
    "text",
    ["the upload stops at 40%", "stop, wrong picture", "will you do it?", "you", "thanks but the payout is missing"],
)
def test_a_sentence_is_not_read_as_the_short_word_in_it(text: str) -> None:
    assert understand(text) is Meaning.OTHER


@pytest.mark.parametrize("text", ["pagar", "para", "stap", "stops", "stars", "smart", "baha", "empezad"])
def test_a_word_that_binds_must_be_spelled_right(text: str) -> None:
    assert understand(text) not in (Meaning.STOP, Meaning("start"))


@pytest.mark.parametrize("text", ["not working", "not fixed", "not solved", "no funciona", "it is back"])
def test_a_not_is_never_read_as_a_typo_of_now(text: str) -> None:
    assert understand(text) in (Meaning.STILL_BROKEN, Meaning.NO)


@given(st.text())
def test_any_text_is_understood_as_something_and_never_fails(text: str) -> None:
    assert isinstance(understand(text), Meaning)
    assert stars(text) in (None, 1, 2, 3, 4, 5)


@given(st.text(), st.integers(1, 120))
def test_a_shortened_text_is_one_line_and_hardly_longer_than_asked(text: str, length: int) -> None:
    short = shortened(text, length)

    assert len(short) <= length + 3
    assert len(short.splitlines()) <= 1


@pytest.mark.parametrize(
    ("moment", "now", "zone", "shown"),
    [
        ("2026-06-13T12:37Z", "2026-06-13T12:00Z", "Europe/Madrid", "14:37"),
        ("2026-06-13T12:37Z", "2026-06-13T12:00Z", "America/New_York", "08:37"),
        ("2026-06-13T22:10Z", "2026-06-13T21:50Z", "Europe/Madrid", "Sun 00:10"),
        ("2026-06-13T22:10Z", "2026-06-13T22:05Z", "Europe/Madrid", "00:10"),
        ("2026-06-15T06:30Z", "2026-06-13T12:00Z", "Europe/Madrid", "Mon 08:30"),
        ("2026-06-19T06:30Z", "2026-06-13T12:00Z", "Europe/Madrid", "Fri 08:30"),
        ("2026-06-20T06:30Z", "2026-06-13T12:00Z", "Europe/Madrid", "Sat 20 Jun 08:30"),
        ("2026-06-12T06:30Z", "2026-06-13T12:00Z", "Europe/Madrid", "Fri 12 Jun 08:30"),
        ("2026-10-25T00:30Z", "2026-10-24T22:30Z", "Europe/Madrid", "02:30"),
        ("2026-10-25T01:30Z", "2026-10-24T22:30Z", "Europe/Madrid", "02:30"),
        ("2026-10-25T07:00Z", "2026-10-24T20:00Z", "Europe/Madrid", "Sun 08:00"),
        ("2026-03-29T01:00Z", "2026-03-29T00:30Z", "Europe/Madrid", "03:00"),
        ("2026-03-29T21:59Z", "2026-03-29T00:30Z", "Europe/Madrid", "23:59"),
        ("2026-03-29T22:01Z", "2026-03-29T00:30Z", "Europe/Madrid", "Mon 00:01"),
        ("2026-06-13T12:37Z", "2026-06-13T12:00Z", "Asia/Kathmandu", "18:22"),
    ],
)
def test_a_time_is_shown_in_the_customers_zone_with_the_day_when_not_today(
    moment: str, now: str, zone: str, shown: str
) -> None:
    at, seen = datetime.fromisoformat(moment), datetime.fromisoformat(now)

    assert clock_time(at, seen, ZoneInfo(zone), "en") == shown


def test_a_day_is_named_in_the_customers_language() -> None:
    now = datetime(2026, 6, 13, 12, tzinfo=UTC)

    shown = [clock_time(now + timedelta(days=days), now, MADRID, "es") for days in (2, 9)]

    assert [text.casefold().replace(".", "") for text in shown] == ["lun 14:00", "lun 22 jun 14:00"]


@given(st.integers(0, 2 * 365 * 24 * 60), st.integers(0, 20 * 24 * 60))
def test_two_times_of_different_days_never_read_the_same(start: int, minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=start)
    later = now + timedelta(minutes=minutes)
    day = timedelta(days=1)

    shown = [clock_time(later + step * day, now, MADRID, "en") for step in range(9)]

    assert len(set(shown)) == 9
