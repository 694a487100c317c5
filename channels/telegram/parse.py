"""Telegram's updates into lines, desk words and taps (core.telegram.org/bots/api#update)."""

import hashlib
import json
from collections.abc import Container
from datetime import UTC
from typing import Any

from telegram import (
    CallbackQuery,
    ChatMember,
    ChatMemberRestricted,
    ChatMemberUpdated,
    Message,
    MessageReactionUpdated,
    ReactionTypeEmoji,
    Update,
)

from channels.telegram.groups import bot_changed, person, sender, service
from channels.telegram.kinds import media
from channels.wire import CUSTOMER_TAP, Envelope, NotUnderstood, Request
from conversations.events import (
    DeskEdited,
    DeskReacted,
    DeskSaid,
    DeskTapped,
    Edited,
    Line,
    MemberChanged,
    Parsed,
    Reacted,
    Unused,
)

# What a part of another type, a time past all calendars or a body nested too deep comes out as.
_ODD = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)


def identify(request: Request, account: str) -> Envelope:
    """Named by update_id; ordered by chat and topic."""
    try:
        update = _loaded(request)
        number, place = str(int(update["update_id"])), _place(update)
    except _ODD:
        return Envelope(account, "sha256:" + hashlib.sha256(request.body).hexdigest(), "")
    return Envelope(account, number, f"telegram:{place}")


def _loaded(request: Request) -> Any:
    """The body as JSON; PostgreSQL keeps no NUL, and no text means one."""
    return json.loads(request.body.replace(rb"\u0000", b""))


def _place(update: dict[str, Any]) -> str:
    for value in update.values():
        if isinstance(value, dict):
            message = value.get("message", value)
            chat = message.get("chat") if isinstance(message, dict) else None
            if isinstance(chat, dict):
                return f"{chat.get('id')}:{message.get('message_thread_id', '')}"
    return ""


def parse(request: Request, groups: Container[int]) -> Parsed:
    """Raises NotUnderstood for a body that is no update; every kind of update is accepted."""
    try:
        data = _loaded(request)
        if not isinstance(data, dict) or "update_id" not in data:
            raise NotUnderstood("the body is no Telegram update: it has no update_id")
        return _read(data, groups)
    except _ODD as error:
        raise NotUnderstood(f"the update cannot be read: {type(error).__name__}") from error


def _read(data: dict[str, Any], groups: Container[int]) -> Parsed:
    update = Update.de_json(data, None)
    if update.callback_query:
        return _tapped(update.callback_query, groups)
    if update.message:
        return _message(update.message, groups)
    if update.edited_message:
        return _edited(update.edited_message, groups)
    if update.message_reaction:
        return _reacted(update.message_reaction, groups)
    if update.my_chat_member and update.my_chat_member.chat.id in groups:
        return bot_changed(update.my_chat_member)
    if update.chat_member and update.chat_member.chat.id in groups:
        return _member(update.chat_member)
    kind = next((name for name in data if name != "update_id"), "nothing")
    return Unused(f"the update kind {kind} asks nothing of us")


def _message(message: Message, groups: Container[int]) -> Parsed:
    if not (message.text or message.caption or media(message)):
        return service(message) if message.chat.id in groups else Unused("a service message or a kind without content")
    if message.chat.id in groups:
        return _desk_said(message)
    if message.chat.type != "private" or message.from_user is None:
        return Unused("not a private chat and not an agent group")
    return Line(
        channel="telegram",
        address=str(message.chat.id),
        our_address="",
        provider_id=str(message.message_id),
        text=message.text or message.caption or "",
        media=media(message),
        occurred_at=message.date.astimezone(UTC),
        name=message.from_user.first_name,
        language=message.from_user.language_code or "",
        quotes=str(message.reply_to_message.message_id) if message.reply_to_message else "",
    )


def _edited(message: Message, groups: Container[int]) -> Parsed:
    """A live location moves by edits as well."""
    if message.location:
        return Unused("a place that moves")
    now = _message(message, groups)
    match now:
        case Line():
            return Edited(now)
        case DeskSaid():
            return DeskEdited(now)
    return now


def _reacted(change: MessageReactionUpdated, groups: Container[int]) -> Parsed:
    """Only the plain emoji can cross: those bots may set (core.telegram.org/bots/api#reactiontypeemoji)."""
    unset = None if change.new_reaction else ""
    emoji = next((one.emoji for one in change.new_reaction if isinstance(one, ReactionTypeEmoji)), unset)
    if change.chat.id in groups:
        return DeskReacted(change.chat.id, change.message_id, person(change.user), emoji)
    if change.chat.type != "private":
        return Unused("not a private chat and not an agent group")
    return Reacted("telegram", str(change.chat.id), str(change.message_id), emoji)


def _reads(message: Message | None) -> str:
    """The words of a message; of the one that made a topic, the topic's name."""
    if message is None:
        return ""
    return message.text or message.caption or (message.forum_topic_created.name if message.forum_topic_created else "")


def _desk_said(message: Message) -> DeskSaid:
    topic = message.message_thread_id if message.is_topic_message else None
    quoted = message.reply_to_message.message_id if message.reply_to_message else None
    return DeskSaid(
        chat=message.chat.id,
        topic=topic,
        message=message.message_id,
        person=sender(message),
        occurred_at=message.date.astimezone(UTC),
        text=message.text or message.caption or "",
        media=media(message),
        # A plain topic message carries the topic's own creation as its reply: that is no quotation.
        reply_to=None if quoted == topic else quoted,
        quoted=_reads(message.reply_to_message),
    )


def _member(change: ChatMemberUpdated) -> Parsed:
    now = change.new_chat_member
    return MemberChanged(change.chat.id, person(now.user), standing(now))


def standing(member: ChatMember) -> str:
    """lead for an administrator, agent for who is inside, gone for anybody else (bots/api#chatmember)."""
    if member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR):
        return "lead"
    inside = member.is_member if isinstance(member, ChatMemberRestricted) else member.status == ChatMember.MEMBER
    return "agent" if inside else "gone"


def _tapped(query: CallbackQuery, groups: Container[int]) -> Parsed:
    if query.message is None or not query.data:
        return Unused("a tap without a message or data")
    chat = query.message.chat.id
    if chat in groups:
        return DeskTapped(chat, query.message.message_id, person(query.from_user), query.id, query.data)
    if not query.data.startswith(CUSTOMER_TAP):
        return Unused("a tap on a button that is not ours")
    return Line(
        channel="telegram",
        address=str(chat),
        our_address="",
        provider_id=f"tap:{query.id}",
        text=_label(query),
        name=query.from_user.first_name,
        language=query.from_user.language_code or "",
        tapped=query.data.removeprefix(CUSTOMER_TAP),
    )


def _label(query: CallbackQuery) -> str:
    """The words on the button that was tapped."""
    markup = query.message.reply_markup if isinstance(query.message, Message) else None
    rows = markup.inline_keyboard if markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == query.data), "")
