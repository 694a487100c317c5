"""Beside the urgent receipt stand two choices: text only, or a call (users.md script 2.1)."""

import pytest

from conversations.effects import NoteNumber, NoteTextOnly, Relay, Say, StaySilent
from conversations.states import Waiting
from tests.conversations.talk import URGENT, Talk, kinds, phrases


def urgent(*, known: bool = True) -> Talk:
    """A talk whose urgent report has its receipt."""
    talk = Talk(known=known)
    talk.says("PAYMENT NOT WORKING", URGENT)
    talk.is_woken()
    return talk


def test_an_urgent_receipt_offers_text_only_or_a_call() -> None:
    talk = Talk()
    talk.says("PAYMENT NOT WORKING", URGENT)

    effects = talk.is_woken()

    assert [effect.options for effect in effects if isinstance(effect, Say)] == [("text_only", "call_me")]


def test_who_is_asked_for_their_studio_has_no_second_question() -> None:
    talk = Talk(known=False)
    talk.says("PAYMENT NOT WORKING", URGENT)

    effects = talk.is_woken()

    assert [effect.options for effect in effects if isinstance(effect, Say)] == [()]


@pytest.mark.parametrize(
    ("text", "tapped"), [("1", ""), ("Text only, please", ""), ("Solo texto", ""), ("x", "text_only")]
)
def test_text_only_is_noted_and_wants_no_answer(text: str, tapped: str) -> None:
    effects = urgent().says(text, tapped=tapped)

    assert effects == (Relay(courtesy=True), NoteTextOnly(), Say("text_noted"))


@pytest.mark.parametrize(("text", "tapped"), [("2", ""), ("Call me", ""), ("Llamadme", ""), ("x", "call_me")])
def test_a_call_goes_to_the_number_they_write_from_until_they_send_another(text: str, tapped: str) -> None:
    talk = urgent()

    effects = talk.says(text, tapped=tapped)
    better = talk.says("+34 600 111 222")

    assert effects == (Relay(), NoteNumber("+34600000001"), Say("call_noted", {"number": "+34600000001"}))
    assert NoteNumber("+34600111222") in better


def test_a_yes_is_neither() -> None:
    effects = urgent().says("yes")

    assert kinds(effects) == ["Raise", "Relay", "MarkSeen", "StaySilent"]


def test_once_a_person_has_answered_a_number_is_meant_for_them_and_a_button_still_counts() -> None:
    talk = urgent()
    talk.is_answered()

    number = talk.says("2")
    button = talk.says("Call me", tapped="call_me")

    assert any(isinstance(effect, StaySilent) for effect in number)
    assert phrases(button) == ["call_noted"]
    assert isinstance(talk.state, Waiting)
