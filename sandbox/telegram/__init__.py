"""Telegram's Bot API over real HTTP: chats, topics, people, webhooks and their refusals."""

from aiohttp import web

from sandbox.ledger import Json
from sandbox.telegram.control import list_chats, play, show_chat, show_tap
from sandbox.telegram.door import answer_call, call_in_answer, download
from sandbox.telegram.house import HOUSE, House
from sandbox.world import WORLD


def attach(app: web.Application) -> None:
    """Adds the Bot API and /sandbox/telegram to the application."""
    world = app[WORLD]
    house = app[HOUSE] = House(world)

    async def call(body: Json) -> None:
        await call_in_answer(house, body)

    house.call_in_answer = call
    world.on_reset.append(house.forget)
    app.router.add_route("*", r"/bot{token:[^/]*}/{method:[^/]*}", answer_call)
    app.router.add_get(r"/file/bot{token:[^/]*}/{path:.+}", download)
    app.router.add_get("/sandbox/telegram/chats", list_chats)
    app.router.add_get(r"/sandbox/telegram/chats/{id:-?\d+}", show_chat)
    app.router.add_get("/sandbox/telegram/taps/{id}", show_tap)
    app.router.add_post("/sandbox/telegram/{act}", play)
