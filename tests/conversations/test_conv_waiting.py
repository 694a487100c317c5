"""With the receipt in hand: every line reaches the people, and a person is one word away (rules 1, 4)."""

from collections.abc import Callable
from itertools import product

import pytest

from conversations.effects import MarkSeen, Raise, Relay, Say
from conversations.events import Media
from conversations.states import AskedSolved, Idle, Lost, State, Waiting
from tests.conversations.talk import (
    CHAT,
    DOCUMENT,
    PICTURE,
    STICKER,
    UPLOAD,
    URGENT,
    Talk,
    closed,
    done,
    kinds,
    opens,
    phrases,
    rated_next,
    receipted,
    reopens,
    silent,
)
from triage import Triage

PERSON_WORDS = ("agent", "Person", "HUMAN", "help", "0", "?", "??", "persona", "agente", "ayuda", "help!", "humano")
A_PERSON_COMES = {"person_by", "person_here", "reopened", "receipt", "receipt_what", "receipt_urgent"}


@pytest.mark.parametrize("triage", [CHAT, UPLOAD, URGENT])
def test_every_line_goes_to_the_people_is_seen_and_may_raise_the_severity(triage: Triage) -> None:
    effects = receipted().says("one more thing", triage)

    assert effects[:3] == (Raise(triage), Relay(), MarkSeen())
    assert silent(effects)


@pytest.mark.parametrize("media", [PICTURE, STICKER, DOCUMENT])
def test_a_later_attachment_is_relayed_and_the_silence_has_a_reason(media: Media) -> None:
    effects = receipted().says(media=(media,))

    assert "Relay" in kinds(effects)
    assert silent(effects)


@pytest.mark.parametrize(("owner", "phrase"), [("", "person_by"), ("Lena", "person_here")])
def test_asking_for_a_person_names_who_has_it_or_by_when_somebody_will(owner: str, phrase: str) -> None:
    talk = receipted()
    talk.owner = owner

    effects = talk.says("agent")

    assert phrases(effects) == [phrase]
    assert "Relay" in kinds(effects)


@pytest.mark.parametrize(("word", "known"), list(product(PERSON_WORDS, (True, False))))
def test_a_word_for_a_person_is_answered_while_waiting(word: str, known: bool) -> None:
    talk = receipted(known=known)

    first, second = talk.says(word), talk.says(word)

    assert set(phrases(first)) <= A_PERSON_COMES
    assert phrases(first)
    assert phrases(second)


@pytest.mark.parametrize("word", PERSON_WORDS)
@pytest.mark.parametrize("make", [closed, rated_next, done], ids=["asked solved", "asked stars", "done"])
def test_a_word_for_a_person_brings_one_back_after_resolving(make: Callable[[], Talk], word: str) -> None:
    talk = make()

    effects = talk.says(word)

    assert reopens(effects)
    assert phrases(effects) == ["reopened"]


@pytest.mark.parametrize("word", PERSON_WORDS)
def test_a_word_for_a_person_brings_one_back_when_we_asked_what_was_meant(word: str) -> None:
    talk = closed()
    talk.says("hm")

    effects = talk.says(word)

    assert phrases(effects) == ["reopened"]


@pytest.mark.parametrize("word", PERSON_WORDS)
@pytest.mark.parametrize("state", [Idle(), Lost("Gone", {})], ids=["idle", "lost"])
def test_a_word_for_a_person_alone_opens_a_ticket(state: State, word: str) -> None:
    talk = Talk(state=state)

    effects = talk.says(word)
    said = phrases(effects) or phrases(talk.is_woken())

    assert opens(effects)
    assert set(said) <= A_PERSON_COMES
    assert said


def test_taking_it_tells_the_customer_who_has_it() -> None:
    assert phrases(receipted().is_taken()) == ["taken"]


def test_a_persons_answer_adds_no_words_of_the_bot() -> None:
    talk = receipted()

    assert talk.is_answered() == ()


def test_resolving_asks_was_it_solved_with_three_buttons() -> None:
    talk = receipted()

    effects = talk.is_closed()

    assert effects == (Say("closed", options=("yes", "partly", "no")),)
    assert talk.state == AskedSolved(talk.now)


def test_time_passing_changes_nothing_while_a_person_has_it() -> None:
    talk = receipted()

    assert (talk.goes_quiet(after=3600), talk.state) == ((), Waiting())
