"""Telegram's HTML: text with UTF-16 entities, and its errors word for word (do_parse_html, MessageEntity.cpp)."""

import re
from dataclasses import dataclass, field
from typing import Any

from sandbox.ledger import Json
from sandbox.telegram.detect import ordered, utf16
from sandbox.telegram.errors import TDLIB, Refused
from sandbox.telegram.links import link_entity

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#(\d+)|#x([0-9a-fA-F]+)|(lt|gt|amp|quot));?")
_SPACE = " \t\n\r\0\v\f"


def unmarked(problem: str) -> Refused:
    """400 ``can't parse entities: ...``."""
    return Refused(400, f"Bad Request: can't parse entities: {problem}", f"parse mode ({TDLIB}, MessageEntity.cpp)")


@dataclass(slots=True)
class Open:
    """A start tag that waits for its end."""

    tag: str
    attributes: dict[str, str]
    offset: int
    start: int


@dataclass(slots=True)
class Html:
    """One parse; ``out`` collects the plain text, ``offset`` its UTF-16 length."""

    source: str
    out: list[str] = field(default_factory=list)
    offset: int = 0
    at: int = 0
    stack: list[Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)

    def parse(self) -> tuple[str, list[Json]]:
        """The plain text and its entities. Raises Refused."""
        while self.at < len(self.source):
            mark = self.source.find("<", self.at)
            self._plain(self.source[self.at : mark if mark >= 0 else None])
            if mark < 0:
                break
            self.at = mark
            if self.source.startswith("</", mark):
                self._end()
            else:
                self._start()
        if self.stack:
            raise self._wrong(f'Can\'t find end tag corresponding to start tag "{self.stack[-1].tag}"')
        return "".join(self.out), ordered(self.entities)

    def _plain(self, text: str) -> None:
        said = decoded(text)
        self.out.append(said)
        self.offset += utf16(said)

    def _wrong(self, problem: str, at: int | None = None) -> Refused:
        where = "" if at is None else f" at byte offset {len(self.source[:at].encode())}"
        return unmarked(problem.replace("@", where, 1) if "@" in problem else problem + where)

    def _start(self) -> None:
        begin = self.at
        name_end = self._while(begin + 1, lambda c: c not in _SPACE and c != ">")
        if name_end >= len(self.source):
            raise self._wrong("Unclosed start tag", begin)
        tag = self.source[begin + 1 : name_end].lower()
        if tag not in TAGS:
            raise self._wrong(f'Unsupported start tag "{tag}"', begin)
        self.at = name_end
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise self._wrong('Tag "span" must have class "tg-spoiler"', begin)
        self.stack.append(Open(tag, attributes, self.offset, len(self.out)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        """Reads up to and over the closing ``>``."""
        found: dict[str, str] = {}
        while True:
            self.at = self._while(self.at, lambda c: c in _SPACE)
            if self.at >= len(self.source):
                raise self._wrong(f'Unclosed start tag "{tag}"', begin)
            if self.source[self.at] == ">":
                self.at += 1
                return found
            name = self._name(tag, begin)
            found[name] = self._value(tag, begin) if self._follows("=") else "1"
            if self.at >= len(self.source):
                raise self._wrong("Unclosed start tag", begin)

    def _name(self, tag: str, begin: int) -> str:
        start = self.at
        self.at = self._while(start, lambda c: c not in _SPACE and c not in "=>/\"'")
        if self.at == start:
            raise self._wrong(f'Empty attribute name in the tag "{tag}"', begin)
        return self.source[start : self.at]

    def _follows(self, sign: str) -> bool:
        self.at = self._while(self.at, lambda c: c in _SPACE)
        return self.source[self.at : self.at + 1] == sign

    def _value(self, tag: str, begin: int) -> str:
        self.at = self._while(self.at + 1, lambda c: c in _SPACE)
        if self.at >= len(self.source):
            raise self._wrong(f'Unclosed start tag "{tag}"', begin)
        start, quote = self.at, self.source[self.at]
        if quote in "\"'":
            end = self.source.find(quote, start + 1)
            if end < 0:
                raise self._wrong("Unclosed start tag", begin)
            self.at = end + 1
            return decoded(self.source[start + 1 : end])
        self.at = self._while(start, lambda c: c.isascii() and (c.isalnum() or c in ".-"))
        if self.source[self.at : self.at + 1] not in (*_SPACE, ">"):
            raise self._wrong("Unexpected end of name token", start)
        return self.source[start : self.at].lower()

    def _end(self) -> None:
        begin = self.at
        if not self.stack:
            raise self._wrong("Unexpected end tag", begin)
        name_end = self._while(begin + 2, lambda c: c not in _SPACE and c != ">")
        name = self.source[begin + 2 : name_end].lower()
        self.at = self._while(name_end, lambda c: c in _SPACE)
        if self.source[self.at : self.at + 1] != ">":
            raise self._wrong("Unclosed end tag", begin)
        self.at += 1
        top = self.stack[-1]
        if name and name != top.tag:
            raise self._wrong(f'Unmatched end tag@, expected "</{top.tag}>", found "</{name}>"', begin)
        self.stack.pop()
        if self.offset > top.offset:
            self._keep(top)

    def _keep(self, top: Open) -> None:
        entity: Json = {"type": TAGS[top.tag], "offset": top.offset, "length": self.offset - top.offset}
        last = self.entities[-1] if self.entities else {}
        same = last.get("offset") == entity["offset"] and last.get("length") == entity["length"]
        match top.tag:
            case "a":
                link = link_entity(top.attributes.get("href") or "".join(self.out[top.start :]))
                if link:
                    self.entities.append(entity | link)
                return
            case "tg-emoji" | "tg-time":
                self.entities.append(entity | self._special(top))
                return
            case "code" if (language := top.attributes.get("class", "")).startswith("language-"):
                entity["language"] = language[9:]
            case "pre" if same and last["type"] == "code" and "language" in last:
                last["type"] = "pre"
                return
            case "blockquote" if "expandable" in top.attributes:
                entity["type"] = "expandable_blockquote"
        if top.tag == "code" and same and last["type"] == "pre" and "language" in entity:
            last["language"] = entity["language"]
            return
        if top.tag == "code" and not (self.stack and self.stack[-1].tag == "pre"):
            entity.pop("language", None)
        self.entities.append(entity)

    def _special(self, top: Open) -> Json:
        if top.tag == "tg-time":
            date: Json = {"unix_time": int(top.attributes.get("unix", "0"))}
            shape = top.attributes.get("format")
            return date | ({"date_time_format": shape} if shape else {})
        emoji = top.attributes.get("emoji-id", "")
        if not emoji.isdigit():
            raise self._wrong("Invalid custom emoji identifier specified")
        return {"custom_emoji_id": emoji}

    def _while(self, at: int, fits: Any) -> int:
        while at < len(self.source) and fits(self.source[at]):
            at += 1
        return at


def decoded(text: str) -> str:
    """The four named and all numeric character references; others stay as they are."""
    if "&" not in text:
        return text
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return _NAMED[name]
    code = int(decimal) if decimal else int(hexadecimal, 16)
    return chr(code) if 0 < code < 0x10FFFF else match.group()


def parse_html(text: str) -> tuple[str, list[Json]]:
    """``<b>hi</b>`` to (``hi``, one bold entity)."""
    return Html(text).parse()
