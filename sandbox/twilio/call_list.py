"""The Call resource: place, fetch, list, redirect and end calls by REST."""

from aiohttp import web

from sandbox.twilio import addresses, paging
from sandbox.twilio.calls import Call, HungUp, Instructions, as_json
from sandbox.twilio.door import Ask, answer
from sandbox.twilio.line import Line
from sandbox.twilio.rules import ALWAYS_OURS, CALL_FROM_MAGIC, CALL_TO_MAGIC, Refusal
from sandbox.twilio.twiml import Goto, Reader

FIELDS = (
    "To From Url Twiml Method FallbackUrl FallbackMethod StatusCallback StatusCallbackEvent StatusCallbackMethod "
    "Timeout MachineDetection CallerId TimeLimit"
)
LIST_FIELDS = f"To From Status ParentCallSid {paging.FIELDS}"
UPDATE_FIELDS = "Status Url Twiml Method FallbackUrl FallbackMethod StatusCallback StatusCallbackMethod"


async def create(ask: Ask) -> web.StreamResponse:
    """201 queued; then the phone rings."""
    to, from_ = _checked(ask)
    line = Line(ask.world, ask.account)
    call = line.leg((from_, to), "outbound-api", _instructions(ask))
    response = answer(as_json(ask.account, call), 201)
    ask.world.spawn(place(line, call))
    return response


async def place(line: Line, call: Call) -> None:
    """Rings the callee and reads the TwiML to whoever answers."""
    if not await line.ring(call):
        return
    how = call.how
    try:
        await Reader(line, call).run(how.twiml or Goto(how.url, how.method, fallback=how.fallback))
    except HungUp:
        pass
    finally:
        line.end(call)


async def fetch(ask: Ask) -> web.StreamResponse:
    return answer(as_json(ask.account, _known(ask)))


async def browse(ask: Ask) -> web.StreamResponse:
    pairs = [("To", "to"), ("From", "from_"), ("Status", "status")]
    wanted = [(name, ask.text(field)) for field, name in pairs if ask.text(field)]
    rows = [row for row in reversed(ask.account.calls.values()) if all(getattr(row, n) == v for n, v in wanted)]
    if parent := ask.text("ParentCallSid"):
        rows = [row for row in rows if row.parent is not None and row.parent.sid == parent]
    return answer(paging.page(ask, rows, "calls", lambda row: as_json(ask.account, row)))


async def update(ask: Ask) -> web.StreamResponse:
    """Status=canceled before the answer, Status=completed at any time; 21220 when the call is over."""
    call, line = _known(ask), Line(ask.world, ask.account)
    if call.over:
        raise Refusal(21220, "Call is not in-progress. Cannot redirect.")
    if "Url" in ask.fields or "Twiml" in ask.fields:
        ask.unmodelled("redirecting a live call")
        raise Refusal(20001, "Redirecting a live call is not modelled by the sandbox")
    match ask.text("Status"):
        case "completed":
            line.end(call, "completed" if call.status == "in-progress" else "canceled")
        case "canceled" if call.status in ("queued", "ringing"):
            line.end(call, "canceled")
        case "canceled":
            pass
        case other:
            raise Refusal(20001, f"Status {other!r} must be canceled or completed")
    return answer(as_json(ask.account, call))


def _checked(ask: Ask) -> tuple[str, str]:
    to, from_ = ask.text("To"), ask.text("From")
    if not to:
        raise Refusal(21201)
    if not from_:
        raise Refusal(21213)
    if magic := CALL_TO_MAGIC.get(to) or CALL_FROM_MAGIC.get(from_):
        raise Refusal(magic)
    if to.startswith("whatsapp:") or not addresses.possible(to):
        raise Refusal(21211, f"Invalid 'To' Phone Number: {to}")
    if ask.account.number_of(from_) is None and from_ != ALWAYS_OURS:
        raise Refusal(21210)
    if ask.fault is not None and ask.fault.action == "code" and addresses.at_once(ask.fault.code):
        raise Refusal(ask.fault.code)
    if not ask.text("Twiml") and not ask.text("Url").startswith(("http://", "https://")):
        raise Refusal(21205)
    if len(ask.text("Twiml")) > 4000:
        raise Refusal(20001, "Twiml is longer than 4000 characters")
    return to, from_


def _instructions(ask: Ask) -> Instructions:
    events = " ".join(ask.fields.get("StatusCallbackEvent", ["completed"])).split()
    return Instructions(
        url=ask.text("Url"),
        method=ask.text("Method") or "POST",
        fallback=ask.text("FallbackUrl"),
        fallback_method=ask.text("FallbackMethod") or "POST",
        twiml=ask.text("Twiml"),
        callback=ask.text("StatusCallback"),
        callback_method=ask.text("StatusCallbackMethod") or "POST",
        events=tuple(events),
        timeout=ask.number("Timeout", 60),
        detect_machine=ask.text("MachineDetection") in ("Enable", "DetectMessageEnd"),
    )


def _known(ask: Ask) -> Call:
    call = ask.account.calls.get(ask.part("sid"))
    if call is None:
        raise Refusal(20404, f"The requested resource {ask.request.path} was not found")
    ask.crossing.destination = call.to
    return call
