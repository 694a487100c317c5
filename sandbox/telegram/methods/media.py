"""Sending photos, videos, voice notes and the like, alone or as an album."""

from collections.abc import Callable
from typing import Any

from sandbox.ledger import Json
from sandbox.telegram.access import find_chat, find_reply, find_thread
from sandbox.telegram.chats import Message
from sandbox.telegram.errors import BOT_API, SERVER, bad
from sandbox.telegram.house import House
from sandbox.telegram.media import NOUNS, NUMBERS, TEXTS, keep_upload, known_file
from sandbox.telegram.methods.edits import change, editable
from sandbox.telegram.methods.method import Method, method
from sandbox.telegram.methods.sending import WHERE, check_may_send, name_people, send
from sandbox.telegram.params import Params
from sandbox.telegram.text import caption_of

CAPTION = "caption parse_mode caption_entities show_caption_above_media"
OWN = {
    "photo": f"{CAPTION} has_spoiler",
    "video": f"{CAPTION} has_spoiler duration width height supports_streaming",
    "animation": f"{CAPTION} has_spoiler duration width height",
    "audio": "caption parse_mode caption_entities duration performer title",
    "document": "caption parse_mode caption_entities disable_content_type_detection",
    "voice": "caption parse_mode caption_entities duration",
    "video_note": "duration length",
    "sticker": "emoji",
}
ALBUM = ("photo", "video", "audio", "document")
REPLACING = (*ALBUM, "animation")


def send_media(kind: str) -> Callable[[House, Params], Json]:
    def run(house: House, params: Params) -> Json:
        caption = caption_of(params)
        content = take_file(house, params, kind, params.text(kind), kind) | caption
        if params.flag("has_spoiler"):
            content["has_media_spoiler"] = True
        return send(house, params, content, NOUNS[kind]).as_json()

    return run


def take_file(house: House, params: Params, kind: str, given: str, field: str) -> Json:
    """The media of ``given``: a multipart file of that field, ``attach://name``, or a file id."""
    name = given.removeprefix("attach://") if given.startswith("attach://") else field
    facts = {key: params.values.get(key) for key in (*NUMBERS, *TEXTS)}
    if name in params.files:
        return keep_upload(house.files, kind, params.files[name], facts)
    if not given or given.startswith("attach://"):
        raise bad(f"there is no {kind.replace('_', ' ')} in the request", BOT_API)
    return known_file(house.files, kind, given)


def send_album(house: House, params: Params) -> list[Json]:
    """2-10 items sharing a media_group_id (bots/api#sendmediagroup)."""
    items = params.data("media", "media")
    if not isinstance(items, list):
        raise bad("Expected an Array of InputMedia", BOT_API)
    if not 2 <= len(items) <= 10:
        raise bad("Wrong number of messages specified: 2-10 are allowed" if items else "Too few media", SERVER)
    contents = [input_media(house, params, item) for item in items]
    kinds = {kind for content in contents for kind in ALBUM if kind in content}
    if len(kinds) > 1 and kinds & {"audio", "document"}:
        raise bad("Can't use the media of the specified type in the album", BOT_API)
    return [message.as_json() for message in post_album(house, params, contents)]


def post_album(house: House, params: Params, contents: list[Json]) -> list[Message]:
    chat = find_chat(house, params)
    thread = find_thread(house, chat, params)
    reply_to, quote = find_reply(chat, params)
    check_may_send(house, chat, "photos")
    extra = quote | {"media_group_id": new_album(house)}
    return [
        house.store(chat, house.me, content, thread=thread, reply_to=reply_to, extra=dict(extra))
        for content in contents
    ]


def new_album(house: House) -> str:
    return str(house.dice.randrange(10**16, 10**17))


def edit_media(house: House, params: Params) -> Json:
    """Puts another photo, video, animation, audio or document into a message (bots/api#editmessagemedia)."""
    message = editable(house, params)
    if not any(kind in message.content for kind in OWN):
        raise bad("there is no media in the message to edit", SERVER)
    return change(house, params, message, input_media(house, params, params.data("media", "input media"), REPLACING))


def input_media(house: House, params: Params, item: Any, kinds: tuple[str, ...] = ALBUM) -> Json:
    """The message fields of one InputMedia. Raises Refused."""
    if not isinstance(item, dict) or item.get("type") not in kinds:
        raise bad("Can't parse InputMedia: Unsupported type specified", BOT_API)
    known = {"type", "media", *OWN[item["type"]].split()}
    if unknown := set(item) - known:
        raise bad(f"the sandbox does not model {min(unknown)} in an album", "sandbox")
    inner = Params(item, params.files)
    content = take_file(house, inner, item["type"], str(item.get("media", "")), "") | caption_of(inner)
    name_people(house, content)
    return content


def _method(kind: str) -> Method:
    name = "send" + "".join(part.title() for part in kind.split("_"))
    return method(name, send_media(kind), f"{WHERE} {kind} {OWN[kind]}", flood=True)


METHODS = (
    *(_method(kind) for kind in OWN),
    method("editMessageMedia", edit_media, "chat_id message_id media reply_markup", flood=True),
    method("sendMediaGroup", send_album, f"{WHERE} media", flood=True),
)
