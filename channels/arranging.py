"""Calls that arrange a group: topics opened again, closed and named anew, messages pinned."""

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
class NameTopic:
    """Give a topic another name; ``thread`` 0 is filled in when it is sent."""

    to: str
    thread: int
    name: str


@dataclass(frozen=True, slots=True)
class PinMessage:
    """Pin a message of ours in its chat, without a sound."""

    to: str
    message: int
