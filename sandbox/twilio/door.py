"""The way into every REST resource: credentials, form fields, faults, and the ledger."""

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from sandbox.faults import FAULT, Crossing, Fault, through
from sandbox.twilio.account import ACCOUNT, Account
from sandbox.twilio.rules import Refusal
from sandbox.world import WORLD, World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
REPEATED = frozenset({"MediaUrl", "StatusCallbackEvent", "PersistentAction", "RecordingStatusCallbackEvent"})


@dataclass(slots=True)
class Ask:
    """One REST call, admitted. ``fields`` are the form or query fields (repeatable ones as lists), or a JSON body."""

    world: World
    account: Account
    request: web.Request
    fields: dict[str, Any]
    crossing: Crossing

    def text(self, name: str) -> str:
        return str(self.fields.get(name, ""))

    def number(self, name: str, otherwise: int) -> int:
        """Raises Refusal 20001 for a field that is no whole number."""
        try:
            return int(self.text(name) or otherwise)
        except ValueError as error:
            raise Refusal(20001, f"Parameter '{name}' is not a number") from error

    def moment(self, name: str) -> datetime:
        """An ISO 8601 date or time, GMT without an offset. Raises Refusal 20001."""
        try:
            found = datetime.fromisoformat(self.text(name))
        except ValueError as error:
            raise Refusal(20001, f"Parameter '{name}' is not a date") from error
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def part(self, name: str) -> str:
        return self.request.match_info[name]

    @property
    def fault(self) -> Fault | None:
        """The fault that only this resource can act out."""
        fault: Fault | None = self.request.get(FAULT)
        return fault

    def unmodelled(self, what: str) -> None:
        _shout(self.world, self.crossing.method, what, self.fields)


Work = Callable[[Ask], Awaitable[web.StreamResponse]]


def resource(method: str, work: Work, known: str = "") -> Handler:
    """A handler for ``method`` (``Messages.create``) that takes the ``known`` fields and no others."""
    names = frozenset(known.split())

    async def handler(request: web.Request) -> web.StreamResponse:
        world, account = request.app[WORLD], request.app[ACCOUNT]
        fields = await _fields_of(request)
        crossing = Crossing("twilio", method, str(fields.get("To", "")), fields)
        ask = Ask(world, account, request, fields, crossing)

        async def admitted() -> web.StreamResponse:
            try:
                _check_credentials(ask)
                _check_load(account)
                _check_fields(ask, names)
                return await work(ask)
            except Refusal as refusal:
                crossing.rule = refusal.rule.cited
                return answer(refusal.body, refusal.rule.status)

        account.under_way += 1
        try:
            return await through(world, request, crossing, admitted)
        finally:
            account.under_way -= 1

    return handler


def answer(body: Any, status: int = 200) -> web.Response:
    """A JSON answer with the content type Twilio sends."""
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")


async def not_modelled(request: web.Request) -> web.StreamResponse:
    """501 and a loud ledger entry for a path or a method the sandbox does not know."""
    world, what, fields = request.app[WORLD], f"{request.method} {request.path}", await _fields_of(request)
    _shout(world, what, "no such path or method in the sandbox", fields)

    async def refused() -> web.StreamResponse:
        body = Refusal(20404, f"The requested resource {request.path} is not modelled by the sandbox").body
        return answer({**body, "status": 501}, 501)

    return await through(world, request, Crossing("twilio", what, "", fields), refused)


def _shout(world: World, method: str, what: str, fields: dict[str, Any]) -> None:
    world.ledger.append("twilio", "unmodelled", method, request=fields, outcome=what)


async def _fields_of(request: web.Request) -> dict[str, Any]:
    if request.method in ("GET", "HEAD", "DELETE"):
        return dict(request.query)
    raw = await request.read()
    if request.content_type == "application/json":
        return _json_of(raw)
    fields: dict[str, Any] = {}
    for name, value in parse_qsl(raw.decode(), keep_blank_values=True):
        if name in REPEATED:
            fields.setdefault(name, []).append(value)
        else:
            fields[name] = value
    return fields


def _json_of(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        return {"invalid": raw.decode(errors="replace")}
    return body if isinstance(body, dict) else {"invalid": body}


def _check_credentials(ask: Ask) -> None:
    """HTTP Basic with the account's SID and token, or one of ``api_keys`` (docs/iam/api-keys)."""
    kind, _, code = ask.request.headers.get("Authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(code).decode().partition(":")
    except ValueError as error:
        raise Refusal(20003) from error
    keys = {ask.account.sid: ask.account.auth_token, **ask.account.settings.get("api_keys", {})}
    if kind.lower() != "basic" or keys.get(user) != password:
        raise Refusal(20003)
    named = ask.request.match_info.get("account")
    if named not in (None, ask.account.sid):
        raise Refusal(20404, f"The requested resource {ask.request.path} was not found")


def _check_load(account: Account) -> None:
    """20429 when more calls are under way than ``rules.concurrency`` allows; off unless the settings name it."""
    allowed = account.rule("concurrency")
    if allowed and account.under_way > int(allowed):
        raise Refusal(20429)


def _check_fields(ask: Ask, known: frozenset[str]) -> None:
    for name in ask.fields:
        if name not in known:
            ask.unmodelled(f"unknown field {name}")
            raise Refusal(20001, f"Parameter '{name}' is not known")
