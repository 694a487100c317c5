"""What all sends share: where to, in reply to what, with which buttons."""

from typing import Any

from sandbox.ledger import Json
from sandbox.telegram.access import find_chat, find_reply, find_thread
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.errors import TDLIB, bad
from sandbox.telegram.house import House
from sandbox.telegram.keyboards import reply_markup
from sandbox.telegram.params import Params

WHERE = (
    "chat_id message_thread_id disable_notification protect_content reply_parameters reply_markup "
    "reply_to_message_id allow_sending_without_reply allow_paid_broadcast"
)


def send(house: House, params: Params, content: Json, noun: str, **extra: Any) -> Message:
    """Puts one message of the bot into the chat; ``noun`` is Telegram's plural for the right to send it."""
    markup = reply_markup(params)
    chat = find_chat(house, params)
    thread = find_thread(house, chat, params)
    reply_to, quote = find_reply(chat, params)
    check_may_send(house, chat, noun)
    name_people(house, content)
    more = quote | extra
    if params.flag("protect_content"):
        more["has_protected_content"] = True
    return house.store(chat, house.me, content, thread=thread, reply_to=reply_to, markup=markup, extra=more)


def check_may_send(house: House, chat: Chat, noun: str) -> None:
    if chat.member(house.me).status == "restricted":
        raise bad(f"Not enough rights to send {noun} to the chat", TDLIB)


def name_people(house: House, content: Json) -> None:
    """A link to tg://user?id=N becomes a mention of somebody known, or nothing (LinkManager, TDLib)."""
    for name in ("entities", "caption_entities"):
        if not any("user" in entity for entity in content.get(name, ())):
            continue
        kept = []
        for entity in content[name]:
            user = house.users.get(int(entity["user"]["id"])) if "user" in entity else None
            if "user" not in entity or user:
                kept.append(entity | ({"user": user.as_json()} if user else {}))
        content[name] = kept
