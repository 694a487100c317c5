"""The control interface under /sandbox/telegram: everything a person can do, each act one ledger entry."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from sandbox.ledger import Json
from sandbox.telegram.chats import GENERAL, Chat, Message, Topic
from sandbox.telegram.errors import Refused
from sandbox.telegram.house import HOUSE, House
from sandbox.telegram.membership import block, change_status, migrate
from sandbox.telegram.methods.topics import change_topic, check_name, close_topic, drop_topic, open_topic
from sandbox.telegram.people import User
from sandbox.telegram.reactions import REACTIONS, plain
from sandbox.telegram.speech import edit, say, speaker
from sandbox.telegram.updates import KINDS
from sandbox.telegram.view import chat_json

Act = Callable[[House, Json], Json]


def tap(house: House, body: Json) -> Json:
    """Presses the inline button with this data, or with this label."""
    chat, message = _message(house, body)
    user = house.person({"id": body["user_id"]})
    rows = (message.markup or {}).get("inline_keyboard", [])
    name, wanted = ("callback_data", body["data"]) if "data" in body else ("text", body["text"])
    found = [button for row in rows for button in row if button.get(name) == wanted]
    if not found or "callback_data" not in found[0]:
        labels = [button["text"] for row in rows for button in row]
        raise ValueError(f"message {message.id} has no such button to press; its buttons: {labels}")
    press = house.taps.press(user.id, house.world.clock.now())
    query: Json = {"id": press.id, "from": user.as_json(), "message": message.as_json()}
    query |= {"chat_instance": str(abs(chat.id) * 7919), "data": found[0]["callback_data"]}
    return {"update_id": house.updates.push("callback_query", query), "callback_query_id": press.id}


def react(house: House, body: Json) -> Json:
    """Sets or takes back a person's reaction; bots that are no administrators hear nothing of it."""
    chat, message = _message(house, body)
    user, emoji = house.person({"id": body["user_id"]}), plain(body["emoji"]) if body.get("emoji") else None
    if emoji is not None and emoji not in REACTIONS:
        raise ValueError(f"{emoji!r} is no reaction Telegram knows; for example 👍 👀 👌")
    old = message.reactions.get(user.id)
    if emoji is None:
        message.reactions.pop(user.id, None)
    else:
        message.reactions[user.id] = emoji
    shown: Json = {"chat": chat.as_json(), "message_id": message.id}
    anonymous = chat.member(user).is_anonymous
    shown |= {"actor_chat": chat.as_json()} if anonymous else {"user": user.as_json()}
    shown |= {"date": house.now(), "old_reaction": _reaction(old), "new_reaction": _reaction(emoji)}
    hears = chat.type == "private" or chat.member(house.me).leads
    return {"update_id": house.updates.push("message_reaction", shown) if hears else None}


def topics(house: House, body: Json) -> Json:
    """A person creates, closes, reopens, renames or deletes a topic."""
    chat = _chat(house, body)
    user = house.person({"id": body["user_id"]})
    if not chat.is_forum:
        raise ValueError(f"chat {chat.id} is no forum")
    if body["action"] == "create":
        check_name(body["name"])
        topic = open_topic(house, chat, Topic(0, body["name"], creator=user.id))
        return {"message_thread_id": topic.id}
    if body["message_thread_id"] not in chat.topics:
        raise ValueError(f"no topic {body['message_thread_id']}; topics: {sorted(chat.topics)}")
    topic = chat.topics[body["message_thread_id"]]
    match body["action"]:
        case "close" | "reopen":
            close_topic(house, chat, topic, body["action"] == "close", user.id)
        case "edit":
            change_topic(house, chat, topic, {"name": body["name"]}, user.id)
        case "delete" if topic.id != GENERAL:
            drop_topic(chat, topic)
        case other:
            raise ValueError(f"unknown action {other!r}; use create, close, reopen, edit or delete")
    return {"message_thread_id": topic.id}


def raw_update(house: House, body: Json) -> Json:
    """Queues any update body, unchecked, under a fresh update_id."""
    update = body["update"]
    kinds = [kind for kind in update if kind != "update_id"]
    if len(kinds) != 1:
        raise ValueError(f"an update has exactly one kind beside update_id, not {kinds}; kinds: {', '.join(KINDS)}")
    return {"update_id": house.updates.force(kinds[0], update[kinds[0]])}


def members(house: House, body: Json) -> Json:
    """Adds, promotes or removes somebody; ``user.id`` may be the bot's own."""
    chat, user = _chat(house, body), house.person(body["user"])
    actor = house.person({"id": body["by"]}) if "by" in body else _owner(chat, user)
    data: Json = {name: body[name] for name in ("status", "rights", "custom_title", "is_anonymous") if name in body}
    return {"update_id": change_status(house, chat, user, data, actor)}


def blocks(house: House, body: Json) -> Json:
    return {"update_id": block(house, speaker(house, body), bool(body.get("blocked", True)))}


def migrates(house: House, body: Json) -> Json:
    chat = _chat(house, body)
    new = migrate(house, chat, _owner(chat, house.me), bool(body.get("is_forum", False)))
    return {"chat_id": new.id}


def removes(house: House, body: Json) -> Json:
    """A person deletes a message; Telegram tells bots nothing about it."""
    chat, message = _message(house, body)
    del chat.messages[message.id]
    return {}


def _owner(chat: Chat, other: User) -> User:
    """Somebody who leads the chat, to act; else the person concerned."""
    leads = [one.user for one in chat.members.values() if one.leads and not one.user.is_bot]
    return leads[0] if leads else other


def _reaction(emoji: str | None) -> list[Json]:
    return [{"type": "emoji", "emoji": emoji}] if emoji else []


def _chat(house: House, body: Json) -> Chat:
    if body["chat_id"] not in house.chats:
        raise ValueError(f"no chat {body['chat_id']}; chats: {sorted(house.chats)}")
    return house.chats[body["chat_id"]]


def _message(house: House, body: Json) -> tuple[Chat, Message]:
    chat = _chat(house, body)
    if body["message_id"] not in chat.messages:
        raise ValueError(f"no message {body['message_id']} in chat {chat.id}")
    return chat, chat.messages[body["message_id"]]


ACTS: dict[str, Act] = {
    "say": say,
    "edit": edit,
    "delete": removes,
    "tap": tap,
    "react": react,
    "topics": topics,
    "update": raw_update,
    "members": members,
    "block": blocks,
    "migrate": migrates,
}


async def play(request: web.Request) -> web.Response:
    """``POST /sandbox/telegram/<act>``; the webhook that follows comes in its own time."""
    house, name, body = request.app[HOUSE], request.match_info["act"], await request.json()
    if name not in ACTS:
        raise ValueError(f"unknown act {name!r}; acts: {', '.join(ACTS)}")
    entry: Any = house.world.ledger.append(
        "telegram", "person", name, destination=str(body.get("chat_id", body.get("user_id", ""))), request=body
    )
    try:
        entry.response = ACTS[name](house, body)
    except (Refused, ValueError, KeyError, TypeError) as error:
        entry.outcome, entry.response = 400, {"error": str(error)}
        raise ValueError(str(error)) from error
    entry.outcome = 200
    return web.json_response(entry.response)


async def show_tap(request: web.Request) -> web.Response:
    try:
        found = request.app[HOUSE].taps.find(request.match_info["id"])
    except KeyError:
        raise ValueError(f"no button press {request.match_info['id']}") from None
    return web.json_response({"answer": found.answer})


async def list_chats(request: web.Request) -> web.Response:
    house = request.app[HOUSE]
    return web.json_response({"chats": [chat.as_json() for chat in house.chats.values()]})


async def show_chat(request: web.Request) -> web.Response:
    house = request.app[HOUSE]
    return web.json_response(chat_json(_chat(house, {"chat_id": int(request.match_info["id"])})))
