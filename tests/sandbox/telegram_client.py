"""Telegram's SDKs bent to the sandbox, a webhook's other end, and aiogram as the judge of a shape."""

import asyncio
import json
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, TypeVar

import requests
from aiogram.types import Update as AiogramUpdate
from pydantic import BaseModel
from telegram import Bot, Update

TOKEN = "123456:sandbox"
GROUP = -1001000000001
LENA, TOMAS, PAVEL = 501, 502, 601
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)
T = TypeVar("T")


class Telegram:
    """python-telegram-bot and plain HTTP against one sandbox; ``run`` awaits on a loop of its own."""

    def __init__(self, base: str, token: str = TOKEN) -> None:
        self.base = base
        self.url = f"{base}/bot{token}"
        self.token = token
        self._runner = asyncio.Runner()

    @cached_property
    def bot(self) -> Bot:
        """Made when first asked for: its TLS contexts take a while."""
        bot = Bot(self.token, base_url=f"{self.base}/bot", base_file_url=f"{self.base}/file/bot")
        self.run(bot.initialize())
        return bot

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if "bot" in vars(self):
            self.run(self.bot.shutdown())
        self._runner.close()

    def run(self, work: Awaitable[T]) -> T:
        async def await_it() -> T:
            return await work

        return self._runner.run(await_it())

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """One raw call with a JSON body; the whole answer."""
        answer: dict[str, Any] = requests.post(f"{self.url}/{method}", json=params, timeout=20).json()
        return answer

    def ok(self, method: str, **params: Any) -> Any:
        answer = self.call(method, **params)
        assert answer["ok"], answer
        return answer["result"]

    def refused(self, method: str, **params: Any) -> str:
        """The description of a call that must be refused."""
        answer = self.call(method, **params)
        assert not answer["ok"], answer
        return str(answer["description"])

    def topic(self, name: str = "Ticket 1") -> int:
        return int(self.ok("createForumTopic", chat_id=GROUP, name=name)["message_thread_id"])

    def updates(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ok("getUpdates", **params)
        return found

    def drained(self, *kinds: str) -> int:
        """Acknowledges everything so far, asks for ``kinds`` from now on; the next update id."""
        waiting = self.updates(allowed_updates=list(kinds))
        after = waiting[-1]["update_id"] + 1 if waiting else 0
        self.updates(offset=after)
        return after


@dataclass
class Receiver:
    """A webhook's other end; answers come from ``script``, then always 200."""

    url: str = ""
    script: list[tuple[int, dict[str, str], str]] = field(default_factory=list)
    got: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    hold: Callable[[dict[str, Any]], None] = lambda _: None

    def wait(self, count: int, within: float = 1.8) -> list[dict[str, Any]]:
        """Waits until ``count`` updates have come."""
        end = time.monotonic() + within
        while len(self.got) < count:
            assert time.monotonic() < end, f"{len(self.got)} of {count} updates"
            time.sleep(0.005)
        return self.got


def receiving(port: int = 0) -> Iterator[Receiver]:
    """Serves a Receiver on loopback; for ``yield from`` in a fixture."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            update = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            receiver.at.append(time.monotonic())
            receiver.headers.append(dict(self.headers))
            receiver.got.append(update)
            status, headers, body = receiver.script.pop(0) if receiver.script else (200, {}, "")
            receiver.hold(update)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body.encode()))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/telegram"
    yield receiver
    server.shutdown()
    server.server_close()


def unknown_fields(model: Any, path: str = "") -> list[str]:
    """Every field, however deep, that aiogram's models do not know."""
    if isinstance(model, list | tuple):
        return [name for number, item in enumerate(model) for name in unknown_fields(item, f"{path}[{number}]")]
    if not isinstance(model, BaseModel):
        return []
    found = [f"{path}.{name}" for name in model.model_extra or {}]
    for name in type(model).model_fields:
        found += unknown_fields(getattr(model, name), f"{path}.{name}")
    return found


def judge(update: dict[str, Any]) -> AiogramUpdate:
    """The update as aiogram reads it, after checking that it knows every field and PTB does too."""
    read = AiogramUpdate.model_validate(update)
    assert unknown_fields(read) == []
    ptb = Update.de_json(update, None)
    assert ptb is not None
    assert not ptb.api_kwargs
    return read
