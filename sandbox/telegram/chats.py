"""Chats with their members, topics and messages, as Telegram's server keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sandbox.ledger import Json
from sandbox.telegram.people import Member, User

GENERAL = 1
ICON_COLORS = (0x6FB9F0, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)


@dataclass(slots=True)
class Topic:
    """``id`` is the id of the service message that created the topic; 1 is General."""

    id: int
    name: str
    icon_color: int = ICON_COLORS[0]
    icon: str = ""
    creator: int = 0
    closed: bool = False
    hidden: bool = False

    def as_json(self) -> Json:
        shown: Json = {"message_thread_id": self.id, "name": self.name, "icon_color": self.icon_color}
        if self.icon:
            shown["icon_custom_emoji_id"] = self.icon
        return shown


@dataclass(slots=True)
class Message:
    """One message; ``content`` holds the provider's own fields (text, photo, forum_topic_created...).

    ``thread`` is the forum topic (None: General or no forum), ``reactions`` maps a user id to an emoji,
    ``extra`` holds fields set once when sent (forward_origin, media_group_id, quote, sender_chat...).
    """

    chat: "Chat"
    id: int
    date: int
    sender: User
    content: Json
    thread: int | None = None
    reply_to: int | None = None
    markup: Json | None = None
    edit_date: int = 0
    service: bool = False
    extra: Json = field(default_factory=dict)
    reactions: dict[int, str] = field(default_factory=dict)

    def as_json(self, with_reply: bool = True) -> Json:
        """A Message in the field order of JsonMessage::store (Client.cpp)."""
        shown: Json = {"message_id": self.id, "from": self.sender.as_json()}
        if self.extra:
            shown |= {k: v for k, v in self.extra.items() if k in ("author_signature", "sender_chat")}
        shown |= {"chat": self.chat.as_json(), "date": self.date}
        if self.edit_date:
            shown["edit_date"] = self.edit_date
        thread = self.thread or self._reply_thread()
        if thread:
            shown["message_thread_id"] = thread
        shown |= self.extra
        if with_reply and (original := self.original()):
            shown["reply_to_message"] = original.as_json(False)
        shown |= self.content
        if self.markup and "inline_keyboard" in self.markup:
            shown["reply_markup"] = self.markup
        if self.thread:
            shown["is_topic_message"] = True
        return shown

    def original(self) -> "Message | None":
        """What it replies to; every plain message of a topic replies to the message that created the topic."""
        found = self.chat.messages.get(self.reply_to or 0)
        if found is None and self.thread and self.thread != self.id:
            found = self.chat.messages.get(self.thread)
        return found

    def _reply_thread(self) -> int | None:
        """Outside forums a supergroup's replies carry the id of the thread's first message."""
        if self.chat.is_forum or self.chat.type != "supergroup" or not self.reply_to:
            return None
        first = self.chat.messages.get(self.reply_to)
        while first and first.reply_to and (before := self.chat.messages.get(first.reply_to)):
            first = before
        return first.id if first else None


@dataclass(slots=True)
class Chat:
    """A private chat (``id`` is the user's), group or supergroup; ids count per supergroup, else per bot."""

    id: int
    type: str
    ids: Iterator[int]
    title: str = ""
    is_forum: bool = False
    user: User | None = None
    upgraded_to: int | None = None
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Message] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    gone_topics: set[int] = field(default_factory=set)

    def as_json(self) -> Json:
        """A Chat as JsonChat of Client.cpp writes it."""
        shown: Json = {"id": self.id}
        if self.user:
            person = self.user.as_json()
            shown |= {k: person[k] for k in ("first_name", "last_name", "username") if k in person}
        else:
            shown["title"] = self.title
        if self.is_forum:
            shown["is_forum"] = True
        shown["type"] = self.type
        return shown

    def full_json(self) -> Json:
        """A ChatFullInfo, for getChat."""
        gifts = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
        shown = self.as_json() | {"accent_color_id": abs(self.id) % 7, "max_reaction_count": 11}
        shown["accepted_gift_types"] = dict.fromkeys(gifts, self.type == "private")
        if self.user and self.user.username:
            shown["active_usernames"] = [self.user.username]
        if self.type != "private":
            shown["permissions"] = dict.fromkeys(PERMISSIONS, True)
        if self.pinned and (pin := self.messages.get(self.pinned[-1])):
            shown["pinned_message"] = pin.as_json(False)
        return shown

    def member(self, user: User) -> Member:
        """The user's membership; somebody never seen here has left."""
        return self.members.get(user.id) or Member(user, "left")
