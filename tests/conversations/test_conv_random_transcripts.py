"""No dead end: whatever is said, tapped, sent or done in any order, the machine holds (rules 1, 4, 6)."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from conversations import advance
from conversations.effects import Effect, OpenTicket, Reopen, Say, StaySilent
from conversations.events import (
    Answered,
    CallOffered,
    Closed,
    Event,
    Facts,
    HandedOver,
    Line,
    Media,
    Pace,
    Said,
    Taken,
    WentQuiet,
)
from conversations.phrases import clock_time, labels, render
from conversations.states import Collecting, Idle, Lost, StarsLater, State, Waiting, from_json, to_json, wake_at
from conversations.words import Meaning, understand
from tests.conversations.talk import NOON
from triage import Category, Severity, Triage

WORDS = (
    *("yes", "no", "partly", "1", "2", "3", "5", "0", "?", "agent", "help", "thanks", "👍", "ok", "still broken"),
    *(
        "sí",
        "gracias",
        "sigue igual",
        "hola",
        "hi",
        "hm",
        "STOP",
        "card payments fail",
        "Studio Luz",
        "⭐⭐",
        "",
        "   ",
    ),
)
KINDS = ("picture", "voice", "video", "audio", "document", "sticker", "location", "contact")
TAPS = (
    "",
    "",
    "",
    "yes",
    "partly",
    "no",
    "still_broken",
    "something_new",
    "just_thanks",
    "show_answer",
    "of another program",
)

texts = st.sampled_from(WORDS) | st.text(max_size=60)
media = st.lists(st.builds(Media, st.sampled_from(KINDS), st.just("ref")), max_size=3).map(tuple)
lines = st.builds(
    Line,
    st.just("whatsapp"),
    st.just("+34600"),
    st.just("+34910"),
    st.just("SM1"),
    texts,
    media,
    tapped=st.sampled_from(TAPS),
)
guesses = st.builds(
    Triage, st.sampled_from(Category), st.sampled_from(Severity), st.just(0.9), st.just(0.9), st.just(()), st.booleans()
)
said = st.tuples(st.just(Said), lines, guesses)
acts = st.sampled_from(
    [(WentQuiet,), (WentQuiet,), (Taken,), (Answered,), (HandedOver,), (CallOffered,), (Closed,), (Closed,)]
)
delays = st.sampled_from([0.0, 0.5, 3.0, 7.9, 8.0, 9.0, 60.0, 86400.0, 8 * 86400.0])
transcripts = st.lists(st.tuples(delays, said | said | said | acts), min_size=1, max_size=25)


@dataclass
class Record:
    """What a transcript did, step by step: the event, what came of it, and the state after it."""

    steps: list[tuple[Event, tuple[Effect, ...], State, Facts]] = field(default_factory=list)


def played(transcript: list[tuple[float, tuple[object, ...]]], known: bool, start: State | None = None) -> Record:
    """Plays it; the state goes through JSON before every step, as it does in the program."""
    record, state, now = Record(), start or Idle(), NOON
    for delay, (kind, *parts) in transcript:
        now += timedelta(seconds=delay)
        closed = (
            len(record.steps) % 3 == 2
        )  # every third step finds WhatsApp's window closed, the next shows what was held
        shoots = now + timedelta(hours=2) if len(record.steps) % 4 < 2 else None
        facts = Facts(now, known=known, window_open=not closed, held=len(record.steps) % 3 == 0, shoots_until=shoots)
        event: Event = kind(*parts, facts)  # type: ignore[operator]
        state, effects = advance(from_json(json.loads(json.dumps(to_json(state)))), event)
        record.steps.append((event, effects, state, facts))
    return record


@given(transcripts, st.booleans())
@settings(max_examples=120, deadline=None)
def test_every_line_is_answered_or_its_silence_has_a_reason(transcript: list[object], known: bool) -> None:
    record = played(transcript, known)  # type: ignore[arg-type]

    for event, effects, _, _ in record.steps:
        if isinstance(event, Said):
            assert any(
                isinstance(effect, Say) or (isinstance(effect, StaySilent) and effect.reason) for effect in effects
            )


@given(transcripts, st.booleans())
@settings(max_examples=120, deadline=None)
def test_a_ticket_is_opened_only_when_none_is_open_and_reopened_only_when_it_was_closed(
    transcript: list[object], known: bool
) -> None:
    record, is_open = played(transcript, known), False  # type: ignore[arg-type]

    for event, effects, state, _ in record.steps:
        if isinstance(event, Closed):
            is_open = False
        begun = [effect for effect in effects if isinstance(effect, OpenTicket | Reopen)]
        assert len(begun) <= (0 if is_open else 1)
        is_open = is_open or bool(begun)
        assert isinstance(state, Collecting | Waiting) == is_open


@given(transcripts, st.booleans())
@settings(max_examples=120, deadline=None)
def test_a_burst_is_woken_within_twenty_seconds_and_never_before_its_time(
    transcript: list[object], known: bool
) -> None:
    record, pace = played(transcript, known), Pace()  # type: ignore[arg-type]

    for _, _, state, facts in record.steps:
        due = wake_at(state)
        assert (due is not None) == isinstance(state, Collecting) or isinstance(state, StarsLater)
        if isinstance(state, Collecting) and due is not None:
            assert state.since <= due <= state.since + (pace.urgent if state.urgent else pace.burst)
            assert due <= state.last + pace.quiet
            assert due > facts.now or due - state.since in (pace.urgent, pace.burst) or due == state.last + pace.quiet


@given(transcripts, st.booleans())
@settings(max_examples=80, deadline=None)
def test_stars_are_never_asked_in_a_shoot(transcript: list[object], known: bool) -> None:
    begun = StarsLater(NOON, NOON + timedelta(minutes=1))

    record = played(transcript, known, start=begun)  # type: ignore[arg-type]

    for _, effects, _, facts in record.steps:
        asked = any(isinstance(effect, Say) and effect.phrase == "ask_stars" for effect in effects)
        assert not (asked and facts.shoots_until)


@given(transcripts, st.booleans())
@settings(max_examples=80, deadline=None)
def test_every_burst_ends_in_words_when_it_is_woken(transcript: list[object], known: bool) -> None:
    record = played(transcript, known)  # type: ignore[arg-type]
    _, _, state, _ = record.steps[-1]

    if isinstance(state, Collecting):
        after, effects = advance(state, WentQuiet(Facts(state.wake_at, known=known)))

        assert [effect.phrase for effect in effects if isinstance(effect, Say)] in (
            ["receipt"],
            ["receipt_urgent"],
            ["receipt_what"],
        )
        assert isinstance(after, Waiting)


@given(transcripts, st.booleans(), st.sampled_from(["agent", "persona", "0", "?", "help", "ayuda"]))
@settings(max_examples=80, deadline=None)
def test_from_every_state_a_person_is_one_word_away(transcript: list[object], known: bool, word: str) -> None:
    _, _, before, facts = played(transcript, known).steps[-1]  # type: ignore[arg-type]
    line = Line("sms", "+34600", "+34910", "SM2", word)
    guess = Triage(Category.OTHER, Severity.SEV3, 0.5, 0.5, (), safety=False)

    after, effects = advance(before, Said(line, guess, facts))

    promised = {effect.phrase for effect in effects if isinstance(effect, Say)} & {"person_by", "reopened"}
    assert promised or isinstance(after, Collecting)


@given(transcripts, st.booleans())
@settings(max_examples=80, deadline=None)
def test_an_unknown_sender_is_never_asked_more_than_twice_about_one_ticket(
    transcript: list[object], known: bool
) -> None:
    record, asked = played(transcript, known), 0  # type: ignore[arg-type]

    for _, effects, _, _ in record.steps:
        if any(isinstance(effect, OpenTicket) for effect in effects):
            asked = 0
        asked += sum(
            effect.phrase == "ask_who_again" or effect.values.get("who") == "ask_who"
            for effect in effects
            if isinstance(effect, Say)
        )
        assert asked <= (0 if known else 2)


@given(transcripts, st.booleans())
@settings(max_examples=80, deadline=None)
def test_courtesy_never_opens_and_never_reopens(transcript: list[object], known: bool) -> None:
    record = played(transcript, known)  # type: ignore[arg-type]

    for event, effects, _, _ in record.steps:
        if isinstance(event, Said) and not event.line.media and not event.line.tapped:
            courtesy = understand(event.line.text) is Meaning.THANKS
            assert not (courtesy and any(isinstance(effect, OpenTicket | Reopen) for effect in effects))


@given(transcripts, st.booleans(), st.sampled_from(["en", "es"]), st.text(max_size=64))
@settings(max_examples=80, deadline=None)
def test_whatever_is_said_reads_well_in_every_language(
    transcript: list[object], known: bool, language: str, name: str
) -> None:
    madrid, by = ZoneInfo("Europe/Madrid"), NOON + timedelta(days=9)
    given_values = {"name": name, "by": clock_time(by, NOON, madrid, language), "agent": "Lena"}

    for _, effects, _, _ in played(transcript, known).steps:  # type: ignore[arg-type]
        for effect in effects:
            if isinstance(effect, Say):
                text = render(language, effect.phrase, {**given_values, **effect.values})
                assert 0 < len(text) <= 320
                assert all(len(label) <= 20 for _, label in labels(language, effect.options))


@given(transcripts, st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_conversation_that_was_lost_goes_on_like_any_other(transcript: list[object], known: bool) -> None:
    record = played(transcript, known, start=Lost("Dreaming", {"x": 1}))  # type: ignore[arg-type]

    for event, effects, _, _ in record.steps:
        if isinstance(event, Said):
            assert any(isinstance(effect, Say | StaySilent) for effect in effects)
