"""Changing and deleting messages, reactions and pins."""

from sandbox.ledger import Json
from sandbox.telegram.access import find_chat, find_message, need_right
from sandbox.telegram.chats import Message
from sandbox.telegram.errors import BOT_API, DOCS, SERVER, TDLIB, bad
from sandbox.telegram.house import House
from sandbox.telegram.keyboards import reply_markup
from sandbox.telegram.methods.messages import link_preview
from sandbox.telegram.methods.method import method
from sandbox.telegram.methods.sending import name_people
from sandbox.telegram.params import Params
from sandbox.telegram.reactions import REACTIONS, plain
from sandbox.telegram.text import caption_of, message_text

DELETABLE_FOR = 48 * 3600
UNMODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)
TEXT = ("text", "entities", "link_preview_options")
CAPTION = ("caption", "caption_entities", "show_caption_above_media")
WITH_CAPTION = ("photo", "video", "animation", "audio", "document", "voice")


def edit_text(house: House, params: Params) -> Json:
    new = message_text(params) | link_preview(params)
    message = editable(house, params)
    if "text" not in message.content:
        raise bad("there is no text in the message to edit", SERVER)
    return change(house, params, message, _without(message, TEXT) | new)


def edit_caption(house: House, params: Params) -> Json:
    new = caption_of(params)
    message = editable(house, params)
    if not any(kind in message.content for kind in WITH_CAPTION):
        raise bad("there is no caption in the message to edit", SERVER)
    return change(house, params, message, _without(message, CAPTION) | new)


def edit_markup(house: House, params: Params) -> Json:
    message = editable(house, params)
    return change(house, params, message, message.content)


def editable(house: House, params: Params) -> Message:
    reply_markup(params, inline_only=True)
    message = find_message(house, params, "message to edit")
    if message.sender is not house.me or message.service:
        raise bad("message can't be edited", SERVER)
    return message


def _without(message: Message, names: tuple[str, ...]) -> Json:
    return {name: value for name, value in message.content.items() if name not in names}


def change(house: House, params: Params, message: Message, content: Json) -> Json:
    """Replaces content and buttons; an edit without reply_markup takes the buttons away (bots/api)."""
    name_people(house, content)
    markup = reply_markup(params, inline_only=True)
    if content == message.content and markup == message.markup:
        raise bad(UNMODIFIED, BOT_API, "message is not modified")
    if content != message.content:
        message.edit_date = house.now()
    message.content, message.markup = content, markup
    return message.as_json()


def delete_message(house: House, params: Params) -> bool:
    if not params.number("message_id"):
        raise bad("Message identifier is not specified", BOT_API)
    message = find_message(house, params, "message to delete")
    _check_deletable(house, message)
    _forget(message)
    return True


def delete_messages(house: House, params: Params) -> bool:
    """Messages that are not there are skipped (bots/api#deletemessages)."""
    numbers = params.data("message_ids", "message identifiers")
    if not isinstance(numbers, list) or not numbers:
        raise bad("Message identifiers are not specified", BOT_API)
    if len(numbers) > 100:
        raise bad("Too many message identifiers specified", BOT_API)
    chat = find_chat(house, params)
    found = [chat.messages[int(number)] for number in numbers if int(number) in chat.messages]
    for message in found:
        _check_deletable(house, message)
    for message in found:
        _forget(message)
    return True


def _check_deletable(house: House, message: Message) -> None:
    """bots/api#deletemessage: younger than 48 h; others' messages only with can_delete_messages."""
    if "forum_topic_created" in message.content or house.now() - message.date > DELETABLE_FOR:
        raise bad("message can't be deleted for everyone", f"{TDLIB}; {DOCS}, deleteMessage")
    own = message.sender is house.me or message.chat.type == "private"
    if not own and not message.chat.member(house.me).may("can_delete_messages"):
        raise bad("message can't be deleted", f"{BOT_API}; {DOCS}, deleteMessage")


def _forget(message: Message) -> None:
    del message.chat.messages[message.id]
    if message.id in message.chat.pinned:
        message.chat.pinned.remove(message.id)


def set_reaction(house: House, params: Params) -> bool:
    """One reaction of a bot per message, from the fixed list (bots/api#setmessagereaction)."""
    wanted = params.data("reaction", "reaction types") or []
    if not isinstance(wanted, list):
        raise bad("Expected an Array of ReactionType", BOT_API)
    for one in wanted:
        if not isinstance(one, dict) or one.get("type") not in ("emoji", "custom_emoji", "paid"):
            raise bad("invalid reaction type specified", BOT_API)
    message = find_message(house, params, "message to react", write=False)
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY", f"{SERVER}; {DOCS}, bots set one reaction")
    if wanted and (wanted[0]["type"] != "emoji" or plain(wanted[0].get("emoji", "")) not in REACTIONS):
        raise bad("REACTION_INVALID", f"{SERVER}; {DOCS}, ReactionTypeEmoji")
    if message.service:
        raise bad("REACTION_INVALID", SERVER)
    if wanted:
        message.reactions[house.me.id] = plain(wanted[0]["emoji"])
    else:
        message.reactions.pop(house.me.id, None)
    return True


def pin(house: House, params: Params) -> bool:
    """The service message about it comes to the bot as an update (levlam, telegram-bot-api#731)."""
    message = find_message(house, params, "message to pin")
    _need_pin_right(house, params)
    if message.service:
        raise bad("Service messages can't be pinned", TDLIB)
    chat = message.chat
    if message.id not in chat.pinned:
        chat.pinned.append(message.id)
        content = {"pinned_message": message.as_json(False)}
        house.serve(chat, house.me, content, thread=message.thread, reply_to=message.id)
    return True


def unpin(house: House, params: Params) -> bool:
    chat = find_chat(house, params)
    _need_pin_right(house, params)
    number = params.number("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if number == 0:
        raise bad("Message to unpin not found", BOT_API)
    if number not in chat.messages:
        raise bad("message to unpin not found", BOT_API)
    if number in chat.pinned:
        chat.pinned.remove(number)
    return True


def unpin_all(house: House, params: Params) -> bool:
    chat = find_chat(house, params)
    _need_pin_right(house, params)
    chat.pinned.clear()
    return True


def _need_pin_right(house: House, params: Params) -> None:
    chat = find_chat(house, params)
    if chat.type != "private":
        need_right(house, chat, "can_pin_messages", "Not enough rights to manage pinned messages in the chat")


WHICH = "chat_id message_id reply_markup"
METHODS = (
    method(
        "editMessageText",
        edit_text,
        f"{WHICH} text parse_mode entities link_preview_options disable_web_page_preview",
        flood=True,
    ),
    method(
        "editMessageCaption",
        edit_caption,
        f"{WHICH} caption parse_mode caption_entities show_caption_above_media",
        flood=True,
    ),
    method("editMessageReplyMarkup", edit_markup, WHICH, flood=True),
    method("deleteMessage", delete_message, "chat_id message_id"),
    method("deleteMessages", delete_messages, "chat_id message_ids"),
    method("setMessageReaction", set_reaction, "chat_id message_id reaction is_big", flood=True),
    method("pinChatMessage", pin, "chat_id message_id disable_notification", flood=True),
    method("unpinChatMessage", unpin, "chat_id message_id", flood=True),
    method("unpinAllChatMessages", unpin_all, "chat_id", flood=True),
)
