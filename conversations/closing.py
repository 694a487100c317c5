"""Resolved by a person: "Was it solved?" is asked, but never outside WhatsApp's 24 hours (conversations.md rule 7)."""

from datetime import datetime

from conversations.effects import Effect, Say
from conversations.events import Facts
from conversations.states import AskedSolved, AskLater, State

SOLVED = ("yes", "partly", "no")


def closed(facts: Facts) -> tuple[State, tuple[Effect, ...]]:
    """Asks at once where that can be sent; else it waits for the customer's next words."""
    return ask(facts.now) if facts.window_open else (AskLater(facts.now), ())


def ask(at: datetime) -> tuple[State, tuple[Effect, ...]]:
    """The question about what was resolved ``at``."""
    return AskedSolved(at), (Say("closed", options=SOLVED),)
