"""The bot itself: getMe and its commands, names and descriptions."""

import re
from collections.abc import Callable

from sandbox.ledger import Json
from sandbox.telegram.errors import BOT_API, DOCS, SERVER, bad
from sandbox.telegram.house import House
from sandbox.telegram.methods.method import method
from sandbox.telegram.params import Params

_COMMAND = re.compile(r"[a-z0-9_]{1,32}$")
_SCOPES = (
    "default",
    "all_private_chats",
    "all_group_chats",
    "all_chat_administrators",
    "chat",
    "chat_administrators",
    "chat_member",
)


def get_me(house: House, _: Params) -> Json:
    """A User with the full bot info of JsonUser (Client.cpp)."""
    return house.me.as_json() | {
        "can_join_groups": True,
        "can_read_all_group_messages": not house.settings["privacy"],
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
    }


def set_my_commands(house: House, params: Params) -> bool:
    commands = params.data("commands", "commands")
    if not isinstance(commands, list):
        raise bad("Expected an Array of BotCommand", BOT_API)
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH", f"{SERVER}; {DOCS}, at most 100")
    for command in commands:
        if not _COMMAND.match(command.get("command", "").lstrip("/")):
            raise bad("BOT_COMMAND_INVALID", f"{SERVER}; {DOCS}, 1-32 of a-z 0-9 _")
        if not 1 <= len(command.get("description", "")) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID", f"{SERVER}; {DOCS}, 1-256 characters")
    kept = [{"command": one["command"].lstrip("/"), "description": one["description"]} for one in commands]
    house.profile.commands[_where(params)] = kept
    return True


def get_my_commands(house: House, params: Params) -> list[Json]:
    return house.profile.commands.get(_where(params), [])


def delete_my_commands(house: House, params: Params) -> bool:
    house.profile.commands.pop(_where(params), None)
    return True


def _where(params: Params) -> tuple[str, str]:
    """Scope (with its chat and user) and language, the key commands are kept by."""
    scope = params.data("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict) or scope.get("type") not in _SCOPES:
        raise bad(
            "Unsupported type specified" if isinstance(scope, dict) else "BotCommandScope must be an Object", BOT_API
        )
    name = ":".join(str(scope[part]) for part in ("type", "chat_id", "user_id") if part in scope)
    return name, params.text("language_code")


def _setter(field: str, most: int) -> Callable[[House, Params], bool]:
    def change(house: House, params: Params) -> bool:
        if len(params.text(field)) > most:
            raise bad(f"{field} is too long", DOCS)
        house.profile.texts[field, params.text("language_code")] = params.text(field)
        return True

    return change


def _getter(field: str) -> Callable[[House, Params], Json]:
    def show(house: House, params: Params) -> Json:
        default = house.me.first_name if field == "name" else ""
        return {field: house.profile.texts.get((field, params.text("language_code")), default)}

    return show


METHODS = (
    method("getMe", get_me),
    method("setMyCommands", set_my_commands, "commands scope language_code"),
    method("getMyCommands", get_my_commands, "scope language_code"),
    method("deleteMyCommands", delete_my_commands, "scope language_code"),
    method("setMyName", _setter("name", 64), "name language_code"),
    method("getMyName", _getter("name"), "language_code"),
    method("setMyDescription", _setter("description", 512), "description language_code"),
    method("getMyDescription", _getter("description"), "language_code"),
    method("setMyShortDescription", _setter("short_description", 120), "short_description language_code"),
    method("getMyShortDescription", _getter("short_description"), "language_code"),
)
