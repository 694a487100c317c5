"""What looks like one problem of several studios, and what is a usual evening."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from triage.incidents import Rules, Signal, busy, fits, marks_of, propose

NOW = datetime(2026, 11, 28, 11, 29, tzinfo=UTC)
RULES = Rules()


def signal(number: int, words: str, ago: float = 1, category: str = "delivery", **more: object) -> Signal:
    """One studio's report, ``ago`` minutes old."""
    facts = {"studio": f"studio {number}", "severity": 2} | more
    return Signal(number, at=NOW - timedelta(minutes=ago), category=category, words=words, **facts)  # type: ignore[arg-type]


STORY = [
    signal(2080, "galleries don't load for my clients", 9),
    signal(2081, "all my galleries are blank", 6),
    signal(2082, "gallery 502?", 0),
]
APART = [
    signal(n, said, category="upload") for n, said in enumerate(("files hang", "sync is red", "nothing goes through"))
]
WEEK = 7 * 24 * 60  # minutes


def test_three_studios_that_use_one_word_are_proposed_with_the_reason_in_words() -> None:
    (found,) = propose(STORY, [], NOW, RULES)

    assert found.tickets == (2080, 2081, 2082)
    assert (found.category, found.severity, found.title) == ("delivery", 2, "delivery: galleries")
    assert found.reasons == ("3 studios in 9 min", "they say “galleries”", "usual at this hour: 0.02 in 15 min")


@pytest.mark.parametrize(
    "recent",
    [
        STORY[:2],
        [*STORY[:2], signal(2082, "gallery 502?", 16)],
        [signal(one.ticket, one.words, studio="one studio") for one in STORY],
        [signal(n, "how do I rename a gallery", severity=3) for n in (1, 2, 3)],
        [signal(1, "galleries are blank"), signal(2, "uploads hang", category="upload"), signal(3, "cards fail")],
        [signal(1, "galleries are blank"), signal(2, "the portal shows red"), signal(3, "error 4", category="other")],
    ],
    ids=["two", "one too old", "one studio", "how-tos", "three problems", "one of them of no category"],
)
def test_anything_less_is_left_alone(recent: list[Signal]) -> None:
    assert propose(recent, [], NOW, RULES) == []


def test_three_studios_about_one_category_are_proposed_without_a_word_in_common() -> None:
    (found,) = propose(APART, [], NOW, RULES)

    assert found.marks == ()
    assert found.reasons[:2] == ("3 studios in 1 min", "all about upload, without a word in common")


@pytest.mark.parametrize("words", ["upload stuck at 40%", ""], ids=["the same words", "other words each time"])
def test_an_ordinary_saturday_of_upload_trouble_is_no_incident_and_as_many_on_a_tuesday_are(words: str) -> None:
    """Every Saturday, and on no other day, a studio writes about its uploads each half an hour, 09:30 to 13:30."""
    before = [
        signal(-100 * week - n, words or f"upload trouble{n}", week * WEEK + 30 * (n - 4), "upload")
        for week in range(1, 5)
        for n in range(8)
    ]
    today = [signal(n, words or one.words, category="upload") for n, one in enumerate(APART)]
    on_tuesday = [replace(one, at=one.at + timedelta(days=3)) for one in today]

    found = [propose(one, before, max(report.at for report in one), RULES) for one in (today, on_tuesday)]

    assert [len(one) for one in found] == [0, 1]


def test_one_error_code_brings_categories_and_questions_together() -> None:
    recent = [
        signal(1, "error 4021 at the checkout", category="payment"),
        signal(2, "what does code 4021 mean?", category="other", severity=3),
        signal(3, "ERR 4021 again", category="booking"),
    ]

    (found,) = propose(recent, [], NOW, RULES)

    assert found.tickets == (1, 2, 3)
    assert "they name 4021" in found.reasons


def test_questions_about_it_are_not_what_is_usual() -> None:
    asked = [
        signal(-day * 10 - n, "gallery slow", 60 * 24 * day + 10 * n, severity=3)
        for day in range(1, 28)
        for n in range(-5, 6)
    ]

    (found,) = propose(STORY, asked, NOW, RULES)

    assert found.reasons[-1] == "usual at this hour: 0.02 in 15 min"


def test_where_so_many_are_usual_at_this_hour_it_takes_more() -> None:
    before = [
        signal(-day * 10 - n, "gallery slow", 60 * 24 * day + 10 * n) for day in range(1, 28) for n in range(-5, 6)
    ]

    found = [len(propose([signal(n, "gallery slow") for n in range(count)], before, NOW, RULES)) for count in (3, 5, 9)]

    assert found == [0, 0, 1]


def test_a_busy_noon_does_not_hide_an_incident_at_night() -> None:
    noons = [signal(-n, "gallery slow", 60 * (24 * (n // 20) + 12)) for n in range(20, 500)]

    assert len(propose(STORY, noons, NOW, RULES)) == 1


def test_an_ordinary_month_of_a_busy_house_raises_less_than_one_false_alarm_a_week() -> None:
    """Twenty-four reports a day at random moments, all of one category and with one word."""
    dice, month = Random(7), 28 * 24 * 60
    reports = [signal(n, "gallery slow", dice.uniform(0, month)) for n in range(28 * 24)]

    alarms = 0
    for one in reports:
        recent = [other for other in reports if timedelta(0) <= one.at - other.at <= RULES.within]
        alarms += bool(busy(recent, RULES) and propose(recent, reports, one.at, RULES))

    assert alarms < 4


def test_each_ticket_is_in_one_proposal_at_most() -> None:
    uploads = [signal(n, "uploads fail with error 731", category="upload", severity=1) for n in (4, 5, 6)]

    found = propose([*STORY, *uploads], [], NOW, RULES)

    assert sorted(number for one in found for number in one.tickets) == [4, 5, 6, 2080, 2081, 2082]


def test_a_further_report_is_known_by_its_words_or_its_code() -> None:
    (found,) = propose(STORY, [], NOW, RULES)

    known = [
        fits(found.category, found.marks, signal(7, "my client can't open the gallery")),
        fits(found.category, found.marks, signal(8, "how do I name a gallery", severity=3)),
        fits(found.category, found.marks, signal(9, "cards fail", category="payment")),
        fits("payment", ("4021",), signal(10, "error 4021", category="other", severity=3)),
    ]

    assert known == [True, False, False, True]


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("it says 502 Bad Gateway", {"502"}),
        ("gallery 502?", {"502"}),
        ("Fehler: 1234", {"1234"}),
        ("código 77", {"77"}),
        ("ERR_21 and 0x80070057", {"err_21", "0x80070057"}),
        ("500 photos are gone, 404 pictures too", set()),
        ("I paid €502 at 12:50, invoice #404", set()),
        ("my shoot is on 28.11. and 30 people wait", set()),
    ],
)
def test_codes_are_told_from_other_numbers(words: str, codes: set[str]) -> None:
    assert {mark for mark in marks_of(words) if any(sign.isdigit() for sign in mark)} == codes
