"""Stars that wait for the end of a shoot, and for the customer if the window closes first (conversations.md rule 7)."""

from dataclasses import replace

from conversations import resolved
from conversations.effects import Effect, Say, StaySilent
from conversations.events import Event, Facts, Said, WentQuiet
from conversations.states import AskedStars, Done, StarsLater, State

Step = tuple[State, tuple[Effect, ...]]


def listen(state: StarsLater, event: Event) -> Step:
    """What they say meanwhile is read as if the stars were asked; what they did not wait to be asked is taken."""
    match event:
        case WentQuiet(facts) if state.wake_at is not None and facts.now >= state.wake_at:
            return _ask(state, facts)
        case Said():
            following, effects = resolved.listen(state, event)
            if following != state or state.wake_at is not None:
                return following, effects
            following, asked = _ask(state, event.facts)
            kept = tuple(effect for effect in effects if not (asked and isinstance(effect, StaySilent)))
            return following, (*kept, *asked)
        case _:
            return resolved.listen(state, event)


def _ask(state: StarsLater, facts: Facts) -> Step:
    """Not in the next shoot, not outside the window, never after STOP, and not when nobody remembers."""
    if facts.stopped or facts.now - state.at > facts.pace.reopens_for:
        return Done(state.at), ()
    if facts.shoots_until is not None or not facts.window_open:
        return replace(state, wake_at=facts.shoots_until), ()
    return AskedStars(state.at), (Say("ask_stars", {"before": "after_shoot"}),)
