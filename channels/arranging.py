"""Calls that arrange a group: topics opened again and closed, messages pinned."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReopenTopic:
    """Open a topic again that somebody closed."""

    to: str
    thread: int


@dataclass(frozen=True, slots=True)
class CloseTopic:
    """Close a topic: only administrators write there from then on."""

    to: str
    thread: int


@dataclass(frozen=True, slots=True)
class PinMessage:
    """Pin a message of ours in its chat, without a sound."""

    to: str
    message: int
