"""Looking up chats, members and files."""

from sandbox.ledger import Json
from sandbox.telegram.access import find_chat
from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import BOT_API, SERVER, bad
from sandbox.telegram.files import DOWNLOAD_LIMIT
from sandbox.telegram.house import House
from sandbox.telegram.membership import change_status
from sandbox.telegram.methods.method import method
from sandbox.telegram.params import Params
from sandbox.telegram.people import Member


def get_chat(house: House, params: Params) -> Json:
    return find_chat(house, params, write=False).full_json()


def get_member(house: House, params: Params) -> Json:
    chat = find_chat(house, params, write=False)
    user = house.users.get(params.number("user_id"))
    if user is None:
        raise bad("PARTICIPANT_ID_INVALID", SERVER)
    return _shown(chat, chat.member(user))


def get_administrators(house: House, params: Params) -> list[Json]:
    """Other bots are left out, the asking one is not (bots/api#getchatadministrators)."""
    chat = find_chat(house, params, write=False)
    if chat.type == "private":
        raise bad("there are no administrators in the private chat", BOT_API)
    leads = [member for member in chat.members.values() if member.leads]
    return [_shown(chat, one) for one in leads if not one.user.is_bot or one.user is house.me]


def count_members(house: House, params: Params) -> int:
    chat = find_chat(house, params, write=False)
    return sum(member.inside for member in chat.members.values())


def leave(house: House, params: Params) -> bool:
    chat = find_chat(house, params)
    if chat.type == "private":
        raise bad("chat member status can't be changed in private chats", BOT_API)
    change_status(house, chat, house.me, {"status": "left"}, house.me)
    return True


def get_file(house: House, params: Params) -> Json:
    """At most 20 MB (bots/api#getfile)."""
    file = house.files.by_id(params.text("file_id"))
    if file is None:
        raise bad("wrong file_id or the file is temporarily unavailable", BOT_API)
    if len(file.data) > DOWNLOAD_LIMIT:
        raise bad("file is too big", BOT_API)
    return file.as_json() | {"file_path": file.path}


def _shown(chat: Chat, member: Member) -> Json:
    return member.as_json(chat.type, editable=False)


METHODS = (
    method("getChat", get_chat, "chat_id"),
    method("getChatMember", get_member, "chat_id user_id"),
    method("getChatAdministrators", get_administrators, "chat_id return_bots"),
    method("getChatMemberCount", count_members, "chat_id"),
    method("leaveChat", leave, "chat_id"),
    method("getFile", get_file, "file_id"),
)
