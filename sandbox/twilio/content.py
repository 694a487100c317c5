"""Content templates: kept, reviewed, rendered into a message, and their limits."""

import json
import re
from typing import Any

from aiohttp import web

from sandbox.twilio import paging
from sandbox.twilio.account import Account, Json, Message
from sandbox.twilio.door import Ask, answer
from sandbox.twilio.rules import Refusal

_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
# Approval states a review can end in (docs/content/overview, not read).
STATES = ("unsubmitted", "received", "pending", "approved", "rejected", "paused", "disabled")
# docs/content/twilio-quick-reply and docs/content/twiliolist-picker (both read 2026-11).
_QUICK_REPLIES_IN_SESSION, _QUICK_REPLIES, _LIST_ITEMS, _BODY = 3, 10, 10, 1024
_ITEM = {"item": 24, "id": 200, "description": 72}


async def create(ask: Ask) -> web.StreamResponse:
    """201 with the new template (https://www.twilio.com/docs/content/content-api-resources)."""
    types = ask.fields.get("types")
    if not isinstance(types, dict) or not types:
        raise Refusal(20001, "Field types must be set")
    _check(types)
    return answer(as_json(ask.account, put(ask, ask.fields)), 201)


def put(ask: Ask, row: Json) -> Json:
    now = ask.world.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    sid = row.get("sid") or ask.account.sid_of("HX")
    kept = {**row, "sid": sid, "date_created": now, "date_updated": now}
    ask.account.contents[sid] = kept
    return kept


async def fetch(ask: Ask) -> web.StreamResponse:
    return answer(as_json(ask.account, _known(ask)))


async def browse(ask: Ask) -> web.StreamResponse:
    rows = [as_json(ask.account, row) for row in reversed(ask.account.contents.values())]
    return answer(paging.meta_page(ask, rows, "contents"))


async def delete(ask: Ask) -> web.StreamResponse:
    del ask.account.contents[_known(ask)["sid"]]
    return web.Response(status=204)


async def submit(ask: Ask) -> web.StreamResponse:
    """201 ``received``; POST /sandbox/twilio/approvals decides the review. A list picker cannot be approved."""
    row = _known(ask)
    kind = next(iter(row["types"]))
    if kind == "twilio/list-picker":
        raise Refusal(20001, "twilio/list-picker cannot be submitted for approval")
    approval = {
        "name": ask.text("name"),
        "category": ask.text("category"),
        "content_type": kind,
        "status": "received",
        "rejection_reason": "",
        "allow_category_change": ask.fields.get("allow_category_change", True),
    }
    ask.account.approvals[row["sid"]] = approval
    return answer(approval, 201)


async def review(ask: Ask) -> web.StreamResponse:
    row = _known(ask)
    url = f"https://content.twilio.com/v1/Content/{row['sid']}/ApprovalRequests"
    approval = ask.account.approvals.get(row["sid"])
    said = {"type": "whatsapp", **approval} if approval else {"type": "whatsapp", "status": "unsubmitted"}
    return answer({"sid": row["sid"], "account_sid": ask.account.sid, "url": url, "whatsapp": said})


def rendered(account: Account, sid: str, variables: str) -> str:
    """The template's body with its variables filled in; "" without a template. Raises Refusal 21655, 21656."""
    if not sid:
        return ""
    if sid not in account.contents:
        raise Refusal(21655)
    row = account.contents[sid]
    body: dict[str, Any] = next(iter(row["types"].values()))
    return _filled(str(body.get("body", "")), {**row.get("variables", {}), **_values(variables)})


def buttons(account: Account, sid: str, variables: str) -> list[Json]:
    """What can be tapped, as ``{"text", "payload"}``; a quick reply's id is its payload."""
    if not sid:
        return []
    row = account.contents[sid]
    body: dict[str, Any] = next(iter(row["types"].values()))
    values = {**row.get("variables", {}), **_values(variables)}
    taps = body.get("actions", []) if "actions" in body else body.get("items", [])
    return [
        {
            "text": _filled(str(tap.get("title") or tap.get("item", "")), values),
            "payload": _filled(str(tap.get("id", "")), values),
        }
        for tap in taps
    ]


def misfit(account: Account, message: Message) -> int | None:
    """63021 for more than three quick replies in session without approval."""
    if not message.content_sid:
        return None
    approved = account.approvals.get(message.content_sid, {}).get("status") == "approved"
    kind = next(iter(account.contents[message.content_sid]["types"]))
    crowded = kind == "twilio/quick-reply" and len(message.buttons) > _QUICK_REPLIES_IN_SESSION
    return 63021 if crowded and not approved else None


def as_json(account: Account, row: Json) -> Json:
    url = f"https://content.twilio.com/v1/Content/{row['sid']}"
    return {
        "sid": row["sid"],
        "account_sid": account.sid,
        "friendly_name": row.get("friendly_name"),
        "language": row.get("language", "en"),
        "variables": row.get("variables", {}),
        "types": row["types"],
        "date_created": row.get("date_created"),
        "date_updated": row.get("date_updated"),
        "url": url,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
    }


def _check(types: dict[str, Any]) -> None:
    for kind, body in types.items():
        match kind:
            case "twilio/quick-reply":
                _limit(len(body.get("actions", [])), _QUICK_REPLIES, "actions")
            case "twilio/list-picker":
                _limit(len(body.get("items", [])), _LIST_ITEMS, "items")
                for item in body.get("items", []):
                    for name, most in _ITEM.items():
                        _limit(len(item.get(name) or ""), most, name)
            case "twilio/text" | "twilio/media" | "twilio/call-to-action":
                pass
            case _:
                raise Refusal(20001, f"Content type {kind} is not modelled by the sandbox")
        _limit(len(body.get("body") or ""), _BODY, "body")


def _limit(size: int, most: int, name: str) -> None:
    if size > most:
        raise Refusal(20001, f"{name} is longer than {most}")


def _known(ask: Ask) -> Json:
    row = ask.account.contents.get(ask.part("sid"))
    if row is None:
        raise Refusal(20404, f"The requested resource {ask.request.path} was not found")
    return row


def _values(variables: str) -> dict[str, str]:
    try:
        values = json.loads(variables or "{}")
    except ValueError as error:
        raise Refusal(21656) from error
    if not isinstance(values, dict):
        raise Refusal(21656)
    return {str(name): str(value) for name, value in values.items()}


def _filled(text: str, values: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda found: values.get(found[1], found[0]), text)
