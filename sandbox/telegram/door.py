"""The Bot API's door: ``/bot<token>/<method>`` and ``/file/bot<token>/<path>``."""

import inspect
import json
from typing import Any

from aiohttp import web

from sandbox.faults import Crossing, through
from sandbox.ledger import Json
from sandbox.telegram.errors import BOT_API, Refused, Unmodelled
from sandbox.telegram.house import HOUSE, House
from sandbox.telegram.methods import METHODS
from sandbox.telegram.methods.method import Method, Told
from sandbox.telegram.params import Params, read_params


async def answer_call(request: web.Request) -> web.StreamResponse:
    """One call of a method, through the faults and into the ledger."""
    house, name = request.app[HOUSE], request.match_info["method"]
    method = METHODS.get(name.lower())
    try:
        params, problem = await read_params(request), None
    except Refused as refused:
        params, problem = Params(), refused
    crossing = Crossing("telegram", method.name if method else name, destination(params), params.shown())

    async def work() -> web.StreamResponse:
        try:
            if problem:
                raise problem
            check_token(house, request.match_info["token"])
            return written({"ok": True} | await perform(house, method, params, name))
        except Refused as refused:
            crossing.rule = refused.rule
            return refusal(refused)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            crossing.rule = f"a parameter of the wrong shape: {error!r}"
            return refusal(Refused(400, "Bad Request: can't parse the parameters", crossing.rule))
        except Unmodelled as gap:
            crossing.flow, crossing.rule = "unmodelled", gap.what
            return refusal(Refused(gap.code, f"{_word(gap.code)}: {gap.what}", gap.what))

    return await through(house.world, request, crossing, work)


async def perform(house: House, method: Method | None, params: Params, name: str) -> Json:
    """``result`` and maybe ``description`` of one call. Raises Refused or Unmodelled."""
    if method is None:
        raise Unmodelled(f"the sandbox does not model the method {name}", 404)
    unknown = params.names() - method.params
    if unknown:
        raise Unmodelled(f"the sandbox does not model the parameter {', '.join(sorted(unknown))} of {method.name}")
    chat_id = params.number("chat_id")
    if method.flood:
        house.flood.check(chat_id)
    result = method.run(house, params)
    if inspect.isawaitable(result):
        result = await result
    if method.flood:
        house.flood.count(chat_id, len(result) if isinstance(result, list) else 1)
    if isinstance(result, Told):
        return {"result": result.result, "description": result.description}
    return {"result": result}


async def call_in_answer(house: House, body: Json) -> None:
    """Makes the call a webhook's 2xx body asks for; nobody is told the result, but the ledger is."""
    values = {name: value for name, value in body.items() if name != "method"}
    params, method = Params(values), METHODS.get(body["method"].lower())
    facts: Json = {"destination": destination(params), "request": params.shown(), "outcome": 200}
    try:
        facts["response"] = {"ok": True} | await perform(house, method, params, body["method"])
        flow = "call"
    except Refused as refused:
        facts |= {"outcome": refused.code, "response": refused_json(refused), "rule": refused.rule}
        flow = "call"
    except Unmodelled as gap:
        facts |= {"outcome": gap.code, "rule": gap.what}
        flow = "unmodelled"
    house.world.ledger.append("telegram", flow, method.name if method else body["method"], **facts)


async def download(request: web.Request) -> web.StreamResponse:
    """``/file/bot<token>/<path>``: the bytes of a file that getFile gave the path of."""
    house, path = request.app[HOUSE], request.match_info["path"]
    crossing = Crossing("telegram", "download", "", {"path": path})

    async def work() -> web.StreamResponse:
        try:
            check_token(house, request.match_info["token"])
        except Refused as refused:
            crossing.rule = refused.rule
            return refusal(refused)
        file = house.files.by_path(path)
        if file is None:
            return refusal(Refused(404, "Not Found", f"no such file ({BOT_API})"))
        return web.Response(body=file.data, content_type="application/octet-stream")

    return await through(house.world, request, crossing, work)


def check_token(house: House, token: str) -> None:
    """ClientManager.cpp: a malformed token is told apart from one that is not valid (any more)."""
    if token == house.token:
        return
    number = token.split(":", maxsplit=1)[0]
    malformed = ":" not in token or not number.isdigit() or len(token) > 80
    raise Refused(401, "Unauthorized: invalid token specified" if malformed else "Unauthorized", f"token ({BOT_API})")


def destination(params: Params) -> str:
    return params.text("chat_id")


def written(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, headers=headers, content_type="application/json")


def refused_json(refused: Refused) -> Json:
    body: Json = {"ok": False, "error_code": refused.code, "description": refused.description}
    return body | ({"parameters": refused.parameters} if refused.parameters else {})


def refusal(refused: Refused) -> web.Response:
    """The error body, with Retry-After repeated as a header (HttpConnection.cpp)."""
    wait: Any = (refused.parameters or {}).get("retry_after")
    return written(refused_json(refused), refused.code, {"Retry-After": str(wait)} if wait else None)


def _word(code: int) -> str:
    return "Not Found" if code == 404 else "Bad Request"
