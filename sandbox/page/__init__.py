"""The live page at ``/``: static files of our own, and what the page must know that no other route tells."""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from sandbox.faults import ACTIONS
from sandbox.telegram.house import HOUSE
from sandbox.telegram.methods import METHODS
from sandbox.twilio.account import ACCOUNT
from sandbox.world import WORLD

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
STREAMS: web.AppKey[set[asyncio.Task[object]]] = web.AppKey("streams")
STATIC = Path(__file__).parent / "static"
# Nothing from elsewhere: the page works offline, and what people write into it cannot load or run anything.
_POLICY = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
# Only these are shown in place; any other upload is handed over as a download.
_SHOWN = {"photo": "image/jpeg", "sticker": "image/webp", "voice": "audio/ogg", "video": "video/mp4"}


def attach(app: web.Application) -> None:
    """Adds ``/``, ``/page/...`` and ``/sandbox/page/...`` to the application."""
    app[STREAMS] = set()
    app.middlewares.append(_watch_streams)
    app.on_shutdown.append(_end_streams)
    app.router.add_get("/", show_page)
    app.router.add_static("/page", STATIC)
    app.router.add_get("/sandbox/page/world", show_world)
    app.router.add_get("/sandbox/page/files/{file_id}", show_file)


async def show_page(_request: web.Request) -> web.StreamResponse:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return web.FileResponse(STATIC / "index.html", headers=headers)


async def show_world(request: web.Request) -> web.Response:
    """Our numbers, everybody on Telegram, the sandbox's own credentials, the faults there are."""
    world, account, house = request.app[WORLD], request.app[ACCOUNT], request.app[HOUSE]
    numbers = [{"number": row.number, "whatsapp": row.whatsapp} for row in account.numbers.values()]
    return web.json_response(
        {
            "numbers": numbers,
            "users": [user.as_json() for user in house.users.values()],
            "steerable": world.clock.path is not None,
            "credentials": {"sid": account.sid, "auth_token": account.auth_token, "bot_token": house.token},
            "actions": ACTIONS,
            "methods": sorted(method.name for method in METHODS.values()),
        }
    )


async def show_file(request: web.Request) -> web.Response:
    """A Telegram file without credentials and without a ledger entry. Raises KeyError for an unknown id."""
    file = request.app[HOUSE].files.by_id(request.match_info["file_id"])
    if file is None:
        raise KeyError(request.match_info["file_id"])
    kind = _SHOWN.get(file.kind)
    headers = {"Content-Security-Policy": "sandbox"}
    if kind is None:
        headers["Content-Disposition"] = "attachment"
    guessed = kind or mimetypes.guess_type(file.path)[0] or "application/octet-stream"
    return web.Response(body=file.data, content_type=guessed, headers=headers)


@web.middleware
async def _watch_streams(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Remembers the endless answers, so that a page left open does not keep a stopping sandbox alive."""
    task = asyncio.current_task()
    if request.path == "/sandbox/ledger/stream" and task is not None:
        request.app[STREAMS].add(task)
        task.add_done_callback(request.app[STREAMS].discard)
    return await handler(request)


async def _end_streams(app: web.Application) -> None:
    for task in app[STREAMS].copy():
        task.cancel()
