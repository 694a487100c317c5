"""People and the bot come and go: service messages, chat_member and my_chat_member updates."""

from sandbox.ledger import Json
from sandbox.telegram.chats import GENERAL, Chat, Topic
from sandbox.telegram.house import House
from sandbox.telegram.people import Member, User, change_member


def change_status(house: House, chat: Chat, user: User, data: Json, actor: User) -> int | None:
    """Changes one membership and tells the bot; returns the id of the (my_)chat_member update."""
    member = chat.members.setdefault(user.id, Member(user, "left"))
    old, was_inside = member.as_json(chat.type, False), member.inside
    change_member(member, data)
    mine = user is house.me
    if member.inside and not was_inside:
        house.serve(chat, actor, {"new_chat_members": [user.as_json()]})
    elif was_inside and not member.inside:
        _say_left(house, chat, user, actor, mine)
    body = changed(house, chat, actor, old, member.as_json(chat.type, False))
    # chat_member updates reach administrators only (bots/api#update).
    if mine:
        return house.updates.push("my_chat_member", body)
    return house.updates.push("chat_member", body) if chat.member(house.me).leads else None


def _say_left(house: House, chat: Chat, user: User, actor: User, mine: bool) -> None:
    """Who left the chat still gets the message about its own leaving (need_skip_update_message, Client.cpp)."""
    message = house.store(chat, actor, {"left_chat_member": user.as_json()}, service=True)
    if mine:
        house.updates.push("message", message.as_json())
    else:
        house.announce(message)


def changed(house: House, chat: Chat, actor: User, old: Json, new: Json) -> Json:
    """A ChatMemberUpdated."""
    shown: Json = {"chat": chat.as_json(), "from": actor.as_json(), "date": house.now()}
    return shown | {"old_chat_member": old, "new_chat_member": new}


def block(house: House, user: User, blocked: bool) -> int | None:
    """The customer blocks or unblocks the bot in their private chat."""
    chat = house.private_chat(user)
    member = chat.members[house.me.id]
    old = member.as_json(chat.type, False)
    user.blocked = blocked
    member.status = "kicked" if blocked else "member"
    return house.updates.push("my_chat_member", changed(house, chat, user, old, member.as_json(chat.type, False)))


def migrate(house: House, chat: Chat, actor: User, is_forum: bool) -> Chat:
    """A basic group becomes a supergroup with another id; each chat says so with a service message."""
    if chat.type != "group" or chat.upgraded_to:
        raise ValueError(f"chat {chat.id} is no basic group that can be upgraded")
    new = house.add_chat({"id": -(10**12) - abs(chat.id) - 10**9, "title": chat.title, "is_forum": is_forum})
    new.members = {number: Member(one.user, one.status, dict(one.rights)) for number, one in chat.members.items()}
    if is_forum:
        new.topics[GENERAL] = Topic(GENERAL, "General")
    house.serve(chat, actor, {"migrate_to_chat_id": new.id})
    chat.upgraded_to = new.id
    house.serve(new, actor, {"migrate_from_chat_id": chat.id})
    return new
