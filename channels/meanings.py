"""What a provider's words mean to us: its refusals, and its reviews of our templates."""

from dataclasses import dataclass
from typing import Literal

Then = Literal["tell", "again", "channel", "window", "stop", "wait"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """A provider's refusal in words an agent can act on.

    ``permanent``: the same call again will not get through. ``then`` is what follows: tell the agent; once again
    after ``wait`` seconds; another channel; WhatsApp's window is closed; the customer wants nothing from us; what is
    for an agents' group waits until it is open to us again.
    ``step`` is what a person can do next.
    """

    words: str
    permanent: bool = True
    then: Then = "tell"
    step: str = ""
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Review:
    """A template as the provider has it: ``kind`` of content, ``state`` of its review (approved, pending,
    rejected, unsubmitted ...) with the ``reason``, and the ``taps`` it offers, by their keys."""

    kind: str
    state: str
    reason: str = ""
    taps: tuple[str, ...] = ()
