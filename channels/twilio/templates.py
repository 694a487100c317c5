"""Twilio's Content templates: how one is filled in, and what its review says (twilio.com/docs/content)."""

import json
from typing import Any

from channels.meanings import Review


def content(sid: str, *values: str) -> dict[str, Any]:
    """The Messages.create parameters of a template; ContentVariables is JSON in a string."""
    return {"content_sid": sid, "content_variables": json.dumps({str(n): value for n, value in enumerate(values, 1)})}


def review(types: dict[str, Any], whatsapp: dict[str, Any]) -> Review:
    """A Content resource's types and its approval, as the API gives them."""
    kind, body = next(iter(types.items())) if types else ("", {})
    taps = body.get("actions") or body.get("items") or []
    return Review(
        kind,
        str(whatsapp.get("status") or "unsubmitted"),
        str(whatsapp.get("rejection_reason") or ""),
        tuple(str(tap.get("id") or "") for tap in taps),
    )
