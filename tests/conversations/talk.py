"""A hand-played conversation: the machine, a clock that is moved by hand, and what came of each event."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from conversations import advance
from conversations.effects import Effect, OpenTicket, Reopen, Say, StaySilent
from conversations.events import (
    Answered,
    CallOffered,
    Closed,
    Event,
    Facts,
    HandedOver,
    Line,
    Media,
    Pace,
    Said,
    Taken,
    WentQuiet,
)
from conversations.states import Collecting, Idle, State
from triage import Category, Severity, Triage

NOON = datetime(2026, 6, 13, 12, 0, tzinfo=UTC)
PICTURE = Media("picture", "ref-1", "image/jpeg")
VOICE = Media("voice", "ref-2", "audio/ogg")
DOCUMENT = Media("document", "ref-3", "application/pdf")
STICKER = Media("sticker", "ref-4", "image/webp")


def about(category: str = "other", severity: int = 3) -> Triage:
    return Triage(Category(category), Severity(severity), 0.9, 0.9, ("told by the test",), safety=False)


CHAT = about()  # a line triage makes nothing of
URGENT = about("payment", 1)
UPLOAD = about("upload", 2)


@dataclass
class Talk:
    """``state`` moves with every event; ``now`` moves by ``after`` seconds before it."""

    state: State = field(default_factory=Idle)
    known: bool = True
    owner: str = ""
    pace: Pace = field(default_factory=Pace)
    now: datetime = NOON
    found: datetime | None = None  # when the lines that follow were written, if an outage kept them

    def says(
        self,
        text: str = "",
        triage: Triage = CHAT,
        *,
        media: tuple[Media, ...] = (),
        tapped: str = "",
        after: float = 1,
    ) -> tuple[Effect, ...]:
        self._wait(after)
        line = Line("whatsapp", "+34600000001", "+34910000000", "SM1", text, media, tapped=tapped)
        line = replace(line, occurred_at=self.found)
        return self._told(Said(line, triage, self._facts()))

    def goes_quiet(self, after: float = 0) -> tuple[Effect, ...]:
        self._wait(after)
        return self._told(WentQuiet(self._facts()))

    def is_woken(self) -> tuple[Effect, ...]:
        """WentQuiet at the very moment the state asked for."""
        assert isinstance(self.state, Collecting)
        self.now = max(self.now, self.state.wake_at)
        return self._told(WentQuiet(self._facts()))

    def is_taken(self, by: str = "Lena", after: float = 1) -> tuple[Effect, ...]:
        self._wait(after)
        self.owner = by
        return self._told(Taken(self._facts()))

    def is_answered(self, after: float = 1) -> tuple[Effect, ...]:
        self._wait(after)
        return self._told(Answered(self._facts()))

    def is_handed_over(self, to: str = "Tomas", after: float = 1) -> tuple[Effect, ...]:
        self._wait(after)
        self.owner = to
        return self._told(HandedOver(self._facts()))

    def is_offered_a_call(self, after: float = 1) -> tuple[Effect, ...]:
        self._wait(after)
        return self._told(CallOffered(self._facts()))

    def is_closed(self, after: float = 1) -> tuple[Effect, ...]:
        self._wait(after)
        return self._told(Closed(self._facts()))

    def _wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def _facts(self) -> Facts:
        return Facts(self.now, known=self.known, owner=self.owner, pace=self.pace)

    def _told(self, event: Event) -> tuple[Effect, ...]:
        self.state, effects = advance(self.state, event)
        return effects


def receipted(*, known: bool = True) -> Talk:
    """A talk whose report has its receipt."""
    talk = Talk(known=known)
    talk.says("my upload stops at 40%", UPLOAD)
    talk.is_woken()
    return talk


def closed(*, known: bool = True) -> Talk:
    """A talk whose ticket a person resolved a minute ago."""
    talk = receipted(known=known)
    talk.is_taken()
    talk.is_closed()
    talk.now += timedelta(minutes=1)
    return talk


def rated_next() -> Talk:
    """A talk in which the stars are asked."""
    talk = closed()
    talk.says("yes")
    return talk


def done() -> Talk:
    """A talk that is resolved and rated."""
    talk = rated_next()
    talk.says("5")
    return talk


def phrases(effects: tuple[Effect, ...]) -> list[str]:
    return [effect.phrase for effect in effects if isinstance(effect, Say)]


def kinds(effects: tuple[Effect, ...]) -> list[str]:
    return [type(effect).__name__ for effect in effects]


def opens(effects: tuple[Effect, ...]) -> bool:
    return any(isinstance(effect, OpenTicket) for effect in effects)


def reopens(effects: tuple[Effect, ...]) -> bool:
    return any(isinstance(effect, Reopen) for effect in effects)


def silent(effects: tuple[Effect, ...]) -> bool:
    return not phrases(effects) and any(isinstance(effect, StaySilent) and effect.reason for effect in effects)
