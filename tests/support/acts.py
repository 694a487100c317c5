"""Owners and agents who do anything at any moment, while providers fail: one day of it, from a seed."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.people import LENA, TOMAS
from tests.support.sandbox import GROUP, WHATSAPP
from tests.support.stack import Stack

Json = dict[str, Any]
SECOND = -1001000000002
NAMES = ("Ana", "Bea", "Cem", "Dora", "Edo")  # the first three write on Telegram, the others on WhatsApp
MESSENGERS = 3
TROUBLE: tuple[Json, ...] = (
    {"action": "status", "status": 500},
    {"action": "status_after_accept", "status": 502},
    {"action": "status", "status": 429, "retry_after": 1},
    {"action": "drop_before"},
    {"action": "drop_after_accept"},
)


@dataclass
class Day:
    """``said`` are the lines of each owner in their order, ``answers`` the words of agents by owner; each holds a word
    that no other holds. ``edited`` are lines as they came to read, ``deleted`` topics that people took away."""

    stack: Stack
    dice: random.Random
    said: dict[int, list[str]] = field(default_factory=lambda: {number: [] for number in range(len(NAMES))})
    answers: dict[int, list[str]] = field(default_factory=lambda: {number: [] for number in range(len(NAMES))})
    edited: list[str] = field(default_factory=list)
    deleted: set[tuple[int, int]] = field(default_factory=set)
    faults: int = 0
    messages: list[tuple[int, str, int]] = field(default_factory=list)  # (owner, word, id) of lines on Telegram

    def acts(self) -> None:
        """One of them does something."""
        acts: dict[Callable[[], None], int] = {
            self.line: 24,
            self.burst: 8,
            self.album: 6,
            self.edit: 6,
            self.answer: 26,
            self.note: 4,
            self.command: 10,
            self.split: 3,
            self.merge: 4,
            self.turn: 5,
            self.delete: 3,
            self.trouble: 14,
        }
        self.dice.choices(list(acts), list(acts.values()))[0]()

    # Owners

    def line(self, owner: int | None = None, text: str = "do you see it?") -> None:
        owner = self._owner() if owner is None else owner
        word = f"{NAMES[owner]}-{len(self.said[owner])}."
        self.said[owner].append(word)
        if owner < MESSENGERS:
            said = self._says(800 + owner, text=f"{word} {text}")
            self.messages.append((owner, word, said["message_id"]))
        else:
            body = {"from": number(owner), "to": WHATSAPP, "channel": "whatsapp", "name": NAMES[owner]}
            self.stack.sandbox.post("twilio/say", body=f"{word} {text}", **body)

    def burst(self) -> None:
        owner = self._owner()
        for _ in range(self.dice.randint(2, 4)):
            self.line(owner, self.dice.choice(("and this", "uploads fail at 40%", "the payout is missing")))

    def album(self) -> None:
        owner = self.dice.randrange(MESSENGERS)
        word = f"{NAMES[owner]}-{len(self.said[owner])}."
        self.said[owner].append(word)
        self._says(800 + owner, album=["screenshot", "screenshot"], caption=f"{word} two pictures")

    def edit(self) -> None:
        if self.messages:
            owner, word, message = self.dice.choice(self.messages)
            self.edited.append(f"{word} edited {len(self.edited)}!")
            user = 800 + owner
            self.stack.sandbox.post("telegram/edit", chat_id=user, message_id=message, text=self.edited[-1])

    # Agents

    def answer(self) -> None:
        place = self._topic()
        if place is None:
            return
        chat, topic = place
        owner = self._owner_of(topic)
        word = f"answer-{owner}-{len(self.answers[owner])}."
        said = self._shown_lines(topic)
        if said and self.dice.random() < 0.6:
            quoted = self.dice.choice(said)["message_id"]
            self._writes(chat, topic, f"{word} We look at it.", reply_to_message_id=quoted)
        else:
            self._writes(chat, topic, f"/r {word} We look at it.")
        self.answers[owner].append(word)

    def note(self) -> None:
        if place := self._topic():
            self._writes(*place, "strange, that one")

    def command(self) -> None:
        words = (
            *("/sev 2 more people are affected", "/cat upload it is about that", "/snooze 2h", "/next 2h", "/wait"),
            *(
                "/resolve ours",
                "/resolve explained affected",
                "/move second",
                "/move main",
                "/studio",
                "/ledger",
                "/queue",
            ),
        )
        if place := self._topic():
            self._writes(*place, self.dice.choice(words))

    def split(self) -> None:
        place = self._topic()
        said = self._shown_lines(place[1]) if place else []
        if place and said:
            self._writes(*place, "/split", reply_to_message_id=self.dice.choice(said)["message_id"])

    def merge(self) -> None:
        place = self._topic()
        if place is None:
            return
        owner = self._owner_of(place[1])
        others = [self._number(topic) for _, topic in self.topics() if self._owner_of(topic) == owner]
        self._writes(*place, f"/merge {self.dice.choice(others)}")

    def turn(self) -> None:
        """Closes a topic by Telegram's own menu, or opens it again."""
        if place := self._topic():
            self._changes(*place, "reopen" if place[1]["closed"] else "close")

    def delete(self) -> None:
        if place := self._topic():
            self.deleted.add((place[0], place[1]["message_thread_id"]))
            self._changes(*place, "delete")

    # Providers

    def trouble(self) -> None:
        rule = self.dice.choice(TROUBLE) | {"provider": self.dice.choice(("telegram", "telegram", "twilio"))}
        self.faults += 1
        self.stack.sandbox.post("faults", times=self.dice.randint(1, 2), **rule)

    # What is seen

    def topics(self) -> list[tuple[int, Json]]:
        """(chat, topic) of every ticket's topic that is there."""
        found = [(chat, self.stack.sandbox.get(f"telegram/chats/{chat}")) for chat in (GROUP, SECOND)]
        return [(chat, topic) for chat, group in found for topic in group["topics"] if "#" in topic["name"]]

    def heard(self, owner: int) -> list[str]:
        """What reached an owner, oldest first."""
        if owner < MESSENGERS:
            chat = self.stack.sandbox.get(f"telegram/chats/{800 + owner}")["messages"]
            return [one["text"] for one in chat if one["from"]["is_bot"] and "text" in one]
        theirs = self.stack.sandbox.get("twilio/messages", address=f"whatsapp:{number(owner)}")["messages"]
        return [one["body"] for one in theirs if one["direction"] != "inbound" and one["status"] != "failed"]

    def _topic(self) -> tuple[int, Json] | None:
        found = self.topics()
        return self.dice.choice(found) if found else None

    def _owner(self) -> int:
        return self.dice.randrange(len(NAMES))

    def _owner_of(self, topic: Json) -> int:
        return next(number for number, name in enumerate(NAMES) if f"{name} Studio" in topic["name"])

    def _number(self, topic: Json) -> int:
        return int(re.findall(r"#(\d+)", topic["name"])[0])

    def _shown_lines(self, topic: Json) -> list[Json]:
        return [one for one in topic["messages"] if re.search(r"^(\w+): \1-\d+\.", one.get("text", ""))]

    def _says(self, user: int, **what: Any) -> Json:
        message: Json = self.stack.sandbox.post("telegram/say", chat_id=user, user_id=user, **what)["message"]
        return message

    def _writes(self, chat: int, topic: Json, text: str, **more: Any) -> None:
        """An agent writes, into a closed topic only who leads; the bot may close it while the other one types."""
        more |= {"chat_id": chat, "message_thread_id": topic["message_thread_id"], "text": text}
        agent = LENA if topic["closed"] else self.dice.choice((LENA, TOMAS))
        try:
            self.stack.sandbox.post("telegram/say", user_id=agent, **more)
        except AssertionError as refused:
            if "is closed" not in str(refused):
                raise
            self.stack.sandbox.post("telegram/say", user_id=LENA, **more)

    def _changes(self, chat: int, topic: Json, action: str) -> None:
        thread = topic["message_thread_id"]
        self.stack.sandbox.post("telegram/topics", chat_id=chat, message_thread_id=thread, user_id=LENA, action=action)


def number(owner: int) -> str:
    return f"+3460011{owner:04d}"
