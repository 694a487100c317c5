"""Inline keyboards and the other reply markups, checked as Telegram checks them."""

from typing import Any

from sandbox.ledger import Json
from sandbox.telegram.errors import BOT_API, DOCS, SERVER, TDLIB, bad
from sandbox.telegram.params import Params

ROW_LIMIT, BUTTON_LIMIT, DATA_LIMIT = 8, 100, 64
KINDS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat")
OTHERS = ("switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay")
LOOKS = ("text", "style", "icon_custom_emoji_id")
MARKUPS = ("keyboard", "remove_keyboard", "force_reply")


def reply_markup(params: Params, inline_only: bool = False) -> Json | None:
    """The markup of a call; None if there is none. Raises Refused."""
    data = params.data("reply_markup", "reply keyboard markup")
    if data is None or data == {}:
        return None
    if not isinstance(data, dict):
        raise bad("Object expected as reply markup", BOT_API)
    if "inline_keyboard" in data:
        rows = _rows(data["inline_keyboard"])
        return {"inline_keyboard": rows} if rows else None
    if inline_only or not any(name in data for name in MARKUPS):
        raise bad("Inline keyboard expected", TDLIB)
    return data


def _rows(rows: Any) -> list[list[Json]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays', BOT_API)
    kept = [[_button(button) for button in row] for row in rows if row]
    if any(len(row) > ROW_LIMIT for row in kept) or sum(map(len, kept)) > BUTTON_LIMIT:
        raise bad("reply markup is too long", BOT_API)
    return kept


def _button(button: Any) -> Json:
    """One InlineKeyboardButton (get_inline_keyboard_button, Client.cpp)."""
    if not isinstance(button, dict):
        raise bad("InlineKeyboardButton must be an Object", BOT_API)
    if "text" not in button:
        raise bad("can't parse inline keyboard button: Can't find field \"text\"", BOT_API)
    if not button["text"]:
        raise bad("can't parse inline keyboard button: text must be non-empty", TDLIB)
    unknown = set(button) - {*KINDS, *OTHERS, *LOOKS}
    if unknown:
        raise bad(f"the sandbox does not model the button field {min(unknown)}", "sandbox")
    if not any(button.get(kind) or kind in button for kind in (*KINDS, *OTHERS)):
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard", BOT_API)
    if len(button.get("callback_data", "").encode()) > DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID", f"{SERVER}; {DOCS}, callback_data", "callback_data is 1-64 bytes")
    if "url" in button and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad("BUTTON_URL_INVALID", SERVER)
    return {name: value for name, value in button.items() if value != ""}
