"""Fetches the media of an outgoing message as Twilio does: HEAD, GET, type and size."""

import aiohttp

from sandbox.twilio.account import Account, Media, Message
from sandbox.world import World

_MEGABYTE = 2**20
# docs/messaging/guides/accepted-mime-types (read 2026-11).
_WHATSAPP_TYPES = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "audio/ogg",
    "audio/amr",
    "audio/3gpp",
    "audio/aac",
    "audio/mpeg",
    "video/mp4",
    "video/3gpp",
    "application/pdf",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
    "text/plain",
    "text/vcard",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
]


async def fetch(world: World, account: Account, message: Message) -> int | None:
    """Keeps the media with the message; the error code if one cannot be had or is not allowed."""
    unreachable = 63019 if message.whatsapp else 11200
    for url in message.media_urls:
        try:
            content_type, data = await _get(world, url)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            _note(world, message, url, f"{type(error).__name__}: {error}")
            return unreachable
        _note(world, message, url, 200)
        if message.whatsapp and content_type not in _WHATSAPP_TYPES:
            return 63021
        if len(data) > _limit(message, content_type):
            return 11751
        message.media.append(Media(account.sid_of("ME"), content_type, data, world.clock.now()))
    return None


def _limit(message: Message, content_type: str) -> int:
    if message.whatsapp:
        return (5 if content_type.startswith("image/") else 16) * _MEGABYTE
    return 5 * _MEGABYTE if content_type.startswith("image/") else 500 * 1024


async def _get(world: World, url: str) -> tuple[str, bytes]:
    """Raises ValueError when HEAD and GET disagree about the type, or the answer is not 200."""
    limit = aiohttp.ClientTimeout(total=15)
    async with world.http.head(url, timeout=limit, allow_redirects=True) as head:
        announced = head.content_type
    async with world.http.get(url, timeout=limit) as got:
        data = await got.read()
        if got.status != 200 or head.status != 200:
            raise ValueError(f"HEAD {head.status}, GET {got.status}")
        if announced != got.content_type:
            raise ValueError(f"HEAD says {announced}, GET says {got.content_type}")
        return got.content_type, data


def _note(world: World, message: Message, url: str, outcome: int | str) -> None:
    world.ledger.append(
        "twilio", "webhook", "media", destination=message.to, request={"url": url, "sid": message.sid}, outcome=outcome
    )
