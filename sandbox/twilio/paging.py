"""Twilio's two list envelopes: relative ``next_page_uri`` (2010-04-01) and absolute ``meta`` (v1)."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from urllib.parse import quote, urlencode

from sandbox.twilio.account import Json
from sandbox.twilio.door import Ask

Row = TypeVar("Row", bound="HasSid")
FIELDS = "PageSize Page PageToken"


class HasSid(Protocol):
    @property
    def sid(self) -> str: ...


def page(ask: Ask, rows: Sequence[Row], name: str, render: Callable[[Row], Json]) -> Json:
    """One page of ``rows`` (https://www.twilio.com/docs/usage/twilios-response#pagination).

    A page token names the last row shown, so that rows that arrive meanwhile shift nothing.
    """
    size, number = _wanted(ask)
    start = _behind(rows, ask.text("PageToken"), number * size)
    shown, more = rows[start : start + size], len(rows) > start + size
    return {
        "first_page_uri": _uri(ask, size, 0, ""),
        "end": start + max(len(shown) - 1, 0),
        "previous_page_uri": _uri(ask, size, number - 1, "") if number else None,
        name: [render(row) for row in shown],
        "uri": _uri(ask, size, number, ask.text("PageToken")),
        "page_size": size,
        "start": start,
        "next_page_uri": _uri(ask, size, number + 1, f"PA{shown[-1].sid}") if more else None,
        "page": number,
    }


def _behind(rows: Sequence[Row], token: str, otherwise: int) -> int:
    if not token:
        return otherwise
    return next((place + 1 for place, row in enumerate(rows) if f"PA{row.sid}" == token), otherwise)


def meta_page(ask: Ask, rows: Sequence[Json], name: str, api: str = "content") -> Json:
    """The envelope of content.twilio.com and messaging.twilio.com; the addresses are absolute."""
    size, number = _wanted(ask)
    shown = rows[number * size : (number + 1) * size]
    more = len(rows) > (number + 1) * size
    host = f"https://{api}.twilio.com{ask.request.path}"
    filters = {key: value for key, value in ask.fields.items() if key not in FIELDS.split()}

    def at(wanted: int) -> str:
        return f"{host}?{urlencode({**filters, 'PageSize': size, 'Page': wanted})}"

    meta = {
        "page": number,
        "page_size": size,
        "first_page_url": at(0),
        "previous_page_url": at(number - 1) if number else None,
        "url": at(number),
        "next_page_url": at(number + 1) if more else None,
        "key": name,
    }
    return {"meta": meta, name: list(shown)}


def _wanted(ask: Ask) -> tuple[int, int]:
    """Page size 50 unless asked for, at most 1000."""
    return min(max(ask.number("PageSize", 50), 1), 1000), max(ask.number("Page", 0), 0)


def _uri(ask: Ask, size: int, number: int, token: str) -> str:
    filters = {key: value for key, value in ask.fields.items() if key not in FIELDS.split()}
    query = {**filters, "PageSize": size, "Page": number, **({"PageToken": token} if token else {})}
    return f"{ask.request.path}?{urlencode(query, quote_via=quote)}"
