"""What every channel can do, so that the shell need not know which it talks to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from channels.findings import Expected, Finding
from channels.meanings import Meaning, Review
from channels.ringing import Rang
from channels.wire import Call, Envelope, Missed, Receipt, Request
from conversations.events import Parsed


class Channel(Protocol):
    """Both directions of one provider."""

    def verify(self, request: Request) -> None:
        """Raises Forged unless the provider sent it."""

    def identify(self, request: Request) -> Envelope:
        """Never raises: an unreadable body is named by its hash."""

    def parse(self, request: Request) -> Parsed:
        """What the webhook says. Raises NotUnderstood."""

    def open(self) -> None:
        """Makes clients and threads ready, in the process that will send and so after any fork."""

    def send(self, call: Call, delivery_id: int) -> Receipt:
        """Makes the call, without a database transaction open. Raises TransportError."""

    def find(self, call: Call, since: datetime) -> list[Receipt]:
        """What the provider has that could be this call, made after ``since``, oldest first; empty if untold."""

    def same(self, call: Call, among: Sequence[Receipt]) -> Receipt | None:
        """Which of those that ``find`` told, and no other call of ours is known by, is this one; None if it is none.
        Raises TransportError."""

    def standing(self, chat: int, person: int) -> str:
        """What somebody is in a group: lead, agent or gone. Raises TransportError."""

    def missed(self, to: str, since: datetime) -> list[Missed]:
        """Customers' messages to our address ``to`` in the provider's own list, oldest first; empty where it comes
        again by itself or keeps no list. Raises TransportError."""

    def rang(self, to: str, since: datetime) -> list[Rang]:
        """The calls to our number ``to`` that are over, by the provider's own list, oldest first; empty where nobody
        calls. Raises TransportError."""

    def recover(self, missed: Missed) -> Request:
        """The whole request of one message that no webhook brought. Raises TransportError."""

    def explain(self, code: str) -> Meaning:
        """What the provider's error code means."""

    def review(self, sid: str) -> Review:
        """What the provider has under a template's id. Raises TransportError."""

    def check(self, expected: Expected) -> list[Finding]:
        """Asks the provider whether all is set up for us; what cannot be asked is a broken leg, never an exception."""

    def close(self) -> None:
        """Lets go of connections and threads."""
