"""The customer has the receipt: lines go to the topic, a person is always one word away."""

from conversations.closing import closed
from conversations.effects import Effect, MarkSeen, NoteWho, Raise, Relay, Say, StaySilent
from conversations.events import Answered, Closed, Event, Said, Taken, WentQuiet
from conversations.states import State, Waiting
from conversations.words import Meaning, understand
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
        case Closed(facts):
            return closed(facts)
        case Answered() | WentQuiet():
            return state, ()


def _said(state: Waiting, event: Said) -> Step:
    heard = understand(event.line.text)
    courtesy = heard is Meaning.THANKS and not event.line.media
    seen: tuple[Effect, ...] = (Raise(event.triage), Relay(courtesy), MarkSeen())
    if heard is Meaning.PERSON:
        return state, (*seen, Say("person_here" if event.facts.owner else "person_by"))
    if not event.facts.known and state.who_asked and heard is Meaning.OTHER and event.line.text.strip():
        return _who(state, event, seen)
    return state, (*seen, StaySilent("relayed to the people on the ticket"))


def _who(state: Waiting, event: Said, seen: tuple[Effect, ...]) -> Step:
    """Takes a line that tells of no problem as the answer to "which studio are you?"."""
    about = event.triage
    if about.category is Category.OTHER or about.severity is Severity.SEV3:
        return Waiting(), (*seen, NoteWho(event.line.text.strip()[:120]), Say("who_noted"))
    if state.who_asked < ASKS:
        return Waiting(state.who_asked + 1), (*seen, Say("ask_who_again"))
    return Waiting(), (*seen, StaySilent("asked twice who they are; relayed to the people on the ticket"))
