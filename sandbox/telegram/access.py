"""May the bot do this here: look-ups of chat, topic and message with Telegram's refusals."""

from sandbox.ledger import Json
from sandbox.telegram.chats import GENERAL, Chat, Message, Topic
from sandbox.telegram.errors import BOT_API, SERVER, TDLIB, Refused, bad, forbidden
from sandbox.telegram.house import House
from sandbox.telegram.params import Params


def find_chat(house: House, params: Params, name: str = "chat_id", write: bool = True) -> Chat:
    """The chat of a call (check_chat, Client.cpp). Raises Refused."""
    given = params.text(name)
    if not given:
        raise bad(f"{name} is empty", BOT_API)
    chat = house.chats.get(params.number(name))
    if chat is None and (user := house.users.get(params.number(name))) and user is not house.me:
        chat = house.private_chat(user)
    if chat is None:
        raise bad("chat not found", BOT_API)
    _check_access(house, chat, write)
    return chat


def _check_access(house: House, chat: Chat, write: bool) -> None:
    """check_chat_access, Client.cpp; a private chat is checked by the server when something is sent."""
    kind = "supergroup chat" if chat.type == "supergroup" else "group chat"
    if chat.user:
        if write and chat.user.blocked:
            raise forbidden("bot was blocked by the user")
        if write and not chat.user.started:
            raise forbidden("bot can't initiate conversation with a user", SERVER)
        return
    if chat.upgraded_to and write:
        rule = f"group chat was upgraded to a supergroup chat ({BOT_API})"
        description = "Bad Request: group chat was upgraded to a supergroup chat"
        raise Refused(400, description, rule, {"migrate_to_chat_id": chat.upgraded_to})
    me = chat.member(house.me)
    if me.status == "kicked" and (write or chat.type == "supergroup"):
        raise forbidden(f"bot was kicked from the {kind}")
    if not me.inside and (write or chat.type == "supergroup"):
        raise forbidden(f"bot is not a member of the {kind}")


def find_thread(house: House, chat: Chat, params: Params) -> int | None:
    """The topic to send to; General has no id here and 1 is refused (check_message_topic, Client.cpp)."""
    thread = params.number("message_thread_id")
    if thread == 0 and chat.is_forum and GENERAL in chat.topics:
        check_open(house, chat, chat.topics[GENERAL])
    if thread == 0 or (chat.type != "private" and not chat.is_forum):
        return None
    topic = chat.topics.get(thread)
    if topic is None or thread == GENERAL:
        raise bad("message thread not found", BOT_API)
    check_open(house, chat, topic)
    return thread


def check_open(house: House, chat: Chat, topic: Topic) -> None:
    """Only administrators with can_manage_topics write into a closed topic."""
    if topic.closed and not chat.member(house.me).may("can_manage_topics"):
        raise bad("TOPIC_CLOSED", SERVER)


def need_right(house: House, chat: Chat, right: str, refusal: str) -> None:
    """Raises Refused ``refusal`` unless the bot is an administrator with this right."""
    if not chat.member(house.me).may(right):
        raise bad(refusal, TDLIB)


def find_message(house: House, params: Params, what: str, name: str = "message_id", write: bool = True) -> Message:
    """``what`` is Telegram's word for it, as in ``message to edit not found`` (check_message, Client.cpp)."""
    chat = find_chat(house, params, write=write)
    message = chat.messages.get(params.number(name))
    if message is None:
        raise bad(f"{what} not found", BOT_API)
    return message


def find_reply(chat: Chat, params: Params) -> tuple[int | None, Json]:
    """The message replied to, and the quote of it: reply_parameters or the older reply_to_message_id."""
    data = params.data("reply_parameters", "reply parameters") or {}
    if not isinstance(data, dict):
        raise bad("Object expected as reply parameters", BOT_API)
    number = int(data.get("message_id", 0) or params.number("reply_to_message_id"))
    if number <= 0:
        return None, {}
    if "chat_id" in data and str(data["chat_id"]) != str(chat.id):
        raise bad("the sandbox does not model replies to another chat", "sandbox")
    original = chat.messages.get(number)
    if original is None:
        if data.get("allow_sending_without_reply") or params.flag("allow_sending_without_reply"):
            return None, {}
        raise bad("message to be replied not found", BOT_API)
    return number, _quote(original, data.get("quote", ""))


def _quote(original: Message, quote: str) -> Json:
    if not quote:
        return {}
    said = original.content.get("text") or original.content.get("caption", "")
    if quote not in said:
        raise bad("QUOTE_TEXT_INVALID", SERVER)
    return {"quote": {"text": quote, "position": len(said[: said.index(quote)]), "is_manual": True}}
