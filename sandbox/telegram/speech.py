"""What people say: texts, media, albums, places and contacts, and their edits."""

from typing import Any

from sandbox.ledger import Json
from sandbox.telegram.chats import GENERAL, Chat, Message
from sandbox.telegram.house import House
from sandbox.telegram.media import NOUNS, keep_upload
from sandbox.telegram.params import Upload
from sandbox.telegram.people import ANONYMOUS, User
from sandbox.telegram.samples import sample
from sandbox.telegram.text import formatted

PLAIN = ("location", "contact", "venue", "dice", "poll")


def say(house: House, body: Json) -> Json:
    """One message of a person (an album: several), told to the bot if it may see it."""
    user = speaker(house, body)
    if body["chat_id"] == user.id:
        user.started = True
    chat = place(house, body, user)
    contents = _album(house, body) if "album" in body else [_content(house, body)]
    said = [_post(house, chat, user, body, content) for content in contents]
    ids = [house.announce(message) for message in said]
    answer: Json = {"update_id": ids[-1], "message": said[-1].as_json()}
    if "album" in body:
        answer |= {"update_ids": ids, "messages": [message.as_json() for message in said]}
    return answer


def speaker(house: House, body: Json) -> User:
    """The person of a control call; an unknown one is made, ``first_name`` and the like may come along."""
    names = ("first_name", "last_name", "username", "language_code")
    return house.person({"id": body["user_id"]} | {name: body[name] for name in names if name in body})


def place(house: House, body: Json, user: User) -> Chat:
    """Where it is said. Raises ValueError if this person cannot write there."""
    if body["chat_id"] == user.id:
        return house.private_chat(user)
    chat = house.chats.get(body["chat_id"])
    if chat is None or chat.upgraded_to:
        raise ValueError(f"no chat {body['chat_id']} to write to; chats: {sorted(house.chats)}")
    if not chat.member(user).inside:
        raise ValueError(f"user {user.id} is no member of chat {chat.id}; add them with POST /sandbox/telegram/members")
    thread = body.get("message_thread_id")
    if thread and thread != GENERAL and thread not in chat.topics:
        raise ValueError(f"no topic {thread} in chat {chat.id}; topics: {sorted(chat.topics)}")
    topic = chat.topics.get(thread or GENERAL)
    if topic and topic.closed and not chat.member(user).leads and topic.creator != user.id:
        raise ValueError(f"topic {topic.id} is closed: only administrators write there")
    return chat


def _post(house: House, chat: Chat, user: User, body: Json, content: Json) -> Message:
    reply_to, thread = body.get("reply_to_message_id"), body.get("message_thread_id")
    if reply_to and reply_to not in chat.messages:
        raise ValueError(f"no message {reply_to} in chat {chat.id} to reply to")
    if reply_to and not thread:
        thread = chat.messages[reply_to].thread
    album = {"media_group_id": content.pop("media_group_id")} if "media_group_id" in content else {}
    quote: Json = {"quote": {"text": body["quote"], "position": 0, "is_manual": True}} if "quote" in body else {}
    extra = album | quote
    member, sender = chat.member(user), user
    if member.is_anonymous:
        # An anonymous administrator writes as the group itself (bots/api#message, sender_chat).
        sender = ANONYMOUS
        extra["sender_chat"] = chat.as_json()
        if member.custom_title:
            extra["author_signature"] = member.custom_title
    thread = None if thread == GENERAL else thread
    return house.store(chat, sender, content, thread=thread, reply_to=reply_to, extra=extra)


def _content(house: House, body: Json) -> Json:
    """The message fields of ``text``, of a media kind with a sample's name, or of a plain object."""
    if "text" in body:
        text, entities = formatted(body["text"], "", body.get("entities"))
        if not text:
            raise ValueError("a message needs a text that is not empty")
        return {"text": text} | ({"entities": entities} if entities else {})
    for kind in PLAIN:
        if kind in body:
            return {kind: body[kind]}
    for kind in NOUNS:
        if kind in body:
            return _media(house, kind, body[kind]) | _caption(body)
    raise ValueError(f"say what? one of text, album, {', '.join((*NOUNS, *PLAIN))}")


def _album(house: House, body: Json) -> list[Json]:
    """Each item its own message; the caption is the first one's."""
    items = [_media(house, sample(name).kind, name) for name in body["album"]]
    if not 2 <= len(items) <= 10:
        raise ValueError("an album has 2 to 10 items")
    group = {"media_group_id": str(house.dice.randrange(10**16, 10**17))}
    return [group | items[0] | _caption(body), *(group | item for item in items[1:])]


def _media(house: House, kind: str, name: Any) -> Json:
    """``name`` is a sample's, or {"sample": name, "file_name": ..., "bytes": n} to rename or pad it."""
    wish = name if isinstance(name, dict) else {"sample": name}
    made = sample(wish["sample"])
    data = made.data.ljust(int(wish.get("bytes", 0)), b"\0")
    return keep_upload(house.files, kind, Upload(wish.get("file_name", made.name), data, made.mime), made.media())


def _caption(body: Json) -> Json:
    text, entities = formatted(body.get("caption", ""), "")
    return ({"caption": text} if text else {}) | ({"caption_entities": entities} if entities else {})


def edit(house: House, body: Json) -> Json:
    """Its author changes a text or caption."""
    chat = house.chats.get(body["chat_id"])
    message = chat.messages.get(body["message_id"]) if chat else None
    if message is None or message.sender is house.me:
        raise ValueError(f"no message {body['message_id']} of a person in chat {body['chat_id']}")
    name = "text" if "text" in message.content else "caption"
    kept = {k: v for k, v in message.content.items() if k not in (name, "entities", "caption_entities")}
    said = _content(house, {"text": body["text"]}) if name == "text" else _caption({"caption": body["text"]})
    message.content = said | kept
    message.edit_date = house.now()
    return {"update_id": house.announce(message, "edited_message")}
