"""HTML, MarkdownV2 and the entities Telegram finds by itself, with offsets in UTF-16 units."""

from typing import Any

import pytest

from sandbox.telegram.errors import Refused
from sandbox.telegram.text import formatted

Spans = list[tuple[str, int, int]]


def spans(text: str, mode: str = "") -> tuple[str, Spans]:
    said, entities = formatted(text, mode)
    return said, [(one["type"], one["offset"], one["length"]) for one in entities]


def refusal(text: str, mode: str) -> str:
    with pytest.raises(Refused) as refused:
        formatted(text, mode)
    return refused.value.description.removeprefix("Bad Request: can't parse entities: ")


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>a</b> <I>b</I>", "a b", [("bold", 0, 1), ("italic", 2, 1)]),
        ("🎉<b>x</b>", "🎉x", [("bold", 2, 1)]),
        ("<b>one <u>two</u></b>", "one two", [("bold", 0, 7), ("underline", 4, 3)]),
        ("1 &lt; 2 &amp; 3 &#33; &nbsp;", "1 < 2 & 3 ! &nbsp;", []),
        ("<span class='tg-spoiler'>s</span>", "s", [("spoiler", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("<b></b>x", "x", []),
        ("  <b>x</b>  ", "x", [("bold", 0, 1)]),
        ("<s>x</s", None, "Unclosed end tag at byte offset 4"),
        ("<b>x", None, 'Can\'t find end tag corresponding to start tag "b"'),
        ("é<h1>x</h1>", None, 'Unsupported start tag "h1" at byte offset 2'),
        ("<b>x</i>", None, 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", None, "Unexpected end tag at byte offset 1"),
        ("a <", None, "Unclosed start tag at byte offset 2"),
        ("<span>x</span>", None, 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<a href=x?>y</a>", None, "Unexpected end of name token at byte offset 8"),
    ],
)
def test_html_becomes_text_and_entities_or_an_error(html: str, text: str | None, entities: Any) -> None:
    if text is None:
        assert refusal(html, "HTML") == entities
    else:
        assert spans(html, "HTML") == (text, entities)


def test_html_links_and_code_carry_their_arguments() -> None:
    _, entities = formatted(
        '<a href="https://a.io/?x=1&amp;y=2">l</a> <a href="tg://user?id=501">p</a> '
        '<pre><code class="language-python">c</code></pre>',
        "HTML",
    )

    assert entities[0] == {"type": "text_link", "url": "https://a.io/?x=1&y=2", "offset": 0, "length": 1}
    assert (entities[1]["type"], entities[1]["user"]["id"]) == ("text_mention", 501)
    assert entities[2] == {"type": "pre", "language": "python", "offset": 4, "length": 1}


@pytest.mark.parametrize(
    ("markdown", "text", "entities"),
    [
        ("*a* _b_ __c__ ~d~ ||e||", "a b c d e", ["bold", "italic", "underline", "strikethrough", "spoiler"]),
        ("\\*plain\\*", "*plain*", []),
        ("`a_b` ```py\ncode```", "a_b code", ["code", "pre"]),
        ("[l](https://a\\.io)", "l", ["text_link"]),
        (">quoted\nplain", "quoted\nplain", ["blockquote"]),
        (">quoted||\nplain", "quoted\nplain", ["expandable_blockquote"]),
        ("*_both_*", "both", ["bold", "italic"]),
    ],
)
def test_markdown_becomes_text_and_entities(markdown: str, text: str, entities: list[str]) -> None:
    said, found = spans(markdown, "MarkdownV2")

    assert (said, [kind for kind, _, _ in found]) == (text, entities)


@pytest.mark.parametrize(
    ("markdown", "problem"),
    [
        ("Done.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("*x", "Can't find end of Bold entity at byte offset 0"),
        ("é _x", "Can't find end of Italic entity at byte offset 3"),
        ("[x](https://a", "Can't find end of a URL at byte offset 4"),
        ("a|b", "Character '|' is reserved and must be escaped with the preceding '\\'"),
    ],
)
def test_wrong_markdown_is_refused_in_telegrams_words(markdown: str, problem: str) -> None:
    assert refusal(markdown, "MarkdownV2") == problem


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("/start now", [("bot_command", 0, 6)]),
        ("/r@backstop_bot hi", [("bot_command", 0, 15)]),
        ("and/or 3/4", []),
        ("ask @lena", [("mention", 4, 5)]),
        ("mail a.b@studio.example", [("email", 5, 18)]),
        ("🎉 https://x.io/a?b=c.", [("url", 3, 18)]),
        ("see studiovault.com/help", [("url", 4, 20)]),
        ("call +34 600 000 001", [("phone_number", 5, 15)]),
        ("#billing", [("hashtag", 0, 8)]),
        ("plain words. Nothing", []),
    ],
)
def test_entities_are_found_without_a_parse_mode(text: str, entities: Spans) -> None:
    assert spans(text) == (text, entities)
