"""Posts signed webhooks with Twilio's time-outs, retries and fallback URL, and notes what went wrong."""

import asyncio
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import aiohttp
from yarl import URL

from sandbox.faults import Crossing, outward
from sandbox.twilio.account import Account
from sandbox.twilio.signature import signature
from sandbox.world import World

# Error texts: https://www.twilio.com/docs/api/errors/11205, 11200, 11217 (read 2026-11), 12100, 12300 (not read).
_ERRORS = {
    11200: "HTTP retrieval failure",
    11205: "HTTP connection failure",
    11217: "HTTP response error",
    12100: "Document parse failure",
    12300: "Invalid Content-Type",
}


@dataclass(frozen=True)
class Webhook:
    """One request Twilio owes the product. ``kind`` names it in the ledger, ``method`` in the faults."""

    url: str
    kind: str
    fields: dict[str, str]
    fallback: str = ""
    verb: str = "POST"

    @property
    def method(self) -> str:
        return self.kind.partition(":")[0]


@dataclass(frozen=True)
class Answer:
    """What the product answered; ``status`` None: nothing, and ``error`` says why."""

    status: int | None
    error: int = 0
    content_type: str = ""
    text: str = ""


@dataclass(frozen=True)
class _Manners:
    """Connection overrides in the URL's fragment (docs/usage/webhooks/webhooks-connection-overrides, read 2026-11)."""

    connect: float
    read: float
    total: float
    retries: int
    retry_on: frozenset[str]

    @staticmethod
    def of(url: str) -> "_Manners":
        said = dict(parse_qsl(url.partition("#")[2]))
        return _Manners(
            connect=min(max(int(said.get("ct", 5000)), 100), 10000) / 1000,
            read=min(max(int(said.get("rt", 15000)), 100), 15000) / 1000,
            total=min(int(said.get("tt", 15000)), 15000) / 1000,
            retries=min(max(int(said.get("rc", 1)), 0), 5),
            retry_on=frozenset(said.get("rp", "ct").split(",")),
        )


async def deliver(world: World, account: Account, webhook: Webhook) -> list[Answer]:
    """Delivers through the faults; one Answer a copy (none under ``silence``)."""
    answers: list[Answer] = []

    async def post() -> int | None:
        answers.append(await _with_fallback(world, account, webhook))
        return answers[-1].status

    await outward(world, Crossing("twilio", webhook.method, webhook.fields.get("To", "")), post)
    return answers


async def _with_fallback(world: World, account: Account, webhook: Webhook) -> Answer:
    answer = await _tries(world, account, webhook)
    if not answer.error:
        return answer
    complain(world, account, answer.error, webhook)
    if not webhook.fallback:
        return answer
    why = {"ErrorCode": str(answer.error), "ErrorUrl": webhook.url}
    second = replace(webhook, url=webhook.fallback, fallback="", fields={**webhook.fields, **why})
    answer = await _tries(world, account, second)
    if answer.error:
        complain(world, account, answer.error, second)
    return answer


async def _tries(world: World, account: Account, webhook: Webhook) -> Answer:
    manners = _Manners.of(webhook.url)
    token = account.sid_of("")
    end = asyncio.get_running_loop().time() + manners.total
    attempt = 0
    while True:
        attempt += 1
        left = end - asyncio.get_running_loop().time()
        cause, answer = await _try(world, account, webhook, manners=replace(manners, total=left), token=token)
        _note(world, webhook, answer, cause, attempt)
        wanted = cause and not manners.retry_on.isdisjoint({cause, "all"})
        if not wanted or attempt > manners.retries or asyncio.get_running_loop().time() >= end:
            return answer


async def _try(
    world: World, account: Account, webhook: Webhook, *, manners: _Manners, token: str
) -> tuple[str, Answer]:
    """One request: why a retry might be due (ct, rt, 4xx, 5xx or nothing), and the answer."""
    url, body = webhook.url.partition("#")[0], urlencode(webhook.fields)
    fields = webhook.fields
    if webhook.verb == "GET":
        url, body, fields = f"{url}{'&' if '?' in url else '?'}{body}", "", {}
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "Accept": "*/*",
        "X-Twilio-Signature": signature(account.auth_token, url, fields),
        "I-Twilio-Idempotency-Token": token,
    }
    limit = aiohttp.ClientTimeout(total=max(manners.total, 0.001), sock_connect=manners.connect, sock_read=manners.read)
    try:
        target = URL(url, encoded=True)
        asked = world.http.request(
            webhook.verb, target, data=body or None, headers=headers, timeout=limit, allow_redirects=False
        )
        async with asked as got:
            text = (await got.read()).decode(errors="replace")
    except (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError):
        return "ct", Answer(None, 11205)
    except TimeoutError:
        return "rt", Answer(None, 11205)
    except (aiohttp.ClientError, ValueError):
        return "rt", Answer(None, 11200)
    cause = f"{got.status // 100}xx" if got.status >= 400 else ""
    return cause, Answer(got.status, 11217 if cause else 0, got.content_type, text)


def _note(world: World, webhook: Webhook, answer: Answer, cause: str, attempt: int) -> None:
    nothing = {"ct": "unreachable", "rt": "timeout" if answer.error == 11205 else "dropped"}
    world.ledger.append(
        "twilio",
        "webhook",
        webhook.kind,
        destination=webhook.fields.get("To", ""),
        request={**webhook.fields, "url": webhook.url},
        outcome=answer.status if answer.status is not None else nothing[cause],
        response=answer.text,
        attempt=attempt,
    )


def complain(world: World, account: Account, code: int, webhook: Webhook) -> None:
    """Adds a line to the account's debugger list (https://www.twilio.com/docs/usage/troubleshooting)."""
    row: dict[str, Any] = {
        "error_code": code,
        "message": _ERRORS[code],
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "request_url": webhook.url,
        "resource_sid": webhook.fields.get("MessageSid") or webhook.fields.get("CallSid", ""),
        "date_created": world.clock.now().isoformat(),
    }
    account.debugger.append(row)
