"""After a person resolved it: was it solved, how did we do, and what reopens (conversations.md rules 6 and 7)."""

from dataclasses import replace
from typing import assert_never

from conversations import report
from conversations.closing import SOLVED, ask, closed, rate
from conversations.effects import Effect, RecordSolved, RecordStars, Relay, Reopen, Say, StaySilent
from conversations.events import Answered, CallOffered, Closed, Event, HandedOver, OpenedAgain, Said, Taken, WentQuiet
from conversations.incident import WORKS
from conversations.incident_events import WentClear
from conversations.states import AskedSolved, AskedStars, AskLater, Done, Idle, StarsLater, State, Waiting
from conversations.words import Meaning, chosen, stars, understand
from triage import Category

Step = tuple[State, tuple[Effect, ...]]
Resolved = AskedSolved | AskedStars | StarsLater | Done
SAME = ("still_broken", "something_new", "just_thanks")


def listen(state: Resolved, event: Event) -> Step:
    """Reads the customer's next line against the question that stands; people's acts leave the question as it is."""
    match event:
        case Said():
            return _said(state, event)
        case Closed(facts):
            return replace(state, at=facts.now), ()
        case OpenedAgain():
            return Waiting(), ()
        case Taken() | Answered() | HandedOver() | CallOffered() | WentQuiet() | WentClear():
            return state, ()


def ask_later(state: AskLater, event: Event) -> Step:
    """The question that could not be sent goes with the answer to their next words, unless these tell of trouble."""
    match event:
        case Said():
            following, effects = _said(Done(state.at), event)
            return ask(state) if following == Done(state.at) else (following, effects)
        case Closed():
            return closed(event)
        case OpenedAgain():
            return Waiting(), ()
        case Taken() | Answered() | HandedOver() | CallOffered() | WentQuiet() | WentClear():
            return state, ()


def _said(state: Resolved, event: Said) -> Step:
    answer = _solved(state, event)
    if answer:
        return _answered(state, event, answer)
    match state:
        case AskedSolved(unclear=True) | Done(unclear=True) if not _late(state, event):
            return _same(state, event)
        case AskedStars() | StarsLater():
            given = stars(event.line.tapped or event.line.text)
            if given:
                return Done(state.at), (RecordStars(given), Say("rated" if given > 2 else "rated_low"))
            if understand(event.line.text) is Meaning.YES:
                return state, (StaySilent("said yes before"),)
            if _chats(event) and not _late(state, event):
                return state, (Relay(), StaySilent("a word about the rating; relayed"))
        case AskedSolved() | Done():
            pass
        case _:
            assert_never(state)
    return _other(state, event)


def _chats(event: Said) -> bool:
    """Whether the line is mere words, about no problem and with no meaning we know."""
    return (
        event.triage.category is Category.OTHER and understand(event.line.text) is Meaning.OTHER and not _shows(event)
    )


def _shows(event: Said) -> bool:
    """Whether a picture, voice note or file came along; a sticker alone says no more than a thumb."""
    return any(media.kind != "sticker" for media in event.line.media)


def _another(event: Said) -> bool:
    """Whether the line is about another category than the ticket's."""
    return event.triage.category.value not in ("other", event.facts.category)


def _late(state: Resolved, event: Said) -> bool:
    """By the line's own time where it has one: found after an outage, it was still said when it was said (S15)."""
    said_at = event.line.occurred_at or event.facts.now
    return said_at - state.at > event.facts.pace.reopens_for


def _answered(state: Resolved, event: Said, answer: str) -> Step:
    """Yes leads to the stars, once; partly and no reopen, or open a linked ticket when they come late."""
    if answer == "yes":
        if isinstance(state, AskedSolved):
            following, asked = rate(state.at, event.facts)
            return following, (RecordSolved("yes"), asked)
        return state, (StaySilent("said yes before"),)
    if _late(state, event):
        fresh, effects = report.opened(event)
        return fresh, (RecordSolved(answer), *effects)
    return Waiting(), (RecordSolved(answer), Reopen(f"customer answered {answer}"), Say("reopened"))


def _solved(state: Resolved, event: Said) -> str:
    """yes, partly, no or nothing; the button (whenever it is tapped), its number and its word are the same answer."""
    if event.line.tapped in SOLVED:
        return event.line.tapped
    if event.line.tapped in WORKS:  # a button of the all-clear, tapped after the ticket was closed
        return "yes" if event.line.tapped == WORKS[0] else "no"
    if not isinstance(state, AskedSolved) or state.unclear:
        return ""
    if named := chosen(event.line, SOLVED):
        return named
    match understand(event.line.text):
        case Meaning.YES | Meaning.ONE:
            return "yes"
        case Meaning.PARTLY | Meaning.TWO:
            return "partly"
        case Meaning.NO | Meaning.THREE:
            return "no"
        case _:
            return ""


def _other(state: Resolved, event: Said) -> Step:
    """Thanks does not reopen, still broken does, another problem is a new ticket, unclear asks once."""
    late = _late(state, event)
    if _shows(event):
        return report.opened(event) if late else _reopened()
    match understand(event.line.text):
        case Meaning.THANKS:
            return state, (StaySilent("thanks after resolving"),)
        case Meaning.STILL_BROKEN if not late and _another(event):
            return report.opened(event)
        case Meaning.STILL_BROKEN | Meaning.PERSON | Meaning.NO if not late:
            return _reopened()
    if late or event.triage.category is not Category.OTHER:
        return report.opened(event)
    if isinstance(state, AskedStars | StarsLater):
        return _reopened()
    return replace(state, unclear=True), (Relay(), Say("ask_same", options=SAME))


def _same(state: AskedSolved | Done, event: Said) -> Step:
    """Reads the answer to "still broken, something new, or just thanks?"; not understood twice brings a person."""
    meant = chosen(event.line, SAME) or {Meaning.ONE: SAME[0], Meaning.TWO: SAME[1], Meaning.THREE: SAME[2]}.get(
        understand(event.line.text), understand(event.line.text).value
    )
    if meant in (SAME[2], Meaning.THANKS):
        return Done(state.at), (StaySilent("thanks after resolving"),)
    if meant == SAME[1]:
        return Idle(), (Say("go_ahead"),)
    if meant == Meaning.OTHER and event.triage.category is not Category.OTHER:
        return report.opened(event)
    return _reopened()


def _reopened() -> Step:
    return Waiting(), (Reopen("customer wrote again"), Relay(), Say("reopened"))
