"""Everything one bot sees: itself, its chats, people, files, updates and webhook."""

import itertools
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from sandbox.ledger import Json
from sandbox.telegram.bell import Bell
from sandbox.telegram.chats import GENERAL, Chat, Message, Topic
from sandbox.telegram.delivery import Hook
from sandbox.telegram.files import Files
from sandbox.telegram.flood import Flood
from sandbox.telegram.people import Member, User, member_from
from sandbox.telegram.taps import Taps
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import Wire
from sandbox.world import World

DEFAULTS: Json = {
    "token": "123456:sandbox",
    "username": "backstop_sandbox_bot",
    "chats": [
        {
            "id": -1001000000001,
            "type": "supergroup",
            "is_forum": True,
            "title": "Support",
            "members": [
                {"id": 501, "first_name": "Lena", "username": "lena", "status": "administrator"},
                {"id": 502, "first_name": "Tomas", "username": "tomas", "status": "member"},
            ],
        }
    ],
    "users": [{"id": 601, "first_name": "Pavel", "username": "pavel", "language_code": "en"}],
    "flood_limits": True,
    "privacy": True,
    "retry_scale": 1.0,
}


@dataclass
class Profile:
    """What setMyCommands, setMyName and their like keep, by scope and language."""

    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)


class House:
    """One bot's world. ``settings`` is the ``telegram`` part of the configuration, filled up with DEFAULTS."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.call_in_answer: Callable[[Json], Awaitable[None]] | None = None
        self.hook: Hook | None = None
        self.settings: Json = DEFAULTS | world.settings.get("telegram", {})
        unknown = set(self.settings) - set(DEFAULTS)
        if unknown:
            raise ValueError(f"unknown telegram settings {sorted(unknown)}; known: {', '.join(DEFAULTS)}")
        self.forget()

    def forget(self) -> None:
        """Back to the configured world: no messages, no webhook, no commands, no pending updates."""
        if self.hook:
            self.hook.stop()
        self.token: str = self.settings["token"]
        self.dice = random.Random(self.world.dice.random())
        self.me = User(int(self.token.split(":")[0]), "Backstop", username=self.settings["username"], is_bot=True)
        self.users: dict[int, User] = {self.me.id: self.me}
        self.chats: dict[int, Chat] = {}
        self.files = Files(self.dice)
        self.taps = Taps(self.dice)
        self.flood = Flood(self.settings["flood_limits"])
        self.profile = Profile()
        self.bell = Bell()
        self.updates = Updates(self.world.clock, self.dice.randrange(10**8, 9 * 10**8))
        self.updates.on_new = lambda update: self.hook.wake(update) if self.hook else self.bell.ring()
        self.wire: Wire | None = None
        self.hook = None
        self.next_set_webhook = 0.0
        self.last_hook_error: tuple[int, str] | None = None
        self._ids = itertools.count(self.dice.randrange(10, 1000))
        for data in self.settings["users"]:
            self.person({"started": True} | data)
        for data in self.settings["chats"]:
            self.add_chat(data)

    def now(self) -> int:
        """Unix time of the rehearsal clock."""
        return int(self.world.clock.now().timestamp())

    def person(self, data: Json) -> User:
        """The user with this id, made if unknown, with the given fields taken over."""
        user = self.users.setdefault(data["id"], User(data["id"], f"User {data['id']}"))
        user.update({k: v for k, v in data.items() if k in User.__dataclass_fields__})
        return user

    def add_chat(self, data: Json) -> Chat:
        """One configured group; ``bot`` may name the bot's own status and rights (default: all rights)."""
        kind = data.get("type", "supergroup")
        ids = self._ids if kind == "group" else itertools.count(self.dice.randrange(2, 50))
        chat = Chat(data["id"], kind, ids, data.get("title", ""), data.get("is_forum", False))
        chat.members[self.me.id] = member_from({"status": "administrator"} | data.get("bot", {}), self.me)
        for member in data.get("members", []):
            user = self.person(member)
            chat.members[user.id] = member_from(member, user)
        if chat.is_forum:
            chat.topics[GENERAL] = Topic(GENERAL, "General")
        self.chats[chat.id] = chat
        return chat

    def private_chat(self, user: User) -> Chat:
        if user.id not in self.chats:
            chat = Chat(user.id, "private", self._ids, user=user)
            chat.members = {user.id: Member(user), self.me.id: Member(self.me)}
            self.chats[user.id] = chat
        return self.chats[user.id]

    def store(self, chat: Chat, sender: User, content: Json, **more: Any) -> Message:
        """Puts a new message into the chat, telling nobody."""
        message = Message(chat, next(chat.ids), self.now(), sender, content, **more)
        chat.messages[message.id] = message
        return message

    def announce(self, message: Message, kind: str = "message") -> int | None:
        """Queues the update about a message, if the bot may see it; returns the update id."""
        return self.updates.push(kind, message.as_json()) if self._sees(message) else None

    def serve(self, chat: Chat, sender: User, content: Json, **more: Any) -> Message:
        """A service message; bots get even those they caused (need_skip_update_message in Client.cpp)."""
        message = self.store(chat, sender, content, service=True, **more)
        self.announce(message)
        return message

    def _sees(self, message: Message) -> bool:
        """Privacy mode (bots/features#privacy-mode): only commands, replies to the bot and service messages."""
        chat, me = message.chat, message.chat.member(self.me)
        if not me.inside:
            return False
        if chat.type == "private" or message.service or me.leads or not self.settings["privacy"]:
            return True
        original = chat.messages.get(message.reply_to or 0)
        return (original is not None and original.sender is self.me) or self._is_command(message)

    def _is_command(self, message: Message) -> bool:
        text = message.content.get("text", "")
        name = text.split()[0] if text.startswith("/") else ""
        return bool(name) and ("@" not in name or name.endswith("@" + self.me.username))


HOUSE = web.AppKey("telegram", House)
