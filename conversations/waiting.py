"""The customer has the receipt: lines go to the topic, a person is always one word away."""

from dataclasses import replace

from conversations import incident, reach
from conversations.calls import ask_number
from conversations.closing import closed
from conversations.effects import Effect, MarkSeen, NoteNumber, NoteWho, Raise, Relay, Say, StaySilent
from conversations.events import Answered, CallOffered, Closed, Event, HandedOver, OpenedAgain, Said, Taken, WentQuiet
from conversations.incident_events import WentClear
from conversations.states import State, Waiting
from conversations.words import Meaning, phone, understand
from triage import Category, Severity

Step = tuple[State, tuple[Effect, ...]]
ASKS = 2  # an unknown sender is asked who they are at most twice (conversations.md rule 9)


def talk(state: Waiting, event: Event) -> Step:
    """Relays every line; asks for a person or saying who one is are answered, the rest is read by a person."""
    match event:
        case Said():
            return _said(state, event)
        case Taken(facts):
            return state, (Say("taken"),) if facts.window_open else ()
        case HandedOver(facts, by):
            told = Say("handed_over_next", {"by": by}) if by else Say("handed_over")
            return state, (told,) if facts.window_open else ()
        case CallOffered(facts):
            return replace(state, number_asked=True), (ask_number(facts),)
        case Closed():
            return closed(event)
        case WentClear():
            return replace(state, asked="works"), ()
        case Answered():
            return replace(state, asked="" if state.asked == "reach" else state.asked), ()
        case OpenedAgain() | WentQuiet():
            return state, ()


def _said(state: Waiting, event: Said) -> Step:
    answered = incident.answered(state, event) or reach.answered(state, event)
    if answered is not None:
        return answered
    heard = understand(event.line.text)
    courtesy = heard is Meaning.THANKS and not event.line.media
    seen: tuple[Effect, ...] = (Raise(event.triage), Relay(courtesy), MarkSeen())
    number = _number(event) if state.number_asked else ""
    if number:
        return replace(state, number_asked=False), (*seen, NoteNumber(number), Say("number_noted"))
    if heard is Meaning.PERSON:
        return state, (*seen, Say("person_here" if event.facts.owner else "person_by"))
    if not event.facts.known and state.who_asked and heard is Meaning.OTHER and event.line.text.strip():
        return _who(state, event, seen)
    return state, (*seen, StaySilent("relayed to the people on the ticket"))


def _number(event: Said) -> str:
    """The number in their answer; a mere yes means the one they write from."""
    mine = reach.own(event.line) if understand(event.line.text) is Meaning.YES else ""
    return mine or phone(event.line.text)


def _who(state: Waiting, event: Said, seen: tuple[Effect, ...]) -> Step:
    """Takes a line that tells of no problem as the answer to "which studio are you?"."""
    about = event.triage
    if about.category is Category.OTHER or about.severity is Severity.SEV3:
        return Waiting(), (*seen, NoteWho(event.line.text.strip()[:120]), Say("who_noted"))
    if state.who_asked < ASKS:
        return Waiting(state.who_asked + 1), (*seen, Say("ask_who_again"))
    return Waiting(), (*seen, StaySilent("asked twice who they are; relayed to the people on the ticket"))
