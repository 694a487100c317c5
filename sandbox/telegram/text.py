"""A text as the bot or a person gives it, to the text and entities of the message."""

from typing import Any

from sandbox.ledger import Json
from sandbox.telegram.detect import detect, utf16
from sandbox.telegram.errors import BOT_API, DOCS, TDLIB, bad
from sandbox.telegram.html import parse_html
from sandbox.telegram.markdown import parse_markdown
from sandbox.telegram.params import Params

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ENTITY_KINDS = (
    *("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card_number"),
    *("bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"),
    *("code", "pre", "text_link", "text_mention", "custom_emoji", "date_time"),
)


def message_text(params: Params) -> Json:
    """``text`` and ``entities`` of sendMessage and editMessageText. Raises Refused."""
    if not params.text("text"):
        raise bad("Message text is empty", BOT_API)
    text, entities = formatted(params.text("text"), params.text("parse_mode"), params.data("entities", "entities"))
    if not text:
        raise bad("text must be non-empty", TDLIB)
    if len(text) > TEXT_LIMIT:
        raise bad("message is too long", DOCS, "1-4096 characters after entities parsing")
    return {"text": text} | ({"entities": entities} if entities else {})


def caption_of(params: Params) -> Json:
    """``caption`` and ``caption_entities`` of a media message; empty without a caption. Raises Refused."""
    raw = params.data("caption_entities", "caption entities")
    text, entities = formatted(params.text("caption"), params.text("parse_mode"), raw)
    if len(text) > CAPTION_LIMIT:
        raise bad("message caption is too long", DOCS, "0-1024 characters after entities parsing")
    if not text:
        return {}
    shown: Json = {"caption": text} | ({"caption_entities": entities} if entities else {})
    if params.flag("show_caption_above_media"):
        shown["show_caption_above_media"] = True
    return shown


def formatted(text: str, parse_mode: str, given: Any = None) -> tuple[str, list[Json]]:
    """Parses, trims and finds the automatic entities. Raises Refused."""
    match parse_mode.lower():
        case "html":
            text, entities = parse_html(text)
        case "markdownv2":
            text, entities = parse_markdown(text)
        case "" | "none":
            entities = [_checked(entity) for entity in given or []]
        case "markdown":
            raise bad("the sandbox does not model legacy Markdown; use HTML or MarkdownV2", "sandbox")
        case _:
            raise bad("Unsupported parse_mode", BOT_API)
    text, entities = _trimmed(text, entities)
    return text, detect(text, entities)


def _checked(entity: Any) -> Json:
    if not isinstance(entity, dict) or not {"type", "offset", "length"} <= set(entity):
        raise bad("Can't parse MessageEntity: expected an Object", BOT_API)
    if entity["type"] not in ENTITY_KINDS:
        raise bad("Can't parse MessageEntity: Unsupported type specified", BOT_API)
    return dict(entity)


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """White space around a message is cut, entities are moved and clipped (fix_formatted_text)."""
    left = text.lstrip()
    cut, kept = utf16(text) - utf16(left), left.rstrip()
    if cut == 0 and len(kept) == len(text):
        return text, entities
    end, moved = utf16(kept), []
    for entity in entities:
        first = max(0, entity["offset"] - cut)
        last = min(end, entity["offset"] + entity["length"] - cut)
        if last > first:
            moved.append(entity | {"offset": first, "length": last - first})
    return kept, moved
