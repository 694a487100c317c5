"""What a provider tells of an agent group itself, past tense; nothing of it is about a customer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """The sender of an update from an agent group; the Telegram user id decides, never the name."""

    id: int
    name: str
    username: str = ""
    is_bot: bool = False
    anonymous: bool = False


@dataclass(frozen=True, slots=True)
class GroupMoved:
    """An agent group has become another chat, as a basic group does that becomes a supergroup."""

    chat: int
    to: int


@dataclass(frozen=True, slots=True)
class BotChanged:
    """The bot came into an agent group, left it, or rose or fell in it; ``standing`` is able, limited (it may not
    manage topics), member or gone."""

    chat: int
    standing: str


@dataclass(frozen=True, slots=True)
class TopicClosed:
    """Somebody closed a topic of an agent group, or opened it again."""

    chat: int
    topic: int
    closed: bool
    person: Person
