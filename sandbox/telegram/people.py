"""Users and members: who somebody is, and what they may do in a chat."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.ledger import Json

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_manage_tags",
    "can_send_welcome_messages",
)
SUPERGROUP_ONLY = {"can_manage_topics"}
INSIDE = ("creator", "administrator", "member")


@dataclass(slots=True)
class User:
    """``started``: wrote to the bot in private at least once; ``blocked``: blocks the bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_bot: bool = False
    is_premium: bool = False
    started: bool = False
    blocked: bool = False

    def as_json(self) -> Json:
        """A User as JsonUser of Client.cpp writes it: empty fields are left out."""
        shown: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        for name in ("last_name", "username", "language_code"):
            if value := getattr(self, name):
                shown[name] = value
        if self.is_premium:
            shown["is_premium"] = True
        return shown

    def update(self, data: Json) -> None:
        """Takes over the known fields of a configuration or control call. Raises ValueError for others."""
        for name, value in data.items():
            if name not in User.__dataclass_fields__:
                raise ValueError(f"a user has no {name!r}; fields: {', '.join(User.__dataclass_fields__)}")
            setattr(self, name, value)


ANONYMOUS = User(1087968824, "Group", username="GroupAnonymousBot", is_bot=True)


@dataclass(slots=True)
class Member:
    """``rights`` counts for administrators only: the named rights of ChatMemberAdministrator."""

    user: User
    status: str = "member"
    rights: dict[str, bool] = field(default_factory=lambda: dict.fromkeys(ADMIN_RIGHTS, True))
    custom_title: str = ""
    is_anonymous: bool = False

    @property
    def inside(self) -> bool:
        return self.status in INSIDE

    @property
    def leads(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        return self.status == "creator" or (self.status == "administrator" and self.rights.get(right, False))

    def as_json(self, chat_type: str, editable: bool) -> Json:
        """A ChatMember as JsonChatMember of Client.cpp writes it."""
        shown: Json = {"user": self.user.as_json(), "status": self.status}
        if self.status == "administrator":
            shown["can_be_edited"] = editable
            lacks = SUPERGROUP_ONLY if chat_type == "group" else set()
            shown |= {name: self.rights.get(name, False) for name in ADMIN_RIGHTS if name not in lacks}
        if self.leads:
            shown["is_anonymous"] = self.is_anonymous
            if self.custom_title:
                shown["custom_title"] = self.custom_title
        if self.status == "kicked":
            shown["until_date"] = 0
        return shown


def member_from(data: Json, user: User) -> Member:
    """A member of a configured chat: user fields plus status, rights, custom_title, is_anonymous."""
    member = Member(user)
    change_member(member, data)
    return member


def change_member(member: Member, data: dict[str, Any]) -> None:
    """Applies status, rights (a JSON object of right to boolean), custom_title and is_anonymous."""
    status = data.get("status", member.status)
    if status not in (*INSIDE, "restricted", "left", "kicked"):
        raise ValueError(f"unknown status {status!r}; use creator, administrator, member, left or kicked")
    unknown = set(data.get("rights", {})) - set(ADMIN_RIGHTS)
    if unknown:
        raise ValueError(f"unknown rights {sorted(unknown)}; rights: {', '.join(ADMIN_RIGHTS)}")
    member.status = status
    member.rights |= data.get("rights", {})
    member.custom_title = data.get("custom_title", member.custom_title)
    member.is_anonymous = data.get("is_anonymous", member.is_anonymous)
