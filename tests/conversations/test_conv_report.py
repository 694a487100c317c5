"""The report: a burst becomes one ticket and one receipt that says what arrived (conversations.md rules 1, 2, 9)."""

from datetime import timedelta

import pytest

from conversations.effects import MarkSeen, NoteWho, OpenTicket, Raise, Relay, Say
from conversations.events import Media, Pace
from conversations.states import Collecting, Idle, Waiting, wake_at
from tests.conversations.talk import (
    CHAT,
    DOCUMENT,
    NOON,
    PICTURE,
    STICKER,
    UPLOAD,
    URGENT,
    VOICE,
    Talk,
    about,
    kinds,
    opens,
    phrases,
    receipted,
    silent,
)
from triage import Triage


def receipt(talk: Talk) -> Say:
    said = [effect for effect in talk.is_woken() if isinstance(effect, Say)]
    assert len(said) == 1
    return said[0]


def test_the_ticket_and_the_relay_go_at_once_and_only_the_receipt_waits() -> None:
    talk = Talk()

    effects = talk.says("card payments fail", URGENT)

    assert effects[:2] == (OpenTicket(URGENT), Relay())
    assert phrases(effects) == []


def test_a_single_line_is_receipted_after_eight_quiet_seconds() -> None:
    talk = Talk()

    talk.says("my upload stops at 40%", UPLOAD, after=0)

    assert wake_at(talk.state) == NOON + timedelta(seconds=8)


def test_each_further_line_starts_the_eight_seconds_again() -> None:
    talk = Talk()
    talk.says("my upload stops", UPLOAD, after=0)

    talk.says("at 40%", UPLOAD, after=7)

    assert wake_at(talk.state) == NOON + timedelta(seconds=15)


def test_a_burst_that_never_pauses_is_receipted_after_twenty_seconds() -> None:
    talk = Talk()
    talk.says("my upload stops", UPLOAD, after=0)

    for _ in range(4):
        talk.says("and again", UPLOAD, after=4.5)

    assert wake_at(talk.state) == NOON + timedelta(seconds=20)


def test_urgent_words_are_receipted_after_eight_seconds_whatever_follows() -> None:
    talk = Talk()
    talk.says("card payments fail, wedding now", URGENT, after=0)

    talk.says("please", CHAT, after=6)

    assert wake_at(talk.state) == NOON + timedelta(seconds=8)


def test_words_that_turn_urgent_late_in_a_burst_are_receipted_at_once() -> None:
    talk = Talk()
    talk.says("hello there everybody", CHAT, after=0)
    talk.says("we have a small thing", CHAT, after=7)

    talk.says("nobody can pay", URGENT, after=6)

    due = wake_at(talk.state)
    assert due is not None
    assert due <= talk.now


def test_the_pace_is_the_policys_and_not_a_number_in_the_code() -> None:
    second = timedelta(seconds=1)
    talk = Talk(pace=Pace(quiet=2 * second, burst=5 * second, urgent=1 * second))

    talk.says("my upload stops", UPLOAD, after=0)
    slow = wake_at(talk.state)
    talk.says("nobody can pay", URGENT, after=0)
    fast = wake_at(talk.state)

    assert (slow, fast) == (NOON + 2 * second, NOON + 1 * second)


def test_being_woken_too_early_says_nothing_and_keeps_waiting() -> None:
    talk = Talk()
    talk.says("my upload stops", UPLOAD, after=0)
    before = talk.state

    effects = talk.goes_quiet(after=7.9)

    assert (effects, talk.state) == ((), before)


def test_one_receipt_counts_everything_that_arrived() -> None:
    talk = Talk()
    talk.says("upload fails", UPLOAD)
    talk.says(media=(PICTURE,))
    talk.says(media=(PICTURE, DOCUMENT))
    talk.says(media=(VOICE,))

    said = receipt(talk)

    counted = {key: said.values[key] for key in ("words", "picture", "voice", "file")}
    assert counted == {"words": "upload fails", "picture": 2, "voice": 1, "file": 1}


def test_only_one_receipt_is_sent_for_a_burst() -> None:
    talk = Talk()
    talk.says("upload fails", UPLOAD)
    talk.says("really", UPLOAD)
    first = phrases(talk.is_woken())

    second = phrases(talk.goes_quiet(after=60))

    assert (len(first), second) == (1, [])


def test_a_burst_opens_one_ticket_and_marks_later_pieces_seen() -> None:
    talk = Talk()
    first = talk.says("upload fails", UPLOAD)

    later = talk.says("since this morning", UPLOAD)

    assert (opens(first), opens(later)) == (True, False)
    assert later[:3] == (Raise(UPLOAD), Relay(), MarkSeen())


@pytest.mark.parametrize(
    ("triage", "phrase"), [(URGENT, "receipt_urgent"), (UPLOAD, "receipt"), (about("payment", 3), "receipt")]
)
def test_the_receipt_fits_how_bad_it_is_and_brings_first_aid(triage: Triage, phrase: str) -> None:
    talk = Talk()
    talk.says("something happened to us", triage)

    said = receipt(talk)

    assert said.phrase == phrase
    assert said.values["aid"] == triage.category.value


def test_first_aid_follows_the_first_line_that_tells_the_topic() -> None:
    talk = Talk()
    talk.says("so, listen to this", CHAT)
    talk.says("the card was charged twice", URGENT)

    said = receipt(talk)

    assert (said.phrase, said.values["aid"]) == ("receipt_urgent", "payment")


@pytest.mark.parametrize("words", ["hello", "Hola", "HELP", "ayuda", "help me please", "?", "0"])
def test_a_greeting_or_a_bare_call_for_help_is_asked_what_it_is_about(words: str) -> None:
    talk = Talk()
    talk.says(words)

    assert receipt(talk).phrase == "receipt_what"


@pytest.mark.parametrize("greeting", ["hi", "Hello!", "buenos días", "help"])
def test_a_greeting_sent_before_the_problem_does_not_hide_it(greeting: str) -> None:
    talk = Talk()
    talk.says(greeting)
    talk.says("nobody can pay at our wedding", URGENT)

    said = receipt(talk)

    assert (said.phrase, said.values["words"]) == ("receipt_urgent", "nobody can pay at our wedding")


@pytest.mark.parametrize("media", [PICTURE, VOICE, DOCUMENT])
def test_a_greeting_with_an_attachment_is_receipted_with_the_attachment(media: Media) -> None:
    talk = Talk()
    talk.says("hello", media=(media,))

    said = receipt(talk)

    assert said.phrase == "receipt"


@pytest.mark.parametrize("media", [(PICTURE,), (VOICE,), (STICKER,), ()])
def test_a_message_without_words_still_gets_a_ticket_and_a_receipt(media: tuple[Media, ...]) -> None:
    talk = Talk()

    effects = talk.says("", media=media)

    assert opens(effects)
    assert receipt(talk).phrase == "receipt"


@pytest.mark.parametrize("words", ["thanks!", "Gracias", "muchas gracias", "ok", "👍", "❤️"])
def test_a_bare_thanks_out_of_the_blue_opens_no_ticket(words: str) -> None:
    talk = Talk()

    effects = talk.says(words)

    assert (opens(effects), phrases(effects), talk.state) == (False, ["welcome"], Idle())


def test_thanks_under_a_picture_is_a_report() -> None:
    assert opens(Talk().says("thanks", media=(PICTURE,)))


def test_somebody_who_takes_it_during_the_burst_brings_the_receipt_forward() -> None:
    talk = Talk()
    talk.says("upload fails", UPLOAD)

    effects = talk.is_taken()

    assert phrases(effects) == ["receipt", "taken"]
    assert talk.goes_quiet(after=30) == ()


def test_an_answer_during_the_burst_replaces_the_receipt() -> None:
    talk = Talk()
    talk.says("upload fails", UPLOAD)

    talk.is_answered()

    assert isinstance(talk.state, Waiting)
    assert talk.goes_quiet(after=30) == ()


def test_resolving_during_the_burst_asks_whether_it_is_solved() -> None:
    talk = Talk()
    talk.says("upload fails", UPLOAD)

    effects = talk.is_closed()

    assert phrases(effects) == ["closed"]
    assert talk.goes_quiet(after=30) == ()


def test_a_known_sender_is_not_asked_who_they_are() -> None:
    talk = Talk(known=True)
    talk.says("upload fails", UPLOAD)

    assert receipt(talk).values["who"] == ""


def test_an_unknown_sender_is_asked_in_the_receipt_and_once_more_and_never_again() -> None:
    talk = Talk(known=False)
    talk.says("upload fails", UPLOAD)
    asked = [receipt(talk).values["who"]]

    for _ in range(4):
        asked += phrases(talk.says("it still does not upload at all", UPLOAD))

    assert asked == ["ask_who", "ask_who_again"]


def test_an_unknown_sender_who_answers_is_noted_and_thanked_once() -> None:
    talk = receipted(known=False)

    first = talk.says("Studio Luz")
    second = talk.says("in Sevilla")

    assert NoteWho("Studio Luz") in first
    assert phrases(first) == ["who_noted"]
    assert silent(second)


@pytest.mark.parametrize("words", ["ok thanks", "gracias", "👍", "hello", "yes"])
def test_a_courtesy_is_not_taken_for_the_name_of_a_studio(words: str) -> None:
    talk = receipted(known=False)

    courtesy = talk.says(words)
    name = talk.says("Studio Luz")

    assert "NoteWho" not in kinds(courtesy)
    assert NoteWho("Studio Luz") in name


def test_a_claim_of_any_length_is_kept_short() -> None:
    talk = receipted(known=False)

    effects = talk.says("Studio " + "Luz " * 200)

    claims = [effect.claim for effect in effects if isinstance(effect, NoteWho)]
    assert [len(claim) <= 120 for claim in claims] == [True]


def test_a_picture_is_not_taken_for_the_answer_to_who_they_are() -> None:
    talk = receipted(known=False)

    effects = talk.says(media=(PICTURE,))

    assert silent(effects)
    assert talk.state == Waiting(who_asked=1)


def test_the_state_while_collecting_holds_the_first_words_only() -> None:
    talk = Talk()
    talk.says(media=(PICTURE,))
    talk.says("  the gallery is empty  ", UPLOAD)
    talk.says("second words", UPLOAD)

    assert isinstance(talk.state, Collecting)
    assert talk.state.words == "the gallery is empty"
