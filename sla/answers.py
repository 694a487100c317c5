"""Which of a customer's lines a person has answered, and when. Source: sla.md rules 3 and 4, S11, S17, S18."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Line:
    """A customer's line: its own time, when we had it, and its place among lines and replies as they were kept."""

    key: str
    at: datetime
    ingested_at: datetime
    place: int


@dataclass(frozen=True, slots=True)
class Reply:
    """A person's message: when it was accepted by the provider and written; ``closings`` and promised ``updates``
    count those that were there before we knew of it."""

    accepted_at: datetime
    written_at: datetime
    closings: int
    updates: int
    place: int

    def covers(self, line: Line) -> bool:
        """A reply answers only what was there when it was written (S11); nothing we had behind it, by any clock."""
        return self.written_at >= line.ingested_at and self.place > line.place


class Answer(NamedTuple):
    """When a person answered; where nobody did, when a closing made that needless."""

    met_at: datetime | None
    closed_at: datetime | None


@dataclass(slots=True)
class Answers:
    """Lines that want an answer, those settled and by which of the ``closings``, and the replies that stand."""

    lines: dict[str, Line] = field(default_factory=dict)
    past: dict[str, tuple[Line, int]] = field(default_factory=dict)
    replies: dict[str, Reply] = field(default_factory=dict)
    closings: list[datetime] = field(default_factory=list)
    kept: int = 0

    def add(self, key: str, at: datetime, ingested_at: datetime) -> None:
        if not self.knows(key):
            self.kept += 1
            self.lines[key] = Line(key, at, ingested_at, self.kept)

    def reply(self, key: str, accepted_at: datetime, written_at: datetime, updates: int) -> None:
        self.kept += 1
        self.replies[key] = Reply(accepted_at, written_at, len(self.closings), updates, self.kept)

    def knows(self, key: str) -> bool:
        """Whether the line is still one of this ticket."""
        return key in self.lines or key in self.past

    def overtaken(self, key: str) -> datetime | None:
        """When an older line came in behind this one, once a person had spoken and with no answer to it by then."""
        line = self.lines.get(key)
        if line is None:
            return None
        answered = min((one.place for one in self.replies.values() if one.covers(line)), default=self.kept + 1)
        spoken = min((one.place for one in self.replies.values()), default=answered)
        late = max(line.place, spoken)
        older = [one for one in self.lines.values() if late < one.place < answered and one.at < line.at]
        return min(older, key=lambda one: one.place).at if older else None

    def first(self) -> Answer:
        """The first standing reply, or the first closing."""
        return self._answer(self.replies.values(), 0 if self.closings else None)

    def answer(self, key: str) -> Answer:
        """The reply or the closing that settled this line."""
        line, closing = self.past.get(key) or (self.lines.get(key), None)
        return self._answer([one for one in self.replies.values() if line and one.covers(line)], closing)

    def _answer(self, replies: Iterable[Reply], closing: int | None) -> Answer:
        """The least acceptance; behind a closing only of what was known or accepted before it."""
        if closing is None:
            return Answer(min((reply.accepted_at for reply in replies), default=None), None)
        closed = self.closings[closing]
        met = (one.accepted_at for one in replies if one.closings <= closing or one.accepted_at <= closed)
        return Answer(min(met, default=None), closed)

    def oldest_open(self) -> Line | None:
        """The oldest line without an answer; of two at once the one that came in first."""
        replies = self.replies.values()
        unanswered = (line for line in self.lines.values() if not any(reply.covers(line) for reply in replies))
        return min(unanswered, key=lambda line: line.at, default=None)

    def settle(self, at: datetime) -> None:
        """A closing: what was said until now asks for nothing more."""
        self.past |= {key: (line, len(self.closings)) for key, line in self.lines.items()}
        self.lines.clear()
        self.closings.append(at)

    def drop(self, keys: Iterable[str]) -> None:
        """Lines that went to another ticket (S18)."""
        for key in keys:
            self.lines.pop(key, None)
