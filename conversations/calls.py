"""A call from a studio, in every state: a talk is an answer, a missed call is a line that waits for one."""

from dataclasses import dataclass

from conversations.effects import Effect, OpenTicket, Raise, Say
from conversations.events import Facts
from conversations.states import Collecting, State, Waiting
from triage import Triage


@dataclass(frozen=True, slots=True)
class Called:
    """They called the hotline: somebody ``talked`` with them, or nobody reached it in time, and they may be texted or
    not. ``triage`` is what such a call is taken for."""

    facts: Facts
    triage: Triage
    talked: bool
    told: bool = True


def called(state: State, event: Called) -> tuple[State, tuple[Effect, ...]]:
    """Opens a ticket where none is; a missed call raises an open one, a talk leaves that to people."""
    if not event.facts.open:
        ticket: tuple[Effect, ...] = (OpenTicket(event.triage),)
    else:
        ticket = () if event.talked else (Raise(event.triage),)
    said = (Say("call_missed"),) if event.told and not event.talked else ()
    waits = isinstance(state, Waiting) or (isinstance(state, Collecting) and not event.talked)
    return state if waits and event.facts.open else Waiting(), (*ticket, *said)


def ask_number(facts: Facts) -> Say:
    """Who wants to call asks for a number, by name."""
    return Say("ask_number", {"agent": facts.owner} if facts.owner else {})
