"""What a page is, what it is told (past tense), and what should happen (imperative)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from oncall.ladders import Ladder
from oncall.people import Person

Crew = Mapping[str, tuple[Person, ...]]  # who is on in each role, and everybody


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has it, since when, and by which path they said so: button, code, keypad, command, link or reply."""

    person: int
    name: str
    path: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """One ring of the rung that is being asked."""

    person: int
    channel: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """``rung`` counts from 0 through the steps, then the alarm, then the repeats; ``passed`` are left alone until a
    repeat. ``due_at`` is when it must be looked at next: a rung, or when who has it has it no longer."""

    cause: str
    ladder: Ladder
    begun_at: datetime
    tickets: tuple[int, ...]
    state: Literal["ringing", "held", "over"] = "ringing"
    rung: int = -1
    due_at: datetime | None = None
    asked: tuple[Asked, ...] = ()
    passed: frozenset[int] = frozenset()
    holder: Holder | None = None
    alarmed_at: datetime | None = None
    ended_at: datetime | None = None


# Events


@dataclass(frozen=True, slots=True)
class CameDue:
    now: datetime
    crew: Crew


@dataclass(frozen=True, slots=True)
class ChannelFailed:
    """For good: nobody will be reached by this ring of that rung."""

    now: datetime
    crew: Crew
    person: int
    channel: str
    rung: int


@dataclass(frozen=True, slots=True)
class Acknowledged:
    now: datetime
    person: int
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class PassedOn:
    now: datetime
    crew: Crew
    person: int


@dataclass(frozen=True, slots=True)
class Worked:
    """Somebody did what the page asked for: wrote to the customer or, as engineer, in the topic."""

    now: datetime
    person: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The page has lost its reason: resolved, or no longer of a severity that pages."""

    now: datetime


@dataclass(frozen=True, slots=True)
class Joined:
    """One more ticket of the same incident."""

    now: datetime
    ticket: int


Event = CameDue | ChannelFailed | Acknowledged | PassedOn | Worked | Ended | Joined


# Effects


@dataclass(frozen=True, slots=True)
class Ring:
    """One page to one person on one channel. ``first``: nobody was asked before, so it never waits for a bundle."""

    person: int
    channel: str
    rung: int
    first: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """Everything that still rings or waits to ring for this page stops: for one person, or (None) for all."""

    person: int | None = None


@dataclass(frozen=True, slots=True)
class ShowHolder:
    """Shown everywhere: "Priya has it 14:36"."""

    holder: Holder


@dataclass(frozen=True, slots=True)
class ShowLost:
    """Who had it did nothing with it, so it rings again."""

    holder: Holder


@dataclass(frozen=True, slots=True)
class ShowPassed:
    person: int


@dataclass(frozen=True, slots=True)
class ShowUnreached:
    """Nobody of these roles can be reached: nobody is on, or no verified channel is left; the next are asked now."""

    rung: int
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TellHolder:
    """To a late or second acknowledgement: who has it; None when the page is over and nobody took it."""

    person: int
    holder: Holder | None


@dataclass(frozen=True, slots=True)
class RaiseAlarm:
    """The ladder is exhausted: ALARM_TO is paged, and the alarm stands until somebody has it."""

    rung: int


@dataclass(frozen=True, slots=True)
class LowerAlarm:
    pass


@dataclass(frozen=True, slots=True)
class Recount:
    """The card's count of tickets rises silently."""

    tickets: int


Effect = (
    Ring | Silence | ShowHolder | ShowLost | ShowPassed | ShowUnreached | TellHolder | RaiseAlarm | LowerAlarm | Recount
)
