"""One telegram.Bot on one long-lived event loop thread per process, made on first use and so after any fork."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from telegram import Bot
from telegram.request import HTTPXRequest

logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs URLs, and Telegram's hold the token

T = TypeVar("T")


class BotLoop:
    """Runs coroutines of one Bot from any thread. A Bot used from several loops fails every second call."""

    def __init__(self, token: str, api_base: str, timeout: float) -> None:
        self._token, self._base, self._timeout = token, api_base.rstrip("/"), timeout
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._bot: Bot | None = None
        self._request: HTTPXRequest | None = None

    def run(self, work: Callable[[Bot], Coroutine[Any, Any, T]]) -> T:
        """Waits for ``work(bot)``; its exceptions come out here."""
        loop, bot = self._started()
        return asyncio.run_coroutine_threadsafe(work(bot), loop).result()

    def open(self) -> None:
        """Starts the thread and makes the Bot."""
        self._started()

    def close(self) -> None:
        """Closes the connections and ends the thread."""
        with self._lock:
            if self._loop is None or self._request is None or self._thread is None:
                return
            # Not Bot.shutdown(): it does nothing for a Bot that was never initialized.
            asyncio.run_coroutine_threadsafe(self._request.shutdown(), self._loop).result(5)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            self._loop.close()
            self._loop = self._bot = self._thread = self._request = None

    def _started(self) -> tuple[asyncio.AbstractEventLoop, Bot]:
        with self._lock:
            if self._loop is None or self._bot is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(target=self._loop.run_forever, name="telegram", daemon=True)
                self._thread.start()
                self._bot = self._made()
            return self._loop, self._bot

    def _made(self) -> Bot:
        """Time-outs bound every call; media may take a minute (facts: the defaults give up on media after 20 s)."""
        self._request = HTTPXRequest(
            connection_pool_size=16,
            connect_timeout=min(5.0, self._timeout),
            read_timeout=self._timeout,
            write_timeout=self._timeout,
            media_write_timeout=max(60.0, self._timeout),
            pool_timeout=5.0,
        )
        return Bot(
            self._token,
            base_url=f"{self._base}/bot",
            base_file_url=f"{self._base}/file/bot",
            request=self._request,
        )
