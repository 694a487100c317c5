"""Telegram's updates into lines, desk words and taps (core.telegram.org/bots/api#update)."""

import hashlib
import json
from datetime import UTC
from typing import Any

from telegram import CallbackQuery, ChatMember, ChatMemberRestricted, ChatMemberUpdated, Message, Update
from telegram import User as TelegramUser

from channels.wire import CUSTOMER_TAP, Envelope, NotUnderstood, Request
from conversations.events import DeskSaid, DeskTapped, Line, Media, MemberChanged, Parsed, Person, Unused

# What a part of another type, a time past all calendars or a body nested too deep comes out as.
_ODD = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
_ANONYMOUS = 1087968824  # GroupAnonymousBot, the sender of anonymous admins


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


def parse(request: Request, groups: frozenset[int]) -> Parsed:
    """Raises NotUnderstood for a body that is no update; every kind of update is accepted."""
    try:
        data = _loaded(request)
        if not isinstance(data, dict) or "update_id" not in data:
            raise NotUnderstood("the body is no Telegram update: it has no update_id")
        return _read(data, groups)
    except _ODD as error:
        raise NotUnderstood(f"the update cannot be read: {type(error).__name__}") from error


def _read(data: dict[str, Any], groups: frozenset[int]) -> Parsed:
    update = Update.de_json(data, None)
    if update.callback_query:
        return _tapped(update.callback_query, groups)
    if update.message:
        return _message(update.message, groups)
    if update.chat_member and update.chat_member.chat.id in groups:
        return _member(update.chat_member)
    kind = next((name for name in data if name != "update_id"), "nothing")
    return Unused(f"the update kind {kind} asks nothing of us")


def _message(message: Message, groups: frozenset[int]) -> Parsed:
    media = _media(message)
    text = message.text or message.caption or ""
    if not text and not media:
        return Unused("a service message or a kind without content")
    if message.chat.id in groups:
        return _desk_said(message, text, media)
    if message.chat.type != "private" or message.from_user is None:
        return Unused("not a private chat and not an agent group")
    return Line(
        channel="telegram",
        address=str(message.chat.id),
        our_address="",
        provider_id=str(message.message_id),
        text=text,
        media=media,
        occurred_at=message.date.astimezone(UTC),
        name=message.from_user.first_name,
        language=message.from_user.language_code or "",
        tapped="",
    )


def _desk_said(message: Message, text: str, media: tuple[Media, ...]) -> Parsed:
    topic = message.message_thread_id if message.is_topic_message else None
    quoted = message.reply_to_message.message_id if message.reply_to_message else None
    person = _person(message.from_user)
    if message.sender_chat is not None:
        person = Person(person.id, person.name, anonymous=True)
    return DeskSaid(
        chat=message.chat.id,
        topic=topic,
        message=message.message_id,
        person=person,
        occurred_at=message.date.astimezone(UTC),
        text=text,
        media=media,
        # A plain topic message carries the topic's own creation as its reply: that is no quotation.
        reply_to=None if quoted == topic else quoted,
    )


def _person(user: TelegramUser | None) -> Person:
    if user is None:
        return Person(0, "", anonymous=True)
    return Person(user.id, user.first_name, user.username or "", user.is_bot, anonymous=user.id == _ANONYMOUS)


def _member(change: ChatMemberUpdated) -> Parsed:
    now = change.new_chat_member
    return MemberChanged(change.chat.id, _person(now.user), standing(now), change.date.astimezone(UTC))


def standing(member: ChatMember) -> str:
    """lead for an administrator, agent for who is inside, gone for anybody else (bots/api#chatmember)."""
    if member.status in (ChatMember.OWNER, ChatMember.ADMINISTRATOR):
        return "lead"
    inside = member.is_member if isinstance(member, ChatMemberRestricted) else member.status == ChatMember.MEMBER
    return "agent" if inside else "gone"


def _tapped(query: CallbackQuery, groups: frozenset[int]) -> Parsed:
    if query.message is None or not query.data:
        return Unused("a tap without a message or data")
    chat = query.message.chat.id
    if chat in groups:
        return DeskTapped(chat, query.message.message_id, _person(query.from_user), query.id, query.data)
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


def _media(message: Message) -> tuple[Media, ...]:
    if message.photo:
        return (Media("picture", message.photo[-1].file_id, "image/jpeg"),)
    for kind, found in (
        ("voice", message.voice),
        ("video", message.animation or message.video or message.video_note),
        ("audio", message.audio),
        ("document", message.document),
        ("sticker", message.sticker),
    ):
        if found:
            length = getattr(found, "_duration", None)  # .duration warns of its coming change of type
            return (Media(kind, found.file_id, getattr(found, "mime_type", None) or "", seconds=_seconds(length)),)
    if message.location:
        return (Media("location", f"{message.location.latitude},{message.location.longitude}"),)
    if message.contact:
        return (Media("contact", message.contact.phone_number, name=message.contact.first_name),)
    return ()


def _seconds(duration: object) -> int | None:
    """python-telegram-bot gives an int now and a timedelta later."""
    if duration is None:
        return None
    return int(duration.total_seconds()) if hasattr(duration, "total_seconds") else int(str(duration))
