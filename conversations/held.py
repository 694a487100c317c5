"""Answers held until the customer writes: any line shows them; a tap on "Show my answer" means no more than that."""

from conversations.closing import ask
from conversations.effects import Effect, ShowHeld, StaySilent
from conversations.events import Said
from conversations.states import AskLater, State
from conversations.words import chosen

SHOW = "show_answer"


def shown(event: Said) -> tuple[Effect, ...]:
    """What was held goes out whatever the line says."""
    return (ShowHeld(),) if event.facts.held else ()


def tapped(state: State, event: Said) -> tuple[State, tuple[Effect, ...]] | None:
    """What the tap on the template leads to; None for every other line."""
    line = event.line
    if line.tapped != SHOW and not (event.facts.held and chosen(line, (SHOW,))):
        return None
    if isinstance(state, AskLater):
        return ask(state)
    return state, (StaySilent("the tap shows what was held"),)
