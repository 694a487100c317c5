"""The control calls of messaging: somebody writes, reads, taps; numbers and templates change."""

import asyncio
from typing import Any

from aiohttp import web

from sandbox.twilio import content, inbound, life, replies
from sandbox.twilio.account import ACCOUNT, RANKS, Account, Json, Message
from sandbox.twilio.messages import as_json
from sandbox.twilio.webhooks import Answer, Webhook, deliver
from sandbox.world import WORLD, World


async def say(request: web.Request) -> web.Response:
    """A customer writes; answers with the SID and each webhook copy's HTTP status."""
    world, account = request.app[WORLD], request.app[ACCOUNT]
    said = inbound.Said.of(account, await request.json())
    message = inbound.keep(world, account, said)
    world.ledger.append("twilio", "person", "says", destination=message.to, request=as_json(account, message))
    fields = inbound.webhook_fields(account, said, message)
    if word := replies.keyword(account, message):
        fields = replies.obey(world, account, message, word) | fields
    webhook = _webhook(account, said.to, fields)
    posts = [_posted(world, account, message, webhook) for _ in range(said.copies)]
    if not said.wait:
        for post in posts:
            world.spawn(post)
        return web.json_response({"sid": message.sid, "statuses": []})
    statuses = [status for found in await asyncio.gather(*posts) for status in found]
    return web.json_response({"sid": message.sid, "statuses": statuses})


async def post_webhook(request: web.Request) -> web.Response:
    """Any signed form, unchecked, to ``url`` or to the URL of the number in its To."""
    world, account, data = request.app[WORLD], request.app[ACCOUNT], await request.json()
    fields = {str(name): str(value) for name, value in data["fields"].items()}
    kind = "status:" + fields["MessageStatus"] if "MessageStatus" in fields else "message"
    if data.get("url"):
        webhook = Webhook(data["url"], kind, fields)
    else:
        webhook = _webhook(account, fields.get("To", next(iter(account.numbers))), fields)
    return web.json_response({"statuses": _statuses(await deliver(world, account, webhook))})


async def show_messages(request: web.Request) -> web.Response:
    """Both directions of one address, oldest first, with media and buttons."""
    account, address = request.app[ACCOUNT], request.query.get("address", "")
    rows = [row for row in account.messages.values() if not address or address in _addresses(row)]
    return web.json_response({"messages": [_shown(account, row) for row in rows if not row.deleted]})


async def read(request: web.Request) -> web.Response:
    """The customer opens a WhatsApp message."""
    world, account, data = request.app[WORLD], request.app[ACCOUNT], await request.json()
    message = account.messages[data["sid"]]
    if message.direction == "inbound" or not message.whatsapp:
        raise ValueError("only a WhatsApp message of ours can be read by the customer")
    world.ledger.append("twilio", "person", "reads", destination=message.to, request={"sid": message.sid})
    if RANKS[message.status] < RANKS["delivered"]:
        life.told(world, account, message, "delivered")
    life.told(world, account, message, "read")
    return web.json_response({"status": message.status})


async def put_number(request: web.Request) -> web.Response:
    return web.json_response(vars(request.app[ACCOUNT].put_number(await request.json())))


async def put_service(request: web.Request) -> web.Response:
    """Adds a Messaging Service or changes the named fields of one, as in the configuration."""
    data = await request.json()
    services = request.app[ACCOUNT].services
    services[data["sid"]] = {**services.get(data["sid"], {}), **data}
    return web.json_response(services[data["sid"]])


async def put_content(request: web.Request) -> web.Response:
    """Adds a template with a chosen SID; ``approval`` sets its review's state."""
    account, data = request.app[ACCOUNT], await request.json()
    if data.get("approval", "approved") not in content.STATES:
        raise ValueError(f"unknown approval state {data['approval']!r}; states: {', '.join(content.STATES)}")
    account.put_content(data)
    return web.json_response({"sid": data["sid"], "approval": account.approvals.get(data["sid"])})


async def show_media(request: web.Request) -> web.Response:
    """A file without credentials, for the page."""
    for message in request.app[ACCOUNT].messages.values():
        for media in message.media:
            if media.sid == request.match_info["media"]:
                return web.Response(body=media.data, content_type=media.content_type)
    raise KeyError(request.match_info["media"])


async def show_typing(request: web.Request) -> web.Response:
    return web.json_response({"typing": request.app[ACCOUNT].typing})


async def show_debugger(request: web.Request) -> web.Response:
    return web.json_response({"errors": request.app[ACCOUNT].debugger})


def _webhook(account: Account, number: str, fields: dict[str, str]) -> Webhook:
    ours = account.number_of(number)
    if ours is None:
        raise ValueError(f"{number} is no number of the account; it has {', '.join(account.numbers)}")
    url, fallback, method = account.inbound_of(ours)
    return Webhook(url, "message", fields, fallback, method)


async def _posted(world: World, account: Account, message: Message, webhook: Webhook) -> list[int | None]:
    """Posts one copy and obeys its answer; nothing without a URL, as at Twilio."""
    if not webhook.url:
        return []
    answers = await deliver(world, account, webhook)
    for answer in answers:
        replies.read_answer(world, account, message, answer, webhook)
    return _statuses(answers)


def _statuses(answers: list[Answer]) -> list[int | None]:
    return [answer.status for answer in answers]


def _addresses(message: Message) -> set[str]:
    both = {message.from_, message.to}
    return both | {address.removeprefix("whatsapp:") for address in both}


def _shown(account: Account, message: Message) -> Json:
    media: list[dict[str, Any]] = [
        {
            "sid": row.sid,
            "content_type": row.content_type,
            "size": len(row.data),
            "url": f"/sandbox/twilio/media/{row.sid}",
        }
        for row in message.media
    ]
    return {**as_json(account, message), "from": message.from_, "media": media, "buttons": message.buttons}
