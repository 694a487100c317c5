"""The entities Telegram finds by itself: commands, mentions, hashtags, links, addresses, phone numbers."""

import re

from sandbox.ledger import Json

_TRIGGER = re.compile(r"[@#/.+]")
_TOP = r"(?:com|org|net|io|co|app|dev|me|info|eu|uk|de|fr|es|it|nl|ru|us|ai|test|example|local)"
_FIND = re.compile(
    r"(?P<email>(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<url>(?:https?|ftp|tg)://[^\s<>\"']*[^\s<>\"'.,;:!?)\]]"
    rf"|(?<![\w@.-])(?:[a-z0-9-]+\.)+{_TOP}(?![\w-])(?:[/?#][^\s<>\"']*[^\s<>\"'.,;:!?)\]])?)"
    r"|(?P<bot_command>(?<![\w/<>@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?![\w/]))"
    r"|(?P<mention>(?<![\w/@])@[A-Za-z0-9_]{2,32}(?!\w))"
    r"|(?P<hashtag>(?<![\w/#@])#\w*[^\W\d]\w*)"
    r"|(?P<phone_number>(?<![\w+])\+\d[\d ()-]{6,18}\d(?!\w))",
    re.IGNORECASE,
)

# Which of two entities over the same text comes first (get_type_priority, MessageEntity.cpp).
_PRIORITY = {
    **{"blockquote": 0, "expandable_blockquote": 0, "pre": 11, "code": 20, "text_link": 49, "text_mention": 49},
    **{"bold": 90, "italic": 91, "underline": 92, "strikethrough": 93, "spoiler": 94, "custom_emoji": 99},
}


def utf16(text: str) -> int:
    """The length Telegram counts in: UTF-16 code units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def detect(text: str, taken: list[Json]) -> list[Json]:
    """``taken`` and what is found outside of them, in Telegram's order."""
    if not _TRIGGER.search(text):
        return taken
    found = list(taken)
    for match in _FIND.finditer(text):
        offset, length = utf16(text[: match.start()]), utf16(match.group())
        if all(offset + length <= one["offset"] or one["offset"] + one["length"] <= offset for one in found):
            found.append({"type": str(match.lastgroup), "offset": offset, "length": length})
    return ordered(found)


def ordered(entities: list[Json]) -> list[Json]:
    """By offset, the longer first, then by kind (sort_entities, MessageEntity.cpp)."""
    return sorted(entities, key=lambda one: (one["offset"], -one["length"], _PRIORITY.get(one["type"], 50)))
