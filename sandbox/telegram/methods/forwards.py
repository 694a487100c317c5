"""Copying and forwarding messages."""

from sandbox.ledger import Json
from sandbox.telegram.access import find_chat, find_thread
from sandbox.telegram.chats import Chat, Message
from sandbox.telegram.errors import BOT_API, DOCS, TDLIB, bad
from sandbox.telegram.house import House
from sandbox.telegram.methods.media import new_album
from sandbox.telegram.methods.method import method
from sandbox.telegram.methods.sending import WHERE, send
from sandbox.telegram.params import Params
from sandbox.telegram.text import caption_of

MOST = 100


def copy_message(house: House, params: Params) -> Json:
    """A message without its author; the caption may be replaced."""
    source = _sources(house, params)
    original = source.messages.get(params.number("message_id"))
    if original is None:
        raise bad("message to copy not found", BOT_API)
    if original.service:
        raise bad("message can't be copied", BOT_API)
    content = dict(original.content)
    if params.has("caption"):
        content = {k: v for k, v in content.items() if k not in ("caption", "caption_entities")} | caption_of(params)
    message = send(house, params, content, "messages")
    if message.markup is None and original.markup and original.sender is house.me and not params.has("reply_markup"):
        message.markup = original.markup
    return {"message_id": message.id}


def forward_message(house: House, params: Params) -> Json:
    source = _sources(house, params)
    original = source.messages.get(params.number("message_id"))
    if original is None:
        raise bad("message to forward not found", BOT_API)
    _check_forwardable(original)
    return send(house, params, dict(original.content), "messages", **_origin(original)).as_json()


def copy_messages(house: House, params: Params) -> list[Json]:
    """Albums stay albums; what cannot be copied is skipped (bots/api#copymessages)."""
    return _many(house, params, [m for m in _listed(house, params, "copy") if not m.service], forward=False)


def forward_messages(house: House, params: Params) -> list[Json]:
    found = [m for m in _listed(house, params, "forward") if not (m.service or m.extra.get("has_protected_content"))]
    return _many(house, params, found, forward=True)


def _many(house: House, params: Params, originals: list[Message], forward: bool) -> list[Json]:
    chat = find_chat(house, params)
    thread = find_thread(house, chat, params)
    albums: dict[str, str] = {}
    sent = []
    for original in originals:
        extra = _origin(original) if forward else {}
        if album := original.extra.get("media_group_id"):
            extra["media_group_id"] = albums.setdefault(album, new_album(house))
        content = dict(original.content)
        if not forward and params.flag("remove_caption"):
            content = {k: v for k, v in content.items() if k not in ("caption", "caption_entities")}
        sent.append(house.store(chat, house.me, content, thread=thread, extra=extra))
    return [{"message_id": message.id} for message in sent]


def _sources(house: House, params: Params) -> Chat:
    return find_chat(house, params, "from_chat_id", write=False)


def _listed(house: House, params: Params, verb: str) -> list[Message]:
    numbers = params.data("message_ids", "message identifiers")
    if not isinstance(numbers, list) or not numbers:
        raise bad("Message identifiers are not specified", BOT_API)
    if len(numbers) > MOST:
        raise bad("Too many message identifiers specified", BOT_API)
    if sorted(set(numbers)) != numbers:
        raise bad("message identifiers must be in a strictly increasing order", f"{TDLIB}; {DOCS}")
    source = _sources(house, params)
    found = [source.messages[number] for number in numbers if number in source.messages]
    if not found:
        raise bad(f"there are no messages to {verb}", TDLIB)
    return found


def _check_forwardable(original: Message) -> None:
    if original.service or original.extra.get("has_protected_content"):
        raise bad("message can't be forwarded", BOT_API)


def _origin(original: Message) -> Json:
    """forward_origin and its older twins (JsonMessageOrigin, Client.cpp)."""
    if "forward_origin" in original.extra:
        return {name: value for name, value in original.extra.items() if name.startswith("forward_")}
    if chat := original.extra.get("sender_chat"):
        origin = {"type": "chat", "date": original.date, "sender_chat": chat}
        return {"forward_origin": origin, "forward_from_chat": chat, "forward_date": original.date}
    person = original.sender.as_json()
    origin = {"type": "user", "date": original.date, "sender_user": person}
    return {"forward_origin": origin, "forward_from": person, "forward_date": original.date}


METHODS = (
    method(
        "copyMessage",
        copy_message,
        f"{WHERE} from_chat_id message_id caption parse_mode caption_entities show_caption_above_media",
        flood=True,
    ),
    method(
        "forwardMessage",
        forward_message,
        "chat_id message_thread_id from_chat_id disable_notification protect_content message_id",
        flood=True,
    ),
    method(
        "copyMessages",
        copy_messages,
        "chat_id message_thread_id from_chat_id message_ids disable_notification protect_content remove_caption",
        flood=True,
    ),
    method(
        "forwardMessages",
        forward_messages,
        "chat_id message_thread_id from_chat_id message_ids disable_notification protect_content",
        flood=True,
    ),
)
