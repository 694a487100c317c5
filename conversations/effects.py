"""What should happen: plain imperative data which the shell turns into rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage import Triage


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket for the line just said; ``linked`` to the conversation's last one if it had any."""

    triage: Triage


@dataclass(frozen=True, slots=True)
class Relay:
    """Put the line just said into the ticket's topic; a ``courtesy`` wants no answer (sla.md rule 10)."""

    courtesy: bool = False


@dataclass(frozen=True, slots=True)
class MarkSeen:
    """Show the customer that this later piece was seen, where the channel can."""


@dataclass(frozen=True, slots=True)
class Raise:
    """A line made the ticket worse: severity only rises by itself."""

    triage: Triage


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the customer ``phrase`` of the book, with ``options`` to choose from (keys of the book); ``late`` is when
    the line was written that it owns up to have found late; ``once``: not while it is the last that we said to them."""

    phrase: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    late: datetime | None = None
    once: bool = False


@dataclass(frozen=True, slots=True)
class StaySilent:
    """The line gets no answer, for this recorded reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class NoteWho:
    """An unknown sender said who they are: a claim for the card, not yet believed."""

    claim: str


@dataclass(frozen=True, slots=True)
class NoteNumber:
    """The number the customer wants to be called on."""

    number: str


@dataclass(frozen=True, slots=True)
class NoteTextOnly:
    """The customer cannot talk where they are: people write, nobody calls."""


@dataclass(frozen=True, slots=True)
class RecordSolved:
    """The answer to "Was it solved?": yes, partly or no."""

    answer: str


@dataclass(frozen=True, slots=True)
class RecordStars:
    """The rating, 1 (bad) to 5 (great)."""

    stars: int


@dataclass(frozen=True, slots=True)
class NoteSame:
    """The answer to "is it the same for you?", asked of who seems to be in an incident."""

    same: bool


@dataclass(frozen=True, slots=True)
class NoteWorks:
    """The answer to "does yours work?" at the all-clear: yes resolves their ticket, no takes it out of the incident."""

    works: bool


@dataclass(frozen=True, slots=True)
class Reopen:
    """The resolved ticket is open again, for this reason."""

    reason: str


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether we may write to this address, from now on."""

    given: bool


@dataclass(frozen=True, slots=True)
class ShowHeld:
    """Send what waited for the customer to write, before anything else is said."""


Effect = (
    OpenTicket
    | Relay
    | MarkSeen
    | Raise
    | Say
    | StaySilent
    | NoteWho
    | NoteNumber
    | NoteTextOnly
    | RecordSolved
    | RecordStars
    | NoteSame
    | NoteWorks
    | Reopen
    | Consent
    | ShowHeld
)
