"""Resolved by a person: "Was it solved?" is asked, but never outside WhatsApp's 24 hours; the stars never in a shoot
(conversations.md rule 7)."""

from datetime import datetime

from conversations.effects import Effect, Say
from conversations.events import Closed, Facts
from conversations.states import AskedSolved, AskedStars, AskLater, StarsLater, State

CAUSES = ("ours", "setting", "provider", "theirs", "explained")  # those with a sentence of their own
SOLVED = ("yes", "partly", "no")


def closed(event: Closed) -> tuple[State, tuple[Effect, ...]]:
    """Asks at once where that can be sent; else it waits for the customer's next words."""
    later = AskLater(event.facts.now, event.cause, event.affected)
    return ask(later) if event.facts.window_open else (later, ())


def ask(closing: AskLater) -> tuple[State, tuple[Effect, ...]]:
    """What was wrong, whether money or files were affected, and the question (users.md O10)."""
    told = {None: "", True: "affected_yes", False: "affected_no"}[closing.affected]
    cause = f"cause_{closing.cause}" if closing.cause in CAUSES else ""
    values: dict[str, str | int] = {key: said for key, said in (("cause", cause), ("affected", told)) if said}
    return AskedSolved(closing.at), (Say("closed", values, options=SOLVED),)


def rate(at: datetime, facts: Facts) -> tuple[State, Say]:
    """It was solved: asks for the stars, or waits for the end of the shoot."""
    if facts.shoots_until is not None:
        return StarsLater(at, facts.shoots_until), Say("solved")
    return AskedStars(at), Say("ask_stars", {"before": "good_to_hear"})
