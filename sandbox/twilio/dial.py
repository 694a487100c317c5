"""<Dial>: up to ten numbers ring at once; whoever picks up and passes the whisper first is connected."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

from sandbox.twilio import twiml
from sandbox.twilio.calls import Call, HungUp, Instructions

if TYPE_CHECKING:
    from sandbox.twilio.twiml import Goto, Reader

_MOST = 10  # https://www.twilio.com/docs/voice/twiml/number, read 2026-11
_WORST = ("completed", "no-answer", "busy", "failed", "canceled")


async def dial(reader: Reader, verb: Element) -> Goto | None:
    """Rings, connects, waits for the end; then the action with DialCallStatus, or the next verb."""
    numbers = _numbers(reader, verb)
    if verb.get("answerOnBridge") != "true":
        reader.line.answer(reader.call)
    legs = [(_leg(reader, verb, number), number) for number in numbers]
    winner = await _first(reader, legs)
    for leg, _ in legs:
        if leg is not winner:
            reader.line.end(leg, "completed" if leg.status == "in-progress" else "canceled")
    if winner is not None:
        reader.line.answer(reader.call)
        await _talk(reader, winner)
    extra = _result(winner, [leg for leg, _ in legs])
    down = reader.call.hung.is_set()
    if not verb.get("action"):
        if down:
            raise HungUp
        return None
    following = replace(reader.goto(verb, verb.get("action", "")), extra=extra)
    if down:
        reader.line.end(reader.call)
        await reader.fetch(following)
        raise HungUp
    return following


def _numbers(reader: Reader, verb: Element) -> list[Element]:
    for part in verb:
        if part.tag != "Number":
            reader.unmodelled(f"<Dial><{part.tag}>")
    found = [part for part in verb if part.tag == "Number"]
    if not found and (verb.text or "").strip():
        bare = Element("Number")
        bare.text = verb.text
        found = [bare]
    if not found or len(found) > _MOST:
        reader.unmodelled(f"<Dial> of {len(found)} numbers")
        raise twiml.Broken
    return found


def _leg(reader: Reader, verb: Element, number: Element) -> Call:
    callback = number.get("statusCallback", "")
    how = Instructions(
        url=number.get("url", ""),
        method=number.get("method", "POST"),
        callback=urljoin(reader.base, callback) if callback else "",
        callback_method=number.get("statusCallbackMethod", "POST"),
        events=tuple(number.get("statusCallbackEvent", "completed").split()),
        timeout=float(verb.get("timeout", "30")),
    )
    caller = verb.get("callerId") or reader.call.from_
    return reader.line.leg((caller, (number.text or "").strip()), "outbound-dial", how, reader.call)


async def _first(reader: Reader, legs: list[tuple[Call, Element]]) -> Call | None:
    """The first leg that answers and stays through its whisper; None if nobody does or the caller leaves."""
    down: asyncio.Future[bool] = asyncio.ensure_future(reader.call.hung.wait())
    asking = {asyncio.ensure_future(_accepts(reader, leg)): leg for leg, _ in legs}
    waiting: set[asyncio.Future[bool]] = {down, *asking}
    try:
        while waiting != {down} and not down.done():
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task, leg in asking.items():
                if task in done and task.result():
                    return leg
        return None
    finally:
        for left in waiting:
            left.cancel()


async def _accepts(reader: Reader, leg: Call) -> bool:
    """Rings one phone and runs its whisper; an early hang-up there means no."""
    if not await reader.line.ring(leg):
        return False
    if not leg.how.url:
        return True
    whisper = twiml.Reader(reader.line, leg, reader.base, whisper=True)
    try:
        await whisper.run(twiml.Goto(leg.how.url, leg.how.method))
    except HungUp:
        reader.line.end(leg)
        return False
    return not leg.hung.is_set()


async def _talk(reader: Reader, winner: Call) -> None:
    """Both are connected until one hangs up."""
    reader.call.note(by="twilio", connected=winner.to)
    winner.note(by="twilio", connected=reader.call.from_)
    ends = [asyncio.ensure_future(leg.hung.wait()) for leg in (reader.call, winner)]
    talks = [leg.phone.talk for leg in (reader.call, winner) if leg.phone.talk is not None]
    await asyncio.wait(ends, timeout=min(talks, default=None), return_when=asyncio.FIRST_COMPLETED)
    for end in ends:
        end.cancel()
    reader.line.end(winner)


def _result(winner: Call | None, legs: list[Call]) -> tuple[tuple[str, str], ...]:
    """DialCallStatus of the connected leg, else of the best of the others; declined in the whisper is no-answer."""
    if winner is not None:
        bridged = ("DialBridged", "true"), ("DialCallDuration", str(winner.seconds))
        return (("DialCallStatus", "completed"), ("DialCallSid", winner.sid), *bridged)
    states = {"no-answer" if leg.status == "completed" else leg.status for leg in legs}
    status = next(state for state in _WORST if state in states)
    return (("DialCallStatus", status), ("DialCallSid", legs[-1].sid), ("DialBridged", "false"))
