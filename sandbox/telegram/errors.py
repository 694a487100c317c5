"""How a call is refused: Telegram's error codes and descriptions, with the rule that decided."""

import math
from typing import Any

BOT_API = "tdlib/telegram-bot-api@01a3679, 2026-05-07"
TDLIB = "tdlib/td, 2026-05"
SERVER = "Telegram's server errors as bots report them"
DOCS = "core.telegram.org/bots/api 10.0"
FAQ = "core.telegram.org/bots/faq, 2026"


class Refused(Exception):
    """``{"ok": false, "error_code": code, "description": description, "parameters": parameters}``."""

    def __init__(self, code: int, description: str, rule: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.rule = rule
        self.parameters = parameters


class Unmodelled(Exception):
    """The product asked for something that exists at Telegram but not here: loud, never ok."""

    def __init__(self, what: str, code: int = 400) -> None:
        super().__init__(what)
        self.what = what
        self.code = code


def bad(description: str, source: str = TDLIB, rule: str = "") -> Refused:
    """400 ``Bad Request: ...``; the first letter is lowered unless it is a server constant (Client.cpp)."""
    if not (description[1:2] == "_" or description[1:2].isupper()):
        description = description[0].lower() + description[1:]
    return Refused(400, f"Bad Request: {description}", f"{rule or description} ({source})")


def forbidden(description: str, source: str = BOT_API) -> Refused:
    return Refused(403, f"Forbidden: {description}", f"{description} ({source})")


def conflict(description: str) -> Refused:
    return Refused(409, f"Conflict: {description}", f"{description} ({BOT_API})")


def too_many(seconds: float, rule: str) -> Refused:
    """429 with ``parameters.retry_after``; the door repeats it as the Retry-After header (Query.cpp)."""
    wait = max(1, math.ceil(seconds))
    return Refused(429, f"Too Many Requests: retry after {wait}", rule, {"retry_after": wait})
