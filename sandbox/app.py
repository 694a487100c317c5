"""Puts the halves together into one aiohttp application with its control interface."""

import json
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from sandbox import mail, page, scenario, telegram, twilio
from sandbox.clock import Clock
from sandbox.world import WORLD, World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def create_app(settings: dict[str, Any], clock_file: Path | None = None, seed: int = 1) -> web.Application:
    """The whole sandbox; ``settings`` is the configuration of docs/sandbox.md."""
    app = web.Application(middlewares=[_hung_up, _explain], client_max_size=64 * 2**20)
    app[WORLD] = World(Clock(clock_file), random.Random(seed), settings)
    app.cleanup_ctx.append(_live)
    app.router.add_get("/sandbox/ledger", read_ledger)
    app.router.add_get("/sandbox/ledger/stream", stream_ledger)
    app.router.add_route("*", "/sandbox/faults", change_faults)
    app.router.add_get("/sandbox/clock", show_clock)
    app.router.add_post("/sandbox/clock", steer_clock)
    app.router.add_post("/sandbox/reset", reset)
    app.router.add_post("/sandbox/scenario", scenario.play)
    twilio.attach(app)
    telegram.attach(app)
    mail.attach(app)
    page.attach(app)
    return app


async def _live(app: web.Application) -> AsyncIterator[None]:
    await app[WORLD].open()
    yield
    await app[WORLD].close()


@web.middleware
async def _hung_up(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Counts a client that drops its connection in the middle, which is part of every fault, and says no more."""
    try:
        return await handler(request)
    except ConnectionResetError:
        request.app[WORLD].hung_up += 1
        return web.Response(status=499)  # nobody reads it


@web.middleware
async def _explain(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turns a wrong value, name or JSON of the control interface into a 400 that says what is wrong."""
    if not request.path.startswith("/sandbox/"):
        return await handler(request)
    try:
        return await handler(request)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)


async def read_ledger(request: web.Request) -> web.Response:
    world, wanted = request.app[WORLD], dict(request.query)
    after, wait = int(wanted.pop("after", 0)), float(wanted.pop("wait", 0))
    await world.ledger.grown(after, wait)
    return web.json_response(
        {"entries": world.ledger.after(after, **wanted), "last": world.ledger.last, "hung_up": world.hung_up}
    )


async def stream_ledger(request: web.Request) -> web.StreamResponse:
    world = request.app[WORLD]
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    number = int(request.query.get("after", world.ledger.last))
    while True:
        await world.ledger.grown(number, 15)
        for entry in world.ledger.after(number):
            await response.write(f"data: {json.dumps(entry)}\n\n".encode())
            number = entry["number"]
        await response.write(b": still here\n\n")


async def change_faults(request: web.Request) -> web.Response:
    faults = request.app[WORLD].faults
    match request.method:
        case "POST":
            return web.json_response({"id": faults.add(await request.json()).id})
        case "DELETE":
            faults.remove(int(request.query["id"]) if "id" in request.query else None)
    return web.json_response({"faults": faults.all()})


async def show_clock(request: web.Request) -> web.Response:
    return web.json_response({"shows": request.app[WORLD].clock.now().isoformat()})


async def steer_clock(request: web.Request) -> web.Response:
    data = await request.json()
    request.app[WORLD].clock.steer(datetime.fromisoformat(data["shows"]), float(data.get("rate", 1.0)))
    return await show_clock(request)


async def reset(request: web.Request) -> web.Response:
    await request.app[WORLD].forget()
    return web.json_response({"ok": True})
