"""The report: first words open a ticket at once, and one receipt answers the whole burst."""

from dataclasses import replace

from conversations.calls import ask_number
from conversations.closing import closed
from conversations.effects import Effect, MarkSeen, OpenTicket, Raise, Relay, Say, StaySilent
from conversations.events import (
    Answered,
    CallOffered,
    Closed,
    Event,
    Facts,
    HandedOver,
    Line,
    OpenedAgain,
    Said,
    Taken,
    WentQuiet,
)
from conversations.incident import SAME
from conversations.incident_events import WentClear
from conversations.reach import REACH
from conversations.states import Collecting, Idle, State, Waiting
from conversations.words import Meaning, understand
from triage import Severity

Step = tuple[State, tuple[Effect, ...]]
_EMPTY = (Meaning.HELLO, Meaning.PERSON)
_QUESTIONS: dict[tuple[str, ...], str] = {SAME: "same", REACH: "reach"}


def begin(event: Event) -> Step:
    """Opens a ticket for anything but a bare thanks."""
    if not isinstance(event, Said):
        return Idle(), ()
    if not event.line.media:
        match understand(event.line.text):
            case Meaning.THANKS:
                return Idle(), (Say("welcome"),)
            case Meaning.START:  # Telegram's /start only opens the chat
                return Idle(), (Say("go_ahead"),)
    return opened(event)


def opened(event: Said) -> Step:
    """A fresh ticket: card, page and relay go at once, only the receipt waits."""
    now = event.facts.now
    fresh = Collecting(since=now, last=now, wake_at=now, category=event.triage.category.value)
    state = _counted(fresh, event)
    return state, (OpenTicket(event.triage), Relay(), StaySilent("the receipt answers the whole burst"))


def collect(state: Collecting, event: Event) -> Step:
    """Counts what arrives until the burst ends; a person who comes first ends it early."""
    match event:
        case Said():
            effects: tuple[Effect, ...] = (Relay(), MarkSeen(), StaySilent("the receipt answers the whole burst"))
            return _counted(state, event), (Raise(event.triage), *effects)
        case WentQuiet(facts):
            if facts.now < state.wake_at:
                return state, ()
            receipt = _receipt(state, facts)
            return _asked(state, facts, receipt), (receipt,)
        case Taken(facts):
            receipt = _receipt(state, facts)
            return _asked(state, facts, receipt), (receipt, Say("taken"))
        case HandedOver(facts):
            receipt = _receipt(state, facts)
            return _asked(state, facts, receipt), (receipt, Say("handed_over"))
        case CallOffered(facts):
            return replace(_waiting(state, facts), number_asked=True), (_receipt(state, facts), ask_number(facts))
        case Answered():
            return Waiting(), ()
        case Closed():
            return closed(event)
        case OpenedAgain():
            return state, ()
        case WentClear(facts):
            return replace(_waiting(state, facts), asked="works"), ()


def _counted(state: Collecting, event: Said) -> Collecting:
    pace, now, line = event.facts.pace, event.facts.now, event.line
    urgent = state.urgent or event.triage.severity is Severity.SEV1
    latest = state.since + (pace.urgent if urgent else pace.burst)
    quiet = now + pace.quiet
    return replace(
        state,
        last=now,
        wake_at=min(quiet, latest),
        words=_words(state.words, line.text.strip()),
        pictures=state.pictures + _count(line, "picture"),
        voices=state.voices + _count(line, "voice", "audio"),
        files=state.files + _count(line, "video", "video_note", "animation", "document"),
        urgent=urgent,
        category=state.category if state.category != "other" else event.triage.category.value,
    )


def _words(kept: str, new: str) -> str:
    """The first words that tell something: a greeting or a bare call for help gives way to what follows it."""
    return new if new and (not kept or understand(kept) in _EMPTY) else kept


def _count(line: Line, *kinds: str) -> int:
    return sum(media.kind in kinds for media in line.media)


def _waiting(state: Collecting, facts: Facts) -> Waiting:
    return Waiting(who_asked=0 if facts.known else state.who_asked + 1)


def _asked(state: Collecting, facts: Facts, receipt: Say) -> Waiting:
    """The question of the receipt stands."""
    return replace(_waiting(state, facts), asked=_QUESTIONS.get(receipt.options, ""))


def _receipt(state: Collecting, facts: Facts) -> Say:
    """Seen, do now, who and when (users.md 3.1); a greeting alone is asked what it is about."""
    values: dict[str, str | int] = {
        "words": state.words,
        "picture": state.pictures,
        "voice": state.voices,
        "file": state.files,
        "aid": state.category,
        "who": "" if facts.known else "ask_who",
    }
    empty = understand(state.words) in _EMPTY and not (state.pictures or state.voices or state.files)
    if state.late:
        return Say("receipt_late", values, late=state.late)
    if facts.shared and not empty:
        return Say("receipt_shared", values, options=SAME)
    if state.urgent and not empty:
        return Say("receipt_urgent", values, options=REACH if facts.known else ())
    return Say("receipt_what" if empty else "receipt", values)
