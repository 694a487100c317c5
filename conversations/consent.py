"""STOP and START, in every state and on any channel (conversations.md rule 8)."""

from conversations.effects import Consent, Effect, Relay, Say, StaySilent
from conversations.events import Said
from conversations.states import State
from conversations.words import Meaning, understand


def heard(state: State, event: Said) -> tuple[State, tuple[Effect, ...]] | None:
    """What a whole-message STOP or START does; None for every other line.

    STOP binds at once and is confirmed once, except where the carrier's own answer has gone out already. A line
    that follows is a wish to hear from us again, except by SMS, where only START lifts it.
    """
    line, stopped = event.line, event.facts.stopped
    meaning = understand(line.text) if not line.media else Meaning.OTHER
    by_carrier = line.channel == "sms" or line.answered
    if meaning is Meaning.STOP:
        answer = StaySilent("STOP, confirmed by the carrier") if by_carrier or stopped else Say("stopped")
        return state, (Relay(), answer, Consent(given=False))
    if meaning is Meaning.START and stopped:
        answer = StaySilent("START, confirmed by the carrier") if by_carrier else Say("started")
        return state, (Consent(given=True), Relay(), answer)
    return None


def lifted(event: Said) -> tuple[Effect, ...]:
    """Writing again on a chat channel lifts an earlier STOP before anything is answered."""
    return (Consent(given=True),) if event.facts.stopped and event.line.channel != "sms" else ()
