"""Which of a customer's lines a person has answered, and when. Source: sla.md rules 3 and 4, S11, S17, S18."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sla.events import Happened


@dataclass(frozen=True, slots=True)
class Line:
    """A customer's line: its own time, and when we had it."""

    key: str
    at: datetime
    ingested_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's message: when it was written, and accepted by the provider."""

    accepted_at: datetime
    written_at: datetime


@dataclass(slots=True)
class Answers:
    """Lines that want an answer, those a closing has settled, and the replies that stand."""

    lines: dict[str, Line] = field(default_factory=dict)
    past: dict[str, Line] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)

    def add(self, key: str, event: Happened) -> None:
        self.lines[key] = Line(key, event.at, event.ingested_at)

    def first(self) -> datetime | None:
        """When the first standing reply was accepted."""
        return min((reply.accepted_at for reply in self.replies.values()), default=None)

    def answered(self, key: str) -> datetime | None:
        """When this line was answered; a reply answers only what was there when it was written (S11)."""
        line = self.lines.get(key) or self.past.get(key)
        answers = (reply for reply in self.replies.values() if line and reply.written_at >= line.ingested_at)
        return min((reply.accepted_at for reply in answers), default=None)

    def oldest_open(self) -> Line | None:
        """The oldest line without an answer; of two at once the one that came in first."""
        written = max((reply.written_at for reply in self.replies.values()), default=None)
        unanswered = (line for line in self.lines.values() if written is None or line.ingested_at > written)
        return min(unanswered, key=lambda line: line.at, default=None)

    def settle(self) -> None:
        """A closing: what was said until now asks for nothing more."""
        self.past |= self.lines
        self.lines.clear()

    def drop(self, keys: Iterable[str]) -> None:
        """Lines that went to another ticket (S18)."""
        for key in keys:
            self.lines.pop(key, None)
