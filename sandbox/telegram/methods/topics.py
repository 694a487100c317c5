"""Forum topics: create, change, close, reopen, delete, and General."""

from collections.abc import Callable

from sandbox.ledger import Json
from sandbox.telegram.access import find_chat, need_right
from sandbox.telegram.chats import GENERAL, ICON_COLORS, Chat, Topic
from sandbox.telegram.errors import DOCS, SERVER, TDLIB, bad
from sandbox.telegram.house import House
from sandbox.telegram.icons import ICONS, icon_stickers
from sandbox.telegram.methods.method import method
from sandbox.telegram.params import Params

NAME_LIMIT = 128


def create(house: House, params: Params) -> Json:
    """The id of the service message that creates it is the topic's id; bots get that message as an update."""
    chat = _forum(house, params, "Not enough rights to create a topic")
    name = params.text("name").strip()
    check_name(name)
    color = params.number("icon_color", ICON_COLORS[0])
    if color not in ICON_COLORS:
        raise bad("TOPIC_ICON_COLOR_INVALID", f"{SERVER}; {DOCS}, createForumTopic")
    topic = open_topic(house, chat, Topic(0, name, color, _icon(params), house.me.id))
    return topic.as_json()


def open_topic(house: House, chat: Chat, topic: Topic) -> Topic:
    """Makes the topic with its service message, told to the bot."""
    about: Json = {"name": topic.name, "icon_color": topic.icon_color}
    if topic.icon:
        about["icon_custom_emoji_id"] = topic.icon
    creator = house.users[topic.creator]
    message = house.store(chat, creator, {"forum_topic_created": about}, service=True)
    topic.id = message.thread = message.id
    chat.topics[topic.id] = topic
    house.announce(message)
    return topic


def edit(house: House, params: Params) -> bool:
    chat = _forum(house, params, "Not enough rights to edit the topic", of_topic=True)
    topic = _topic(chat, params)
    changes: Json = {}
    if (name := params.text("name").strip()) and name != topic.name:
        check_name(name)
        changes["name"] = name
    if params.has("icon_custom_emoji_id") and params.text("icon_custom_emoji_id") != topic.icon:
        changes["icon_custom_emoji_id"] = _icon(params)
    if not changes:
        raise bad("TOPIC_NOT_MODIFIED", SERVER)
    change_topic(house, chat, topic, changes, house.me.id)
    return True


def change_topic(house: House, chat: Chat, topic: Topic, changes: Json, user_id: int) -> None:
    """Applies ``name`` and ``icon_custom_emoji_id`` with the service message forum_topic_edited."""
    topic.name = changes.get("name", topic.name)
    topic.icon = changes.get("icon_custom_emoji_id", topic.icon)
    house.serve(chat, house.users[user_id], {"forum_topic_edited": changes}, thread=_thread(topic))


def toggle(closed: bool) -> Callable[[House, Params], bool]:
    def run(house: House, params: Params) -> bool:
        chat = _forum(house, params, "Not enough rights to close or open the topic", of_topic=True)
        close_topic(house, chat, _topic(chat, params), closed, house.me.id)
        return True

    return run


def toggle_general(closed: bool) -> Callable[[House, Params], bool]:
    def run(house: House, params: Params) -> bool:
        chat = _forum(house, params, "Not enough rights to close or open the topic")
        close_topic(house, chat, chat.topics[GENERAL], closed, house.me.id)
        return True

    return run


def close_topic(house: House, chat: Chat, topic: Topic, closed: bool, user_id: int) -> None:
    """Closes or reopens with its service message. Raises Refused TOPIC_NOT_MODIFIED if it is so already."""
    if topic.closed == closed:
        raise bad("TOPIC_NOT_MODIFIED", SERVER)
    topic.closed = closed
    kind = "forum_topic_closed" if closed else "forum_topic_reopened"
    house.serve(chat, house.users[user_id], {kind: {}}, thread=_thread(topic))


def delete(house: House, params: Params) -> bool:
    chat = find_chat(house, params)
    if chat.is_forum:
        need_right(house, chat, "can_delete_messages", "Not enough rights to delete the topic")
    chat = _forum(house, params, "", of_topic=True)
    drop_topic(chat, _topic(chat, params))
    return True


def drop_topic(chat: Chat, topic: Topic) -> None:
    """The topic and all its messages go; nobody is told (bots get no update about deletions)."""
    del chat.topics[topic.id]
    chat.gone_topics.add(topic.id)
    for number in [number for number, message in chat.messages.items() if message.thread == topic.id]:
        del chat.messages[number]
    chat.pinned = [number for number in chat.pinned if number in chat.messages]


def unpin_all(house: House, params: Params) -> bool:
    chat = _forum(house, params, "", of_topic=True)
    need_right(house, chat, "can_pin_messages", "Not enough rights to manage pinned messages in the chat")
    thread = _thread(_topic(chat, params))
    chat.pinned = [number for number in chat.pinned if chat.messages[number].thread != thread]
    return True


def unpin_all_general(house: House, params: Params) -> bool:
    chat = _forum(house, params, "")
    need_right(house, chat, "can_pin_messages", "Not enough rights to manage pinned messages in the chat")
    chat.pinned = [number for number in chat.pinned if chat.messages[number].thread is not None]
    return True


def edit_general(house: House, params: Params) -> bool:
    chat = _forum(house, params, "Not enough rights to edit the topic")
    check_name(params.text("name").strip())
    if params.text("name").strip() == chat.topics[GENERAL].name:
        raise bad("TOPIC_NOT_MODIFIED", SERVER)
    change_topic(house, chat, chat.topics[GENERAL], {"name": params.text("name").strip()}, house.me.id)
    return True


def toggle_hidden(hidden: bool) -> Callable[[House, Params], bool]:
    def run(house: House, params: Params) -> bool:
        chat = _forum(house, params, "Not enough rights to close or open the topic")
        general = chat.topics[GENERAL]
        if general.hidden == hidden:
            raise bad("TOPIC_NOT_MODIFIED", SERVER)
        general.hidden = hidden
        if hidden and not general.closed:
            general.closed = True
        kind = "general_forum_topic_hidden" if hidden else "general_forum_topic_unhidden"
        house.serve(chat, house.me, {kind: {}})
        return True

    return run


def check_name(name: str) -> None:
    if not name:
        raise bad("TOPIC_TITLE_EMPTY", f"{SERVER}; {DOCS}, 1-128 characters")
    if len(name) > NAME_LIMIT:
        raise bad("TOPIC_TITLE_TOO_LONG", f"{SERVER}; {DOCS}, 1-128 characters")


def _icon(params: Params) -> str:
    icon = params.text("icon_custom_emoji_id")
    if icon and icon not in ICONS:
        raise bad("DOCUMENT_INVALID", f"{SERVER}; {DOCS}, only ids of getForumTopicIconStickers")
    return icon


def _forum(house: House, params: Params, refusal: str, of_topic: bool = False) -> Chat:
    """The forum of a call; ``of_topic``: who created the topic needs no right (bots/api#editforumtopic)."""
    chat = find_chat(house, params)
    if not chat.is_forum:
        raise bad("the chat is not a forum", TDLIB)
    topic = chat.topics.get(params.number("message_thread_id")) if of_topic else None
    if refusal and not (topic and topic.creator == house.me.id):
        need_right(house, chat, "can_manage_topics", refusal)
    return chat


def _topic(chat: Chat, params: Params) -> Topic:
    number = params.number("message_thread_id")
    if number in chat.topics:
        return chat.topics[number]
    raise bad("TOPIC_DELETED" if number in chat.gone_topics else "TOPIC_ID_INVALID", SERVER)


def _thread(topic: Topic) -> int | None:
    return topic.id if topic.id != GENERAL else None


TOPIC = "chat_id message_thread_id"
METHODS = (
    method("createForumTopic", create, "chat_id name icon_color icon_custom_emoji_id", flood=True),
    method("editForumTopic", edit, f"{TOPIC} name icon_custom_emoji_id"),
    method("closeForumTopic", toggle(True), TOPIC),
    method("reopenForumTopic", toggle(False), TOPIC),
    method("deleteForumTopic", delete, TOPIC),
    method("unpinAllForumTopicMessages", unpin_all, TOPIC),
    method("unpinAllGeneralForumTopicMessages", unpin_all_general, "chat_id"),
    method("editGeneralForumTopic", edit_general, "chat_id name"),
    method("closeGeneralForumTopic", toggle_general(True), "chat_id"),
    method("reopenGeneralForumTopic", toggle_general(False), "chat_id"),
    method("hideGeneralForumTopic", toggle_hidden(True), "chat_id"),
    method("unhideGeneralForumTopic", toggle_hidden(False), "chat_id"),
    method("getForumTopicIconStickers", lambda *_: icon_stickers()),
)
