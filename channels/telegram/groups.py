"""What Telegram tells of an agent group itself: it moved, a topic was closed, the bot rose or fell."""

from telegram import ChatMemberAdministrator, ChatMemberOwner, ChatMemberUpdated, Message, User

from conversations.events import Parsed, Unused
from conversations.group_events import BotChanged, GroupMoved, Person, TopicClosed

_ANONYMOUS = 1087968824  # GroupAnonymousBot, the sender of anonymous admins


def sender(message: Message) -> Person:
    """Who wrote or did it; somebody who shows as the group or a channel is hidden."""
    known = person(message.from_user)
    return known if message.sender_chat is None else Person(known.id, known.name, anonymous=True)


def person(user: User | None) -> Person:
    if user is None:
        return Person(0, "", anonymous=True)
    return Person(user.id, user.first_name, user.username or "", user.is_bot, anonymous=user.id == _ANONYMOUS)


def service(message: Message) -> Parsed:
    """A service message of a group; nothing of it ever reaches a customer."""
    if message.migrate_to_chat_id:
        return GroupMoved(message.chat.id, message.migrate_to_chat_id)
    topic = message.message_thread_id if message.is_topic_message else None
    if topic and (message.forum_topic_closed or message.forum_topic_reopened):
        return TopicClosed(message.chat.id, topic, message.forum_topic_closed is not None, sender(message))
    return Unused("a service message")


def bot_changed(change: ChatMemberUpdated) -> Parsed:
    """Whether the bot is out, sees only commands and replies (privacy mode), lacks a right, or has all it needs."""
    now = change.new_chat_member
    if now.status in (now.LEFT, now.BANNED):
        return BotChanged(change.chat.id, "gone")
    if isinstance(now, ChatMemberOwner):
        return BotChanged(change.chat.id, "able")
    if not isinstance(now, ChatMemberAdministrator):
        return BotChanged(change.chat.id, "member")
    return BotChanged(change.chat.id, "able" if now.can_manage_topics else "limited")
