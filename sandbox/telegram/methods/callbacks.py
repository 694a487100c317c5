"""Answers to presses of inline buttons."""

from sandbox.ledger import Json
from sandbox.telegram.errors import DOCS, SERVER, bad
from sandbox.telegram.house import House
from sandbox.telegram.methods.method import method
from sandbox.telegram.params import Params

TEXT_LIMIT = 200


def answer(house: House, params: Params) -> bool:
    """Once per press and within 150 s; does not count against the flood limits (levlam, tdlib/td#2592)."""
    if len(params.text("text")) > TEXT_LIMIT:
        raise bad("MESSAGE_TOO_LONG", f"{SERVER}; {DOCS}, 0-200 characters")
    shown: Json = {
        "text": params.text("text"),
        "show_alert": params.flag("show_alert"),
        "url": params.text("url"),
        "cache_time": params.number("cache_time"),
    }
    house.taps.answer(params.text("callback_query_id"), shown, house.world.clock.now())
    return True


METHODS = (method("answerCallbackQuery", answer, "callback_query_id text show_alert url cache_time"),)
