"""Faults that can be switched on, and the one way by which calls and webhooks cross the border through them."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any

from aiohttp import web

from sandbox.refusals import refusal

if TYPE_CHECKING:
    from sandbox.world import World

FAULT = "sandbox.fault"
Work = Callable[[], Awaitable[web.StreamResponse]]
Post = Callable[[], Awaitable[int | None]]

ACTIONS = {
    "latency": "answer `seconds` later",
    "timeout_after_accept": "do the work, then never answer (the connection is held `seconds`, then dropped)",
    "drop_before": "close the connection before doing anything",
    "drop_after_accept": "do the work, then close the connection without an answer",
    "status_after_accept": "do the work, then answer the HTTP status `status` as if it had failed",
    "status": "answer the HTTP status `status` without doing the work (429 with `retry_after`)",
    "revoked": "answer as if the credentials had been revoked (401)",
    "blocked": "the customer has blocked us (Telegram 403; Twilio 63014 on WhatsApp, 21610 on SMS)",
    "code": "Twilio only: fail with the error `code`, at once or by callback as the rule table says",
    "duplicate": "webhooks only: post each one `times_each` times at once",
    "reorder": "webhooks only: hold each one a random time up to `seconds`, outside the usual order",
    "delay": "webhooks only: hold each one `seconds`",
    "silence": "webhooks only: never post it",
}


@dataclass
class Fault:
    """One rule: which calls it meets, what it does to them, how often.

    ``provider`` is twilio, telegram or mail; ``flow`` is call or webhook; ``method`` is the
    Telegram method, the Twilio resource (``Messages.create``) or the webhook kind
    (``message``, ``status``, ``voice``, ``update``); ``destination`` is an address or chat id.
    Empty means any. It applies ``times`` times (-1: until removed), each with ``probability``.
    """

    action: str
    provider: str = ""
    flow: str = "call"
    method: str = ""
    destination: str = ""
    times: int = 1
    probability: float = 1.0
    seconds: float = 0.0
    status: int = 500
    retry_after: int = 1
    code: int = 0
    times_each: int = 2
    id: int = 0

    def meets(self, provider: str, flow: str, method: str, destination: str) -> bool:
        return (
            self.times != 0
            and self.provider in ("", provider)
            and self.flow == flow
            and self.method in ("", method)
            and self.destination in ("", destination)
        )


class Faults:
    """The switched-on faults; every roll of the dice comes from the world's seed."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self._rules: list[Fault] = []
        self._next = 1
        self.codes: frozenset[int] = frozenset()  # those that action `code` knows; the Twilio half fills them in

    def add(self, data: dict[str, Any]) -> Fault:
        """Switches one on. Raises ValueError naming the unknown action, field or code."""
        unknown = set(data) - {f.name for f in fields(Fault)}
        if unknown or data.get("action") not in ACTIONS:
            raise ValueError(
                f"unknown fault {sorted(unknown) or data.get('action')!r}; actions: {', '.join(ACTIONS)}; "
                'example: {"action": "status", "status": 429, "provider": "telegram", "method": "sendMessage"}'
            )
        fault = Fault(**data)
        if fault.action == "code" and fault.code not in self.codes:
            raise ValueError(f"unknown code {fault.code}; codes: {', '.join(map(str, sorted(self.codes)))}")
        fault.id, self._next = self._next, self._next + 1
        self._rules.append(fault)
        return fault

    def remove(self, number: int | None = None) -> None:
        self._rules = [rule for rule in self._rules if number is not None and rule.id != number]

    def all(self) -> list[dict[str, Any]]:
        return [asdict(rule) for rule in self._rules]

    def take(self, provider: str, flow: str, method: str, destination: str) -> Fault | None:
        """The first fault that meets this call now, used up by one; None if it goes through."""
        for rule in self._rules:
            if rule.meets(provider, flow, method, destination) and self._dice.random() < rule.probability:
                if rule.times > 0:
                    rule.times -= 1
                return rule
        return None


@dataclass
class Crossing:
    """One call of the product: where to, with what, and (filled in by the work) by which rule it was decided."""

    provider: str
    method: str
    destination: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    rule: str = ""
    flow: str = "call"


async def through(world: World, request: web.Request, crossing: Crossing, work: Work) -> web.StreamResponse:
    """Answers one provider call: applies a fault that meets it, does the work, notes the call in the ledger.

    Every call leaves exactly one ledger entry of flow ``call`` whose outcome is what the caller got, and
    one more of flow ``fault`` if a fault met it. A fault that only the provider can act out (``blocked``,
    ``code``) is left for the work in ``request[FAULT]``.
    """
    fault = world.faults.take(crossing.provider, "call", crossing.method, crossing.destination)
    if fault is None:
        response = await work()
        _note(world, crossing, response.status, response)
        return response
    note_fault(world, crossing, fault)
    request[FAULT] = fault
    match fault.action:
        case "drop_before":
            _note(world, crossing, "dropped", None)
            return _cut(request)
        case "drop_after_accept":
            _note(world, crossing, "dropped", await work())
            return _cut(request)
        case "timeout_after_accept":
            _note(world, crossing, "timeout", await work())
            await asyncio.sleep(fault.seconds)
            return _cut(request)
        case "status_after_accept":
            _note(world, crossing, fault.status, await work())
            return refusal(crossing.provider, "status", fault.status, fault.retry_after)
        case "status" | "revoked":
            response = refusal(crossing.provider, fault.action, fault.status, fault.retry_after)
        case "blocked" if crossing.provider == "telegram":
            response = refusal(crossing.provider, fault.action, fault.status, fault.retry_after)
        case _:
            await asyncio.sleep(fault.seconds)
            response = await work()
    _note(world, crossing, response.status, response)
    return response


async def outward(world: World, crossing: Crossing, post: Post) -> list[int | None]:
    """Delivers one webhook: ``post`` makes one delivery (and its own ledger entry) and returns its HTTP status.

    Returns the statuses of all copies; None stands for a copy that was not answered, [] for silence.
    """
    fault = world.faults.take(crossing.provider, "webhook", crossing.method, crossing.destination)
    if fault is None:
        return [await post()]
    note_fault(world, crossing, fault)
    match fault.action:
        case "silence":
            return []
        case "duplicate":
            return list(await asyncio.gather(*(post() for _ in range(fault.times_each))))
        case "reorder":
            await asyncio.sleep(world.dice.uniform(0, fault.seconds))
        case _:
            await asyncio.sleep(fault.seconds)
    return [await post()]


def _cut(request: web.Request) -> web.StreamResponse:
    """Closes the connection; the response returned afterwards can no longer be written."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _note(world: World, crossing: Crossing, outcome: int | str, response: web.StreamResponse | None) -> None:
    world.ledger.append(
        crossing.provider,
        crossing.flow,
        crossing.method,
        destination=crossing.destination,
        request=crossing.fields,
        outcome=outcome,
        response=readable(response),
        rule=crossing.rule,
    )


def note_fault(world: World, crossing: Crossing, fault: Fault) -> None:
    """The ledger's line of flow ``fault``."""
    world.ledger.append(
        crossing.provider,
        "fault",
        f"{fault.action}:{crossing.method}",
        destination=crossing.destination,
        request={"fault": fault.id, "seconds": fault.seconds, "status": fault.status, "code": fault.code},
    )


def readable(response: web.StreamResponse | None) -> Any:
    """A response's body for the ledger: JSON as data, text as text, anything else by its size."""
    if not isinstance(response, web.Response) or not isinstance(response.body, bytes):
        return None
    if response.content_type == "application/json":
        return json.loads(response.body)
    if response.content_type.startswith("text/"):
        return response.body.decode(response.charset or "utf-8", "replace")
    return f"{len(response.body)} bytes of {response.content_type}"
