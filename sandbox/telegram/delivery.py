"""Delivers updates to the bot's webhook: WebhookActor.cpp of tdlib/telegram-bot-api, 2026-05-07."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp

from sandbox.ledger import Json
from sandbox.telegram.lines import Lines
from sandbox.telegram.updates import Update, Updates
from sandbox.telegram.wire import Wire
from sandbox.world import World

RESPONSE_TIMEOUT = 60.0
LONGEST_DELAY = (60.0, 120.0)
LONGEST_RETRY_AFTER = 3600
GONE_FOR = 23 * 3600.0
NOT_AS_ANSWER = ("deletewebhook", "setwebhook", "close", "logout")


class Hook:
    """One webhook from setWebhook to its replacement: a FIFO worker per key over a bounded set of connections."""

    def __init__(self, world: World, updates: Updates, wire: Wire, scale: float) -> None:
        self.world = world
        self.updates = updates
        self._url, self._headers, self._tls = wire.target, wire.headers, wire.tls
        self.scale = scale
        self.call: Callable[[Json], Awaitable[Any]] | None = None
        self.on_error: Callable[[int, str], None] = _tell_nobody
        self.on_gone: Callable[[], None] = lambda: None
        self._workers: dict[int, asyncio.Task[None]] = {}
        self._lines = Lines(wire.max_connections, scale)
        self._gone_since: float | None = None

    def start(self) -> None:
        for key in list(self.updates.queues):
            self._work(key)

    def stop(self) -> None:
        for task in self._workers.values():
            task.cancel()
        self._workers.clear()

    def wake(self, update: Update) -> None:
        self._work(update.key)

    def _work(self, key: int) -> None:
        if key not in self._workers:
            task = self.world.spawn(self._drain(key))
            self._workers[key] = task
            task.add_done_callback(
                lambda done: self._workers.pop(key, None) if self._workers.get(key) is done else None
            )

    async def _drain(self, key: int) -> None:
        """One queue: the next update only after the front one was acknowledged or dropped."""
        while queue := self.updates.queues.get(key):
            update = queue[0]
            await asyncio.sleep(max(0.0, update.wake_at - time.monotonic()))
            if self.updates.expired(update):
                self.updates.drop(update)
                continue
            await self._deliver(update)

    async def _deliver(self, update: Update) -> None:
        fault = self.world.faults.take("telegram", "webhook", "update", update.chat)
        if fault is None:
            return await self._attempt(update)
        request = {"fault": fault.id, "update_id": update.id, "seconds": fault.seconds}
        name = f"{fault.action}:update"
        self.world.ledger.append("telegram", "fault", name, destination=update.chat, request=request)
        match fault.action:
            case "silence":
                self.updates.drop(update)
            case "duplicate":
                copies = [self._post(update) for _ in range(fault.times_each - 1)]
                await asyncio.gather(self._attempt(update), *copies)
            case "reorder":
                self.updates.drop(update)
                self.world.spawn(self._later(update, self.world.dice.uniform(0, fault.seconds)))
            case _:
                await asyncio.sleep(fault.seconds)
                await self._attempt(update)
        return None

    async def _later(self, update: Update, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self._post(update)

    async def _attempt(self, update: Update) -> None:
        """Posts once and settles: acknowledged by any 2xx, else tried again or given up."""
        await self._lines.take()
        keeps = False
        try:
            outcome, retry_after, body, keeps = await self._post(update)
        finally:
            self._lines.give_back(keeps)
        if isinstance(outcome, int) and 200 <= outcome <= 299:
            self._lines.succeeded()
            self._gone_since = None
            self.updates.drop(update)
            await self._answer_in_body(body)
        else:
            self._failed(update, outcome, retry_after)

    async def _post(self, update: Update) -> tuple[int | str, int, Any, bool]:
        """One HTTP POST with its ledger entry: status or timeout/dropped, Retry-After, body, connection kept."""
        outcome: int | str = "dropped"
        body: Any = None
        retry_after, keeps = 0, False
        try:
            timeout = aiohttp.ClientTimeout(total=RESPONSE_TIMEOUT)
            sent = self.world.http.post(
                self._url,
                data=json.dumps(update.as_json()).encode(),
                headers=self._headers,
                ssl=self._tls,
                timeout=timeout,
                allow_redirects=False,
            )
            async with sent as response:
                body = _readable(await response.read())
                outcome, keeps = response.status, True
                retry_after = _seconds(response.headers.get("Retry-After", ""))
                self._say(f"Wrong response from the webhook: {response.status} {response.reason}", response.ok)
        except TimeoutError:
            outcome = "timeout"
            self._say("Read timeout expired")
        except aiohttp.ClientConnectorError:
            self._say("Connection refused")
        except (aiohttp.ClientError, OSError):
            self._say("Connection reset by peer")
        self.world.ledger.append(
            "telegram",
            "webhook",
            "update",
            destination=update.chat,
            request=update.as_json(),
            outcome=outcome,
            response=body,
            attempt=update.fails + 1,
        )
        return outcome, retry_after, body, keeps

    def _say(self, error: str, fine: bool = False) -> None:
        if not fine:
            self.on_error(int(self.updates.clock.now().timestamp()), error)

    def _failed(self, update: Update, outcome: int | str, retry_after: int) -> None:
        """on_update_error: at once, then 2, 4, 8... s up to a random 60-120 s; Retry-After up to an hour."""
        if self._closes_for_good(outcome):
            return
        wait = float(min(max(retry_after, 0), LONGEST_RETRY_AFTER))
        if wait == 0 and update.fails > 0:
            update.delay = wait = min(self.world.dice.uniform(*LONGEST_DELAY), update.delay * 2)
        if self.updates.expired(update, wait):
            self.updates.drop(update)
            return
        update.fails += 1
        update.wake_at = time.monotonic() + wait * self.scale

    def _closes_for_good(self, outcome: int | str) -> bool:
        """410 Gone for more than 23 hours closes the webhook."""
        now = self.updates.clock.now().timestamp()
        if outcome != 410:
            self._gone_since = None
        elif self._gone_since is None:
            self._gone_since = now
        elif now > self._gone_since + GONE_FOR:
            self.on_gone()
            return True
        return False

    async def _answer_in_body(self, body: Any) -> None:
        """A 2xx body may be a method call; its result goes nowhere (making-requests-when-getting-updates)."""
        if not isinstance(body, dict) or not isinstance(body.get("method"), str) or self.call is None:
            return
        name = body["method"].lower()
        if name not in NOT_AS_ANSWER and not name.startswith("get"):
            await self.call(body)


def _tell_nobody(date: int, error: str) -> None:
    """The default of ``on_error``."""


def _readable(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")[:1000]


def _seconds(text: str) -> int:
    return int(text) if text.isdigit() else 0
