"""After a person resolved it: solved, stars, thanks, still broken, something new (conversations.md rules 3, 6, 7)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from conversations.effects import RecordSolved, RecordStars, Say
from conversations.events import Media, Pace
from conversations.states import AskedSolved, AskedStars, Collecting, Done, Idle, Waiting
from tests.conversations.talk import (
    PICTURE,
    STICKER,
    UPLOAD,
    URGENT,
    VOICE,
    Talk,
    closed,
    done,
    kinds,
    opens,
    phrases,
    rated_next,
    reopens,
    silent,
)

WEEK = 7 * 24 * 3600
RESOLVED = pytest.mark.parametrize("make", [closed, rated_next, done], ids=["asked solved", "asked stars", "done"])


@pytest.mark.parametrize(
    ("text", "tapped", "answer"),
    [
        ("Yes", "yes", "yes"),
        ("Partly", "partly", "partly"),
        ("No", "no", "no"),
        ("Sí", "yes", "yes"),
        ("1", "", "yes"),
        ("2", "", "partly"),
        ("3", "", "no"),
        ("1.", "", "yes"),
        ("2️⃣", "", "partly"),
        ("yes", "", "yes"),
        ("YES!!", "", "yes"),
        ("it works now", "", "yes"),
        ("It's working now", "", "yes"),
        ("now working", "", "yes"),
        ("now fixed", "", "yes"),
        ("back to normal", "", "yes"),
        ("sí", "", "yes"),
        ("resuelto", "", "yes"),
        ("ya funciona", "", "yes"),
        ("partly", "", "partly"),
        ("en parte", "", "partly"),
        ("más o menos", "", "partly"),
        ("no", "", "no"),
        ("Nope", "", "no"),
        ("todavía no", "", "no"),
        ("slved", "", "yes"),
        ("prtly", "", "partly"),
        ("not solvd", "", "no"),
        ("resueto", "", "yes"),
    ],
)
def test_button_number_word_and_typo_are_the_same_answer(text: str, tapped: str, answer: str) -> None:
    talk = closed()

    effects = talk.says(text, tapped=tapped)

    assert RecordSolved(answer) in effects


def test_yes_leads_to_the_stars_and_leaves_the_ticket_closed() -> None:
    talk = closed()

    effects = talk.says("yes")

    assert (phrases(effects), reopens(effects)) == (["ask_stars"], False)
    assert isinstance(talk.state, AskedStars)


@pytest.mark.parametrize("answer", ["partly", "no"])
def test_partly_and_no_reopen_and_never_lead_to_the_stars(answer: str) -> None:
    talk = closed()

    effects = talk.says(answer)

    assert (phrases(effects), reopens(effects), talk.state) == (["reopened"], True, Waiting())


def test_a_second_tap_on_yes_does_not_reopen_what_was_just_called_solved() -> None:
    talk = closed()
    talk.says("Yes", tapped="yes")

    again = talk.says("Yes", tapped="yes")

    assert (reopens(again), opens(again)) == (False, False)
    assert isinstance(talk.state, AskedStars)


def test_a_tap_on_yes_still_counts_after_we_asked_what_an_unclear_line_meant() -> None:
    talk = closed()
    talk.says("hm")

    effects = talk.says("Yes", tapped="yes")

    assert RecordSolved("yes") in effects


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("5", 5),
        ("1", 1),
        ("4/5", 4),
        ("4 / 5", 4),
        ("4 of 5", 4),
        ("4 de 5", 4),
        ("4 out of 5", 4),
        ("3 stars", 3),
        ("5 estrellas", 5),
        ("⭐⭐⭐", 3),
        ("★★", 2),
        ("5⭐", 5),
        ("4 ⭐", 4),
        ("5️⃣", 5),
        ("4!", 4),
        ("a 5!", 5),
        ("5 gracias", 5),
        ("1 star from me", 1),
    ],
)
def test_stars_are_read_in_the_forms_people_send(text: str, stars: int) -> None:
    talk = rated_next()

    effects = talk.says(text)

    assert RecordStars(stars) in effects
    assert isinstance(talk.state, Done)


@pytest.mark.parametrize("text", ["0", "6", "10", "3.5", "45", "⭐" * 6, "great", "I waited 20 minutes"])
def test_what_is_no_number_of_stars_is_not_counted_as_one(text: str) -> None:
    effects = rated_next().says(text)

    assert "RecordStars" not in kinds(effects)


@pytest.mark.parametrize("text", ["I have 2 problems", "still 2 missing", "not ok 3x", "only 1 arrived"])
def test_a_problem_with_a_number_in_it_is_not_a_rating(text: str) -> None:
    effects = rated_next().says(text, UPLOAD)

    assert "RecordStars" not in kinds(effects)


@pytest.mark.parametrize(("stars", "phrase"), [("1", "rated_low"), ("2", "rated_low"), ("3", "rated"), ("5", "rated")])
def test_one_or_two_stars_are_answered_with_the_lead(stars: str, phrase: str) -> None:
    assert phrases(rated_next().says(stars)) == [phrase]


def test_the_stars_are_asked_once_a_ticket() -> None:
    talk = done()

    later = [phrases(talk.says(text)) for text in ("thanks", "👍", "gracias")]

    assert later == [[], [], []]
    assert isinstance(talk.state, Done)


@RESOLVED
@pytest.mark.parametrize(
    "text",
    [
        "thanks",
        "Thank you!!",
        "thank you so much",
        "Thank you very much",
        "thanks for your help",
        "ok",
        "okay thanks",
        "👍",
        "👍🏽",
        "❤️",
        "🙏",
        "gracias",
        "mil gracias",
        "vale, gracias",
        "perfecto",
        "thanx",
    ],
)
def test_thanks_never_reopens_and_gets_no_answer(make: Callable[[], Talk], text: str) -> None:
    effects = make().says(text)

    assert (reopens(effects), opens(effects)) == (False, False)
    assert silent(effects)


@RESOLVED
@pytest.mark.parametrize(
    "text",
    [
        "still broken",
        "Still not working!",
        "it's still not working for me",
        "sorry, same problem",
        "stil broken",
        "sigue fallando",
        "no funciona",
        "ya no funciona",
        "otra vez lo mismo",
    ],
)
def test_still_broken_reopens_the_same_ticket(make: Callable[[], Talk], text: str) -> None:
    talk = make()

    effects = talk.says(text)

    assert (reopens(effects), opens(effects), phrases(effects)) == (True, False, ["reopened"])
    assert talk.state == Waiting()


@RESOLVED
@pytest.mark.parametrize("media", [PICTURE, VOICE])
def test_a_picture_or_voice_note_after_resolving_brings_a_person(make: Callable[[], Talk], media: Media) -> None:
    effects = make().says(media=(media,))

    assert reopens(effects)
    assert phrases(effects) == ["reopened"]


@RESOLVED
def test_a_sticker_after_resolving_does_not_reopen(make: Callable[[], Talk]) -> None:
    effects = make().says(media=(STICKER,))

    assert (reopens(effects), opens(effects)) == (False, False)


@RESOLVED
def test_another_problem_opens_a_ticket_of_its_own(make: Callable[[], Talk]) -> None:
    talk = make()

    effects = talk.says("now nobody can book with us", URGENT)

    assert (opens(effects), reopens(effects)) == (True, False)
    assert isinstance(talk.state, Collecting)


@pytest.mark.parametrize("make", [closed, done], ids=["asked solved", "done"])
def test_an_unclear_line_is_asked_about_once_and_then_a_person_comes(make: Callable[[], Talk]) -> None:
    talk = make()

    first, second = talk.says("hm"), talk.says("well")

    assert [(effect.phrase, effect.options) for effect in first if isinstance(effect, Say)] == [
        ("ask_same", ("still_broken", "something_new", "just_thanks"))
    ]
    assert (phrases(second), reopens(second)) == (["reopened"], True)


@pytest.mark.parametrize(
    ("text", "tapped"), [("Still broken", "still_broken"), ("1", ""), ("still broken", ""), ("sigue igual", "")]
)
def test_the_same_problem_reopens_by_button_number_and_word(text: str, tapped: str) -> None:
    talk = closed()
    talk.says("hm")

    effects = talk.says(text, tapped=tapped)

    assert (reopens(effects), talk.state) == (True, Waiting())


@pytest.mark.parametrize(("text", "tapped"), [("Something new", "something_new"), ("2", "")])
def test_something_new_is_invited_and_opens_a_ticket_of_its_own(text: str, tapped: str) -> None:
    talk = closed()
    talk.says("hm")

    invited = talk.says(text, tapped=tapped)
    opened = talk.says("my invoices look odd")

    assert (phrases(invited), opens(opened)) == (["go_ahead"], True)


@pytest.mark.parametrize(("text", "tapped"), [("Just thanks", "just_thanks"), ("3", ""), ("thanks", "")])
def test_just_thanks_leaves_it_closed(text: str, tapped: str) -> None:
    talk = closed()
    talk.says("hm")

    effects = talk.says(text, tapped=tapped)

    assert (reopens(effects), silent(effects)) == (False, True)
    assert isinstance(talk.state, Done)


def test_a_bare_yes_to_same_new_or_thanks_is_not_taken_for_thanks() -> None:
    talk = closed()
    talk.says("hm")

    effects = talk.says("yes")

    assert phrases(effects) == ["reopened"]


@RESOLVED
@pytest.mark.parametrize("text", ["still broken", "no", "agent", "can you look at this again"])
def test_a_line_later_than_a_week_opens_a_linked_ticket(make: Callable[[], Talk], text: str) -> None:
    talk = make()

    effects = talk.says(text, after=WEEK + 1)

    assert (opens(effects), reopens(effects)) == (True, False)
    assert isinstance(talk.state, Collecting)


@RESOLVED
def test_a_picture_later_than_a_week_opens_a_linked_ticket(make: Callable[[], Talk]) -> None:
    effects = make().says(media=(PICTURE,), after=WEEK + 1)

    assert (opens(effects), reopens(effects)) == (True, False)


def test_a_late_answer_to_what_was_meant_opens_a_linked_ticket() -> None:
    talk = closed()
    talk.says("hm")

    effects = talk.says("still broken", after=WEEK + 1)

    assert (opens(effects), reopens(effects)) == (True, False)


def test_late_thanks_is_still_only_thanks() -> None:
    talk = done()

    effects = talk.says("many thanks", after=WEEK + 1)

    assert silent(effects)
    assert not opens(effects)


def test_seven_days_to_the_second_still_reopens() -> None:
    talk = closed()
    talk.state = AskedSolved(talk.now)

    effects = talk.says("still broken", after=WEEK)

    assert reopens(effects)


def test_how_long_it_reopens_is_the_policys_number() -> None:
    talk = closed()
    talk.pace = Pace(reopens_for=Pace().quiet)

    effects = talk.says("still broken", after=9)

    assert opens(effects)


def test_being_closed_again_starts_the_week_again() -> None:
    talk = done()
    talk.is_closed(after=5 * 24 * 3600)

    effects = talk.says("still broken", after=5 * 24 * 3600)

    assert reopens(effects)


def test_people_at_work_on_a_closed_ticket_leave_the_question_standing() -> None:
    talk = closed()

    said = [*talk.is_answered(), *talk.is_taken(), *talk.goes_quiet(after=100)]

    assert said == []
    assert RecordSolved("yes") in talk.says("yes")


def test_several_problems_in_a_row_are_each_closed_and_asked_about() -> None:
    talk = closed()
    talk.says("now bookings fail", URGENT)
    talk.is_woken()

    asked = phrases(talk.is_closed())

    assert asked == ["closed"]
    assert RecordSolved("partly") in talk.says("2")


def test_a_word_about_the_rating_is_kept_for_the_people_and_asks_nothing() -> None:
    effects = rated_next().says("Lena was really quick")

    assert "Relay" in kinds(effects)
    assert silent(effects)


def test_an_idle_conversation_is_not_moved_by_people_or_time() -> None:
    talk = Talk()

    effects = [*talk.is_taken(), *talk.is_answered(), *talk.is_closed(), *talk.goes_quiet()]

    assert (effects, talk.state) == ([], Idle())


def test_a_line_found_late_counts_from_when_it_was_said() -> None:
    talk = closed()
    talk.found = talk.now + timedelta(days=6)

    effects = talk.says("still broken", after=8 * 24 * 3600)

    assert reopens(effects)
