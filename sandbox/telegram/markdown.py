"""Telegram's MarkdownV2, with its errors word for word (do_parse_markdown_v2, MessageEntity.cpp)."""

from dataclasses import dataclass, field

from sandbox.ledger import Json
from sandbox.telegram.detect import ordered, utf16
from sandbox.telegram.errors import Refused
from sandbox.telegram.html import unmarked
from sandbox.telegram.links import link_entity

RESERVED = "_*[]()~`>#+-=|{}.!\n"
NAMES = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
_ENDS = {
    "bold": "*",
    "code": "`",
    "pre": "```",
    "text_link": "]",
    "custom_emoji": "]",
    "underline": "__",
    "strikethrough": "~",
    "spoiler": "||",
}
_STARTS = (
    ("__", "underline"),
    ("_", "italic"),
    ("*", "bold"),
    ("~", "strikethrough"),
    ("||", "spoiler"),
    ("![", "custom_emoji"),
    ("[", "text_link"),
    ("```", "pre"),
    ("`", "code"),
)


@dataclass(slots=True)
class Open:
    kind: str
    offset: int
    at: int
    start: int
    language: str = ""


@dataclass(slots=True)
class Markdown:
    """One parse; ``out`` collects the plain text, ``offset`` its UTF-16 length."""

    source: str
    at: int = 0
    offset: int = 0
    out: list[str] = field(default_factory=list)
    stack: list[Open] = field(default_factory=list)
    entities: list[Json] = field(default_factory=list)
    quoting: bool = False
    line_start: bool = True

    def parse(self) -> tuple[str, list[Json]]:
        """The plain text and its entities. Raises Refused."""
        while self.at < len(self.source):
            self._step(self.source[self.at])
        if self.quoting:
            self._close_quote(len(self.source))
        if self.stack:
            raise self._no_end(self.stack[-1])
        return "".join(self.out), ordered(self.entities)

    def _step(self, c: str) -> None:
        following = self.source[self.at + 1 : self.at + 2]
        if c == "\\" and following and 0 < ord(following) <= 126:
            self._put(following, 2)
            return
        inside = self.stack[-1].kind if self.stack else ""
        reserved = "`" if inside in ("code", "pre") else RESERVED
        if c not in reserved and not (self.quoting and c == "\n"):
            self._put(c)
        elif self._ends(c, inside):
            self._close(c)
        else:
            self._open(c)

    def _put(self, c: str, width: int = 1) -> None:
        self.out.append(c)
        self.offset += utf16(c)
        self.at += width
        self.line_start = c == "\n" or (self.line_start and c == "\r")

    def _ends(self, c: str, inside: str) -> bool:
        if not inside:
            return False
        if self.quoting and c == "\n" and self.source[self.at + 1 : self.at + 2] != ">":
            return True
        if inside == "italic":
            return c == "_" and self.source[self.at + 1 : self.at + 2] != "_"
        return inside in _ENDS and self.source.startswith(_ENDS[inside], self.at)

    def _open(self, c: str) -> None:
        if c == "\n":
            self._put(c)
            return
        if c == ">" and self.line_start:
            if not self.quoting:
                self.quoting = True
                self.stack.append(Open("blockquote", self.offset, self.at, len(self.out)))
            self.at += 1
            return
        for sign, kind in _STARTS:
            if self.source.startswith(sign, self.at):
                self.stack.append(Open(kind, self.offset, self.at, len(self.out)))
                self.at += len(sign)
                if kind == "pre":
                    self._language(self.stack[-1])
                return
        raise unmarked(f"Character '{c}' is reserved and must be escaped with the preceding '\\'")

    def _language(self, opened: Open) -> None:
        """A word after the sign names the language; one line break after it is skipped."""
        end = self.at
        while end < len(self.source) and not self.source[end].isspace() and self.source[end] != "`":
            end += 1
        if end > self.at and end < len(self.source) and self.source[end] != "`":
            opened.language = self.source[self.at : end]
            self.at = end
        if self.source[self.at : self.at + 2] in ("\r\n", "\n\r"):
            self.at += 2
        elif self.source[self.at : self.at + 1] in ("\n", "\r"):
            self.at += 1

    def _close(self, c: str) -> None:
        if c == "\n":
            self._close_quote(self.at)
            self._put("\n")
            return
        top = self.stack.pop()
        self.at += len(_ENDS.get(top.kind, c))
        found: Json = {"type": top.kind}
        if top.kind == "text_link":
            link = link_entity(self._url() or "".join(self.out[top.start :]))
            if link is None:
                return
            found = link
        elif top.kind == "custom_emoji":
            found["custom_emoji_id"] = self._emoji()
        elif top.language:
            found["language"] = top.language
        if self.offset > top.offset:
            self.entities.append({**found, "offset": top.offset, "length": self.offset - top.offset})

    def _close_quote(self, at: int) -> None:
        """A line that does not go on with ``>`` ends the quotation; ``||`` before it makes it expandable."""
        kind = "blockquote"
        top = self.stack[-1]
        if top.kind == "spoiler" and top.at == at - 2:
            self.stack.pop()
            kind = "expandable_blockquote"
            top = self.stack[-1]
        if top.kind != "blockquote":
            raise self._no_end(top)
        self.stack.pop()
        self.quoting = False
        length = self.offset - top.offset + (1 if at < len(self.source) else 0)
        if length:
            self.entities.append({"type": kind, "offset": top.offset, "length": length})

    def _url(self) -> str:
        if self.source[self.at : self.at + 1] != "(":
            return ""
        start = self.at = self.at + 1
        url = []
        while self.at < len(self.source) and self.source[self.at] != ")":
            if self.source[self.at] == "\\" and self.at + 1 < len(self.source):
                self.at += 1
            url.append(self.source[self.at])
            self.at += 1
        if self.at >= len(self.source):
            raise unmarked(f"Can't find end of a URL at byte offset {self._bytes(start)}")
        self.at += 1
        return "".join(url)

    def _emoji(self) -> str:
        if self.source[self.at : self.at + 1] != "(":
            raise unmarked("The entity must contain a tg://emoji or tg://time URL")
        url = self._url()
        if not url.startswith("tg://emoji?id=") or not url[14:].isdigit():
            raise unmarked("Invalid tg://emoji or tg://time URL specified")
        return url[14:]

    def _no_end(self, opened: Open) -> Refused:
        name = "PreCode" if opened.language else NAMES[opened.kind]
        problem = f"Can't find end of {name} entity at byte offset {self._bytes(opened.at)}"
        return unmarked(problem)

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())


def parse_markdown(text: str) -> tuple[str, list[Json]]:
    """``*hi*`` to (``hi``, one bold entity)."""
    return Markdown(text).parse()
