"""The kinds of message a customer can send, as data (facts: real captured webhooks, 2026-11)."""

import base64
from typing import Any

Json = dict[str, Any]

# kind -> sample media, text and form fields it adds; what the caller names wins.
_KINDS: dict[str, Json] = {
    "text": {"body": "Hello"},
    "emoji": {"body": "\N{THUMBS UP SIGN}\N{EMOJI MODIFIER FITZPATRICK TYPE-4}"},
    "image": {"media": ["photo"]},
    "audio": {"media": ["voice"]},
    "video": {"media": ["video"]},
    "pdf": {"media": ["document"]},
    "vcard": {"media": ["vcard"], "fields": {"MessageType": "contacts"}},
    "location": {
        "fields": {
            "MessageType": "location",
            "Latitude": "41.3851",
            "Longitude": "2.1734",
            "Label": "Studio",
            "Address": "Carrer de Mallorca 1, Barcelona",
        }
    },
    "referral": {
        "body": "Saw your ad",
        "fields": {
            "ReferralBody": "Studios from 20 EUR",
            "ReferralHeadline": "Book a studio",
            "ReferralSourceId": "120212345678900000",
            "ReferralSourceType": "ad",
            "ReferralSourceUrl": "https://fb.me/example",
            "ReferralCtwaClid": "ARAkLkA8rmlFeiCktEJQ",
        },
    },
    "forwarded": {"body": "Fwd: the door code is 1234", "fields": {"Forwarded": "true"}},
    "long": {"body": "The export stops. " * 220},
}


def complete(kind: str, media: list[str | Json], text: str, fields: Json) -> None:
    """Adds the kind's media where the caller named nothing. Raises ValueError on an unknown kind."""
    if kind and kind not in _KINDS:
        raise ValueError(f"unknown kind {kind!r}; kinds: {', '.join(_KINDS)}")
    if kind and not media and not text and not fields.get("NumMedia"):
        media.extend(_KINDS[kind].get("media", []))


def body(kind: str) -> str:
    return str(_KINDS.get(kind, {}).get("body", ""))


def fields(kind: str) -> Json:
    found: Json = _KINDS.get(kind, {}).get("fields", {})
    return found


def tapped(button: Json) -> dict[str, str]:
    """A quick reply's or, with ``list``, a list row's fields; the names of the latter are unconfirmed."""
    text, payload = str(button.get("text", "")), str(button.get("payload", ""))
    if button.get("list"):
        return {"ListTitle": text, "ListId": payload}
    return {"ButtonText": text, "ButtonPayload": payload}


def file(item: Json) -> tuple[str, bytes]:
    """``{"content_type": ..., "base64": ...}`` as type and bytes."""
    return str(item["content_type"]), base64.b64decode(item["base64"])
