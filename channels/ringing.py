"""What the provider tells of a call to our number, at each step of it (twilio.com/docs/voice/twiml)."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

OVER = ("completed", "busy", "failed", "no-answer", "canceled")
# What stands in From where the number is hidden (help.twilio.com: anonymous, restricted, unavailable callers).
_HIDDEN = ("+266696687", "+86282452253", "+8656696", "+7378742833", "+2562533")


@dataclass(frozen=True, slots=True)
class Heard:
    """``call`` is the provider's id of the caller's own call, also where this is told of a leg of it; ``caller`` is
    empty if hidden. ``over``: the caller's line is down. ``bridged``: as far as told, both were connected."""

    account: str
    call: str
    caller: str
    called: str
    over: bool = False
    key: str = ""
    bridged: bool = True
    seconds: int = 0
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Rang:
    """A call to our number in the provider's own list that is over; ``at`` is when it came."""

    heard: Heard
    at: datetime


def heard(body: bytes) -> Heard:
    """Reads one request of Twilio's; what it leaves out is empty."""
    form = {name: values[0].replace("\0", "") for name, values in parse_qs(body.decode(errors="replace")).items()}
    told = form.get("RecordingDuration") or form.get("DialCallDuration", "")
    lost = form.get("DialBridged") == "false" or form.get("DialCallStatus") in ("canceled", "failed")
    silent = form.get("RecordingStatus", "completed") != "completed" or told == "0"
    return Heard(
        account=form.get("AccountSid", ""),
        call=form.get("ParentCallSid") or form.get("CallSid", ""),
        caller=number(form.get("From", "")),
        called=form.get("To", ""),
        over=form.get("CallStatus") in OVER,
        key=form.get("Digits", ""),
        bridged=not lost,
        seconds=int(told) if told.isdecimal() and len(told) < 6 else 0,
        recording="" if silent else form.get("RecordingUrl", ""),
    )


def number(told: str) -> str:
    """Who calls; empty where the number is hidden."""
    digits = told.removeprefix("+")
    plain = told.startswith("+") and digits.isdecimal() and digits.isascii() and 6 < len(digits) < 16
    return told if plain and told not in _HIDDEN else ""
