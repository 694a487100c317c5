"""Where a conversation stands, and the only code that writes states to JSON and reads them back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

VERSION = 1


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing has happened yet."""


@dataclass(frozen=True, slots=True)
class Collecting:
    """A ticket is open and its one receipt waits for the burst to end.

    ``words`` is the first text said; ``pictures``, ``voices`` and ``files`` count what else arrived; ``late`` is when
    the first of it was written that an outage kept from us.
    """

    since: datetime
    last: datetime
    wake_at: datetime
    words: str = ""
    pictures: int = 0
    voices: int = 0
    files: int = 0
    urgent: bool = False
    category: str = "other"
    who_asked: int = 0
    late: datetime | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """The customer has the receipt and waits for, or talks with, a person; ``who_asked`` counts our question,
    ``number_asked`` while we want a number to call; ``asked`` the question that stands: of an incident, same or works;
    of an urgent receipt, reach."""

    who_asked: int = 0
    number_asked: bool = False
    asked: str = ""


@dataclass(frozen=True, slots=True)
class AskedSolved:
    """Resolved ``at``; "Was it solved?" is asked; ``unclear`` once we asked what an unclear line meant."""

    at: datetime
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class AskLater:
    """Resolved ``at`` while nothing could be sent; "Was it solved?" waits for the customer's next words, and with it
    what the person said was wrong."""

    at: datetime
    cause: str = ""
    affected: bool | None = None


@dataclass(frozen=True, slots=True)
class AskedStars:
    """Solved; the rating is asked."""

    at: datetime


@dataclass(frozen=True, slots=True)
class StarsLater:
    """Solved during a shoot: the rating is asked at ``wake_at``, when it is over; None once WhatsApp's window was
    closed by then, and the rating goes with the answer to their next words."""

    at: datetime
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Resolved and rated, or not to be asked again."""

    at: datetime
    unclear: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """A state this program does not know, kept as it was found."""

    kind: str
    data: dict[str, Any]


State = Idle | Collecting | Waiting | AskLater | AskedSolved | AskedStars | StarsLater | Done | Lost
_KINDS: dict[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind)
    for kind in (Idle, Collecting, Waiting, AskLater, AskedSolved, AskedStars, StarsLater, Done)
}


def to_json(state: State) -> dict[str, Any]:
    """``{kind, version, data}``, ready for a JSON column."""
    if isinstance(state, Lost):
        return {"kind": state.kind, "version": VERSION, "data": state.data}
    kind = type(state).__name__
    return {"kind": kind, "version": VERSION, "data": _KINDS[kind].dump_python(state, mode="json")}


def from_json(found: dict[str, Any] | None) -> State:
    """The state as it was; ``Lost`` when its kind or shape is unknown here."""
    if not found:
        return Idle()
    kind, data = str(found.get("kind")), found.get("data") or {}
    try:
        state: State = _KINDS[kind].validate_python(data)
    except (KeyError, ValueError):
        return Lost(kind, data)
    return state


def wake_at(state: State) -> datetime | None:
    """When this state wants to hear WentQuiet; None if never."""
    return state.wake_at if isinstance(state, Collecting | StarsLater) else None


def may_rate(found: dict[str, Any] | None) -> bool:
    """Whether a kept state is one step from the stars, so that it matters whether the studio shoots."""
    kind, data = (found.get("kind"), found.get("data") or {}) if found else (None, {})
    return kind in ("AskedSolved", "StarsLater") or (kind == "Waiting" and data.get("asked") in ("same", "works"))
