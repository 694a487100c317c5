"""Can our number call, and where does Twilio send those who call it (twilio.com/docs/voice/twiml)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from channels.findings import Finding
from channels.telephone import CALLED

Ask = Callable[[Callable[[Any], Any]], Any]
_CONSOLE = "in the Twilio console, Phone Numbers > Active numbers,"


def voice(ask: Ask, number: str, public_url: str) -> list[Finding]:
    """Calls out, calls in, and what a caller hears while we are away."""
    listed = ask(lambda client: client.incoming_phone_numbers.list(phone_number=number, limit=20))
    row = next((row for row in listed if row.phone_number.lstrip("+") == number.lstrip("+")), None)
    if row is None:
        words = "TWILIO_VOICE_FROM is no number of this account"
        return [Finding("voice out", False, words, f"{_CONSOLE} look which number it should be")]
    if not _can_call(row.capabilities):
        step = "buy a number with the capability Voice and put it into TWILIO_VOICE_FROM"
        return [Finding("voice out", False, "TWILIO_VOICE_FROM is a number that cannot call", step)]
    return [Finding("voice out", True, "the number can call"), _incoming(row, public_url), _fallback(row, public_url)]


def _incoming(row: Any, public_url: str) -> Finding:
    url, leg = public_url + CALLED, "voice in"
    step = f"{_CONSOLE} set what happens when a call comes in to {url}, POST"
    if not row.voice_url:
        return Finding(leg, False, "the number has no URL for calls", step)
    if row.voice_url.partition("#")[0] != url:
        return Finding(leg, False, "the number's calls go to another address", step)
    if (row.voice_method or "POST").upper() != "POST":
        return Finding(leg, False, f"the number uses {row.voice_method} instead of POST", step)
    return Finding(leg, True, "calls come to us")


def _fallback(row: Any, public_url: str) -> Finding:
    """It must answer when nothing of ours does."""
    leg, step = "voice fallback", f"{_CONSOLE} set the primary handler's fallback to a TwiML Bin (docs/operations.md)"
    there = urlsplit(row.voice_fallback_url or "")
    if not there.hostname:
        return Finding(leg, False, "while we are away callers hear Twilio's own error", step)
    if there.hostname == urlsplit(public_url).hostname:
        return Finding(leg, False, "it is on our own host, which is away when it is needed", step)
    return Finding(leg, True, "somebody else answers while we are away")


def _can_call(capabilities: Any) -> bool:
    """The SDK gives them as a dictionary or, by version, as an object."""
    if isinstance(capabilities, dict):
        return bool(capabilities.get("voice"))
    return bool(getattr(capabilities, "voice", True))
