"""What every verb of the shell works with, put together once in parts.py."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.budgets import Budgets
from bot.claims import Database
from bot.clock import Clock
from bot.patience import Patience
from bot.policy import PolicyBook
from bot.routes import MAIN, Route
from bot.templates import Templates
from channels.protocol import Channel
from conversations.events import Pace
from oncall.bundles import Throttle, read_throttle
from oncall.hotline import Rules
from oncall.ladders import Ladder, read_ladders
from oncall.stillness import Stillness
from sla import Policies
from triage import Model
from triage.incidents import Rules as Incidents


@dataclass(frozen=True)
class Desk:
    """Where the agents sit. ``configured`` is the chat id of their forum group, None when Telegram is off; ``known``
    are the ids of all agent groups, and ``moved`` where groups have gone to, as far as this process has learnt.
    ``routes`` are further groups, in the order in which they are asked whether they take a ticket; ``lead`` is the
    leads' own chat, in which no ticket has its topic."""

    configured: int | None = None
    known: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    lead: int | None = None

    @property
    def leads(self) -> int | None:
        """The leads' own chat as it now is; None where they have none, or sit with the agents."""
        chat = None if self.lead is None else self._now(self.lead)
        return None if chat in self.chats else chat

    @property
    def group(self) -> int | None:
        """The main group as it now is."""
        return None if self.configured is None else self._now(self.configured)

    @property
    def chats(self) -> tuple[int, ...]:
        """Every group tickets have their topics in, as it now is; the main one first."""
        if self.group is None:
            return ()
        return tuple(dict.fromkeys((self.group, *(self._now(route.chat) for route in self.routes))))

    def place(self, tier: str, category: str, language: str) -> int | None:
        """The group such a ticket goes to: the first that takes it, else the main one."""
        taking = (route.chat for route in self.routes if route.takes(tier, category, language))
        chat = next(taking, self.configured)
        return None if chat is None or self.configured is None else self._now(chat)

    def named(self, name: str) -> int | None:
        """The group of this name in the policy file, or the main one."""
        if name == MAIN:
            return self.group
        return next((self._now(route.chat) for route in self.routes if route.name == name), None)

    def learn(self, old: int, new: int) -> None:
        """A group has moved; a move back would have no end and is not believed."""
        if self._now(new) != old:
            self.moved[old] = new
            self.known.add(new)

    def _now(self, chat: int) -> int:
        """The id of a group as it now is."""
        while chat in self.moved:
            chat = self.moved[chat]
        return chat


@dataclass(frozen=True)
class Limits:
    """How long things may take, seconds of real time."""

    lease: float = 30.0
    call: float = 10.0  # one call to a provider
    settle_unknown: float = 10.0
    give_up: float = 86_400.0
    tick: float = 0.5
    senders: int = 8
    reconcile: float = 300.0


@dataclass
class Glance:
    """How far this worker has looked along the inbox, and the sources it found there that cannot wait."""

    seen: int = 0
    sources: set[str] = field(default_factory=set)


@dataclass
class Wakes:
    """Set when there may be work: one for each loop of a worker."""

    answer: threading.Event = field(default_factory=threading.Event)
    deliver: threading.Event = field(default_factory=threading.Event)

    def all(self) -> None:
        self.answer.set()
        self.deliver.set()


@dataclass(frozen=True)
class Shell:
    """``channels`` are by the name a webhook or delivery carries: twilio (whatsapp, sms) and telegram.

    ``policies`` is the running policy, ``book`` gives that of any version; ``senders`` is our own address on each
    channel; ``alarm_to`` the number that gets every alarm as a text, ``heartbeat_url`` what hears that workers tick, ""
    for none.
    """

    db: Database
    clock: Clock
    policies: Policies
    book: PolicyBook
    pace: Pace
    hotline: Rules
    model: Model
    channels: Mapping[str, Channel]
    senders: Mapping[str, str]
    desk: Desk
    limits: Limits
    public_url: str
    secret: str
    alarm_to: str = ""
    metrics_token: str = ""
    ladders: Mapping[str, Ladder] = field(default_factory=lambda: read_ladders([]))
    throttle: Throttle = field(default_factory=lambda: read_throttle({}))
    templates: Templates = field(default_factory=Templates)
    incidents: Incidents = field(default_factory=Incidents)
    budgets: Budgets = field(default_factory=Budgets)
    patience: Patience = field(default_factory=Patience)
    stillness: Stillness = field(default_factory=Stillness)
    heartbeat_url: str = ""
    wakes: Wakes = field(default_factory=Wakes)
    glance: Glance = field(default_factory=Glance)
