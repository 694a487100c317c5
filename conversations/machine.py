"""The one door of the machine: picks the flow by the state's type."""

from typing import assert_never

from conversations import calls, consent, held, late, rating, report, resolved, waiting
from conversations.effects import Effect, OpenTicket, Raise, Relay, Say
from conversations.events import Event, Said
from conversations.states import (
    AskedSolved,
    AskedStars,
    AskLater,
    Collecting,
    Done,
    Idle,
    Lost,
    StarsLater,
    State,
    Waiting,
)

Step = tuple[State, tuple[Effect, ...]]


def advance(state: State, event: Event | calls.Called) -> Step:
    """The next state and what should happen. Every Said yields a Say or a StaySilent (conversations.md rule 4)."""
    if isinstance(event, calls.Called):
        return calls.called(state, event)
    if not isinstance(event, Said):
        return _flow(state, event)
    consented = consent.heard(state, event)
    if consented is not None:
        following, effects = consented
        return following, (*effects, *held.shown(event))
    following, effects = late.owned_up(event, *(held.tapped(state, event) or _flow(state, event)))
    return following, (*consent.lifted(event), *held.shown(event), *effects, *_unseen(event))


def _unseen(event: Said) -> tuple[Effect, ...]:
    """What nobody here can open is said at once, so that nobody waits for an answer to it; of several in a row once."""
    unsupported = any(media.kind == "unsupported" for media in event.line.media)
    return (Say("unsupported", once=True),) if unsupported and not event.facts.stopped else ()


def _flow(state: State, event: Event) -> Step:
    match state:
        case Idle():
            return report.begin(event)
        case Collecting():
            return report.collect(state, event)
        case Waiting():
            return waiting.talk(state, event)
        case AskLater():
            return resolved.ask_later(state, event)
        case StarsLater():
            return rating.listen(state, event)
        case AskedSolved() | AskedStars() | Done():
            return resolved.listen(state, event)
        case Lost():
            return _recover(state, event)
        case _:
            assert_never(state)


def _recover(state: Lost, event: Event) -> Step:
    """A receipt and a person, whatever the lost state was."""
    if not isinstance(event, Said):
        return state, ()
    ticket = Raise(event.triage) if event.facts.open else OpenTicket(event.triage)
    return Waiting(), (ticket, Relay(), Say("person_by"))
