"""The control calls of voice: script phones, answer, press keys, speak, hang up, call in."""

from aiohttp import web

from sandbox.twilio.account import ACCOUNT, Account
from sandbox.twilio.calls import BEHAVIOURS, Call, HungUp, Instructions, Phone, as_json
from sandbox.twilio.line import Line
from sandbox.twilio.twiml import Goto, Reader
from sandbox.world import WORLD


async def put_phone(request: web.Request) -> web.Response:
    """Says how a number's phone reacts from now on."""
    phone = Phone(**await request.json())
    request.app[ACCOUNT].phones[phone.number] = phone
    return web.json_response(vars(phone))


async def answer(request: web.Request) -> web.Response:
    """The ringing phone is answered, or reacts in another way (``behaviour``)."""
    data = await request.json()
    call, behaviour = _live(request.app[ACCOUNT], data), data.get("behaviour", "answer")
    if behaviour not in BEHAVIOURS[1:]:
        raise ValueError(f"unknown behaviour {behaviour!r}; behaviours: {', '.join(BEHAVIOURS[1:])}")
    _note(request, call, behaviour)
    call.decide(behaviour)
    return web.json_response({"sid": call.sid})


async def press(request: web.Request) -> web.Response:
    data = await request.json()
    call = _live(request.app[ACCOUNT], data)
    _note(request, call, "presses")
    call.press(str(data["keys"]))
    return web.json_response({"sid": call.sid})


async def speak(request: web.Request) -> web.Response:
    data = await request.json()
    call = _live(request.app[ACCOUNT], data)
    _note(request, call, "speaks")
    call.spoken.append(str(data["text"]))
    return web.json_response({"sid": call.sid})


async def hang_up(request: web.Request) -> web.Response:
    call = _live(request.app[ACCOUNT], await request.json())
    _note(request, call, "hangs up")
    if call.status == "in-progress" or call.direction == "inbound":
        call.hung.set()
    else:
        call.decide("reject")
    return web.json_response({"sid": call.sid})


async def call_in(request: web.Request) -> web.Response:
    """A person calls one of our numbers; ``keys``, ``says`` and ``talk`` script the caller."""
    world, account, data = request.app[WORLD], request.app[ACCOUNT], await request.json()
    line, to = Line(world, account), data.get("to") or next(iter(account.numbers))
    number = account.number_of(to)
    if number is None:
        raise ValueError(f"{to} is no number of the account; it has {', '.join(account.numbers)}")
    how = Instructions(
        url=number.voice_url,
        method=number.voice_method,
        fallback=number.voice_fallback_url,
        callback=number.status_callback,
        callback_method=number.status_callback_method,
    )
    call = line.leg((data["from"], to), "inbound", how)
    script = {name: data[name] for name in ("keys", "says", "talk") if name in data}
    call.phone = Phone(data["from"], "answer", **script)
    call.status = "ringing"
    _note(request, call, "calls")
    world.spawn(_receive(line, call))
    return web.json_response({"sid": call.sid})


async def show_calls(request: web.Request) -> web.Response:
    """Calls, oldest first, of one number if ``address`` is given, with what was said and pressed."""
    account, address = request.app[ACCOUNT], request.query.get("address", "")
    rows = [row for row in account.calls.values() if address in ("", row.from_, row.to)]
    shown = [{**as_json(account, row), "transcript": row.transcript} for row in rows]
    return web.json_response({"calls": shown})


async def _receive(line: Line, call: Call) -> None:
    try:
        await Reader(line, call).run(Goto(call.how.url, call.how.method, fallback=call.how.fallback))
    except HungUp:
        pass
    finally:
        line.end(call, "completed" if call.started else "no-answer")


def _live(account: Account, data: dict[str, str]) -> Call:
    """The call named by ``sid``, or the newest live one of ``number``."""
    if "sid" in data:
        return account.calls[data["sid"]]
    number = data["number"]
    for call in reversed(account.calls.values()):
        if call.phone.number == number and not call.over:
            return call
    raise ValueError(f"no live call of {number}")


def _note(request: web.Request, call: Call, action: str) -> None:
    request.app[WORLD].ledger.append("twilio", "person", action, destination=call.to, request={"sid": call.sid})
