"""A line found long after it was written: one honest message an outage, in place of the usual words (users.md 2.4)."""

from dataclasses import replace

from conversations.effects import Effect, Say, StaySilent
from conversations.events import Said
from conversations.states import Collecting, State, Waiting

_SAY_THE_SAME = ("person_by", "person_here", "reopened", "who_noted")  # a person, and by when


def owned_up(event: Said, following: State, effects: tuple[Effect, ...]) -> tuple[State, tuple[Effect, ...]]:
    """Makes the receipt, or else what is said now, own up to the outage; who waits for nobody needs no apology."""
    if event.late is None:
        return following, effects
    if isinstance(following, Collecting):
        return replace(following, late=following.late or event.late), effects
    kept = tuple(effect for effect in effects if not _gives_way(effect))
    if not isinstance(following, Waiting) or any(isinstance(effect, Say) for effect in kept):
        return following, effects
    return following, (*kept, Say("late", late=event.late))


def _gives_way(effect: Effect) -> bool:
    return isinstance(effect, StaySilent) or (isinstance(effect, Say) and effect.phrase in _SAY_THE_SAME)
