"""Somebody mails in: the multipart form of SendGrid's Inbound Parse (facts: real samples, 2026-11), never signed."""

import base64
import json
from typing import Any

import aiohttp
from aiohttp import web

from sandbox.faults import Crossing, outward
from sandbox.world import WORLD, World

_TIMEOUT = aiohttp.ClientTimeout(total=30)


async def post(request: web.Request) -> web.Response:
    """Posts one mail to ``url``, or to ``settings["mail"]["parse_url"]``.

    The ECDSA signature is not made: the sandbox's packages hold no elliptic curves, and asking for one is an error.
    """
    world, data = request.app[WORLD], await request.json()
    settings = world.settings.get("mail", {})
    if "private_key" in settings:
        raise ValueError("signing is not modelled: `cryptography` is no dependency; leave mail.private_key out")
    url = data.get("url") or settings.get("parse_url")
    if not url:
        raise ValueError('where to? name it: {"url": "http://127.0.0.1:8000/webhooks/email", "from": ..., "to": ...}')
    statuses = [await _deliver(world, url, data) for _ in range(int(data.get("copies", 1)))]
    return web.json_response({"statuses": [status for some in statuses for status in some]})


async def _deliver(world: World, url: str, data: dict[str, Any]) -> list[int | None]:
    async def once() -> int | None:
        outcome: int | str
        try:
            async with world.http.post(url, data=_form(data), timeout=_TIMEOUT, allow_redirects=False) as got:
                await got.read()
                outcome = got.status
        except (aiohttp.ClientError, TimeoutError) as error:
            outcome = "timeout" if isinstance(error, TimeoutError) else "unreachable"
        noted = {**_fields(data), "url": url}
        world.ledger.append("mail", "webhook", "parse", destination=data["to"], request=noted, outcome=outcome)
        return outcome if isinstance(outcome, int) else None

    return await outward(world, Crossing("mail", "parse", data["to"]), once)


def _form(data: dict[str, Any]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in _fields(data).items():
        form.add_field(name, value, content_type="text/plain; charset=utf-8")
    for number, file in enumerate(data.get("attachments", []), 1):
        content = base64.b64decode(file["base64"])
        form.add_field(f"attachment{number}", content, filename=file["name"], content_type=file["content_type"])
    return form


def _fields(data: dict[str, Any]) -> dict[str, str]:
    sender, to, files = data["from"], data["to"], data.get("attachments", [])
    headers = {"From": sender, "To": to, "Subject": data.get("subject", ""), **data.get("headers", {})}
    fields = {
        "headers": "".join(f"{name}: {value}\n" for name, value in headers.items()),
        "from": sender,
        "to": to,
        "subject": data.get("subject", ""),
        "text": data.get("text", ""),
        "html": data.get("html", ""),
        "envelope": json.dumps({"to": data.get("envelope_to", [_bare(to)]), "from": _bare(sender)}),
        "charsets": json.dumps(dict.fromkeys(("to", "from", "subject", "text"), "UTF-8")),
        "attachments": str(len(files)),
        "sender_ip": "192.0.2.1",
        "SPF": "pass",
        "dkim": "{@example.org : pass}",
        "spam_score": "0.1",
    }
    if files:
        about = {
            f"attachment{number}": {"filename": file["name"], "name": file["name"], "type": file["content_type"]}
            for number, file in enumerate(files, 1)
        }
        fields["attachment-info"] = json.dumps(about)
    return fields | {name: str(value) for name, value in data.get("fields", {}).items()}


def _bare(address: str) -> str:
    return address.partition("<")[2].rstrip(">") or address
