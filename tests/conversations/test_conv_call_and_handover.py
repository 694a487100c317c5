"""Somebody else takes over, a person wants to call, a person says what was wrong: the customer is told, once."""

import pytest

from conversations.effects import NoteNumber, Say
from conversations.events import Closed
from conversations.phrases import render
from conversations.states import AskedSolved, Waiting
from conversations.words import phone
from tests.conversations.talk import URGENT, Talk, closed, kinds, phrases, receipted, silent


def test_the_customer_hears_once_who_has_taken_over() -> None:
    assert phrases(receipted().is_handed_over()) == ["handed_over"]


def test_taking_over_before_the_receipt_sends_both() -> None:
    talk = Talk()
    talk.says("PAYMENT NOT WORKING", URGENT)

    assert phrases(talk.is_handed_over()) == ["receipt_urgent", "handed_over"]


def test_nobody_is_told_of_a_handover_or_a_call_after_the_end() -> None:
    talk = closed()

    assert (talk.is_handed_over(), talk.is_offered_a_call()) == ((), ())


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+34 600 000 001", "+34600000001"),
        ("call me on (0034) 600-000-001 please", "+34600000001"),
        ("600 000 001", "600000001"),
        ("yes", "+34600000001"),
        ("Sí", "+34600000001"),
    ],
)
def test_the_number_they_send_is_noted_and_confirmed(text: str, number: str) -> None:
    talk = receipted()
    asked = talk.is_offered_a_call()

    effects = talk.says(text)

    assert phrases(asked) == ["ask_number"]
    assert NoteNumber(number) in effects
    assert "Relay" in kinds(effects)
    assert phrases(effects) == ["number_noted"]
    assert talk.state == Waiting()


def test_another_line_meanwhile_is_relayed_and_the_question_stands() -> None:
    talk = receipted()
    talk.is_offered_a_call()

    assert silent(talk.says("it fails at 40% since 14:29"))
    assert NoteNumber("+34600000002") in talk.says("+34600000002")


def test_a_number_nobody_asked_for_is_a_line_like_any_other() -> None:
    assert silent(receipted().says("+34 600 000 001"))


@pytest.mark.parametrize("text", ["", "no", "invoice 4711", "2026-06-10", "40%", "abc123456789"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert phone(text) == ""


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_end_says_what_was_wrong_and_what_was_not_affected(language: str) -> None:
    talk = receipted()
    (say,) = talk._told(Closed(talk._facts(), "ours", affected=False))

    assert isinstance(say, Say)
    assert isinstance(talk.state, AskedSolved)
    text = render(language, say.phrase, {"agent": "Lena", **say.values})
    words = {"en": ("on our side and is fixed. No money", "Was it solved?"), "es": ("era nuestro", "¿Quedó resuelto?")}
    assert all(part in text for part in words[language])
