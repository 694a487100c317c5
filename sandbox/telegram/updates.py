"""The queue of updates a bot has not taken yet: ids, allowed kinds, order keys and expiry."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.clock import Clock
from sandbox.ledger import Json

KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
)
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
DEFAULT = frozenset(KINDS) - NOT_BY_DEFAULT
DAY = timedelta(hours=24)
CALLBACK = timedelta(seconds=150)

# Queue numbers of add_update in Client.cpp: (which id, its slot above bit 33).
_SLOTS = {
    "callback_query": 3,
    "my_chat_member": 5,
    "chat_member": 6,
    "message_reaction": 8,
    "message_reaction_count": 9,
}


@dataclass(slots=True)
class Update:
    """One update; ``delay`` and ``fails`` are the webhook's retry state (WebhookActor.h)."""

    id: int
    kind: str
    body: Json
    key: int
    chat: str
    expires_at: datetime
    delay: float = 1.0
    fails: int = 0
    wake_at: float = 0.0

    def as_json(self) -> Json:
        return {"update_id": self.id, self.kind: self.body}


class Updates:
    """Updates in the order of their ids, and one FIFO per key; ``on_new`` is told of every new one."""

    def __init__(self, clock: Clock, first_id: int) -> None:
        self.clock = clock
        self.allowed = DEFAULT
        self.queues: dict[int, deque[Update]] = {}
        self.on_new: Callable[[Update], None] = _tell_nobody
        self._next_id = first_id

    def push(self, kind: str, body: Json) -> int | None:
        """Queues one update and returns its id; None if the bot did not ask for its kind."""
        return self.force(kind, body) if kind in self.allowed else None

    def force(self, kind: str, body: Json) -> int:
        """Queues one update whatever the bot asked for (the control interface's raw update)."""
        chat_id, user_id = _whose(kind, body)
        slot = _SLOTS.get(kind, 0)
        owner = user_id if kind in ("callback_query", "chat_member") else chat_id
        lifetime = CALLBACK if kind == "callback_query" else DAY
        update = Update(
            id=self._next_id,
            kind=kind,
            body=body,
            key=owner + (slot << 33),
            chat=str(chat_id or user_id),
            expires_at=self.clock.now() + lifetime,
        )
        self._next_id += 1
        self.queues.setdefault(update.key, deque()).append(update)
        self.on_new(update)
        return update.id

    def drop(self, update: Update) -> None:
        """Forgets one that was taken or given up."""
        queue = self.queues.get(update.key)
        if queue and update in queue:
            queue.remove(update)
            if not queue:
                del self.queues[update.key]

    def clear(self) -> None:
        self.queues.clear()

    def waiting(self) -> list[Update]:
        """All of them by id, without the expired ones."""
        self._expire()
        return sorted(self._all(), key=lambda update: update.id)

    def take_before(self, offset: int) -> None:
        """Acknowledges every update below ``offset``; a negative one keeps only the last ``-offset``."""
        waiting = self.waiting()
        kept = waiting[offset:] if offset < 0 else [update for update in waiting if update.id >= offset]
        for update in waiting:
            if update not in kept:
                self.drop(update)

    def count(self) -> int:
        return sum(len(queue) for queue in self.queues.values())

    def expired(self, update: Update, after: float = 0) -> bool:
        """Whether it will be too old in ``after`` seconds: 24 h, 150 s for a callback query (Client.cpp)."""
        return self.clock.now() + timedelta(seconds=after) > update.expires_at

    def _all(self) -> Iterator[Update]:
        for queue in self.queues.values():
            yield from queue

    def _expire(self) -> None:
        for update in [update for update in self._all() if self.expired(update)]:
            self.drop(update)


def _tell_nobody(update: Update) -> None:
    """The default of ``on_new``."""


def _whose(kind: str, body: Json) -> tuple[int, int]:
    """The chat id and user id an update belongs to; 0 where it names none."""
    chat = body.get("chat") or body.get("message", {}).get("chat") or {}
    person = body.get("new_chat_member", {}).get("user") if kind == "chat_member" else body.get("from")
    return int(chat.get("id", 0)), int((person or body.get("user") or {}).get("id", 0))
