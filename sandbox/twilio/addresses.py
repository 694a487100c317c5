"""What an address may look like, and which error a faulted address gets."""

import re
import zlib

from sandbox.faults import Fault
from sandbox.twilio.rules import RULES

_E164 = re.compile(r"\+[1-9]\d{6,14}")
# Business-scoped user id of somebody who hides the number (Twilio changelog 2026-07-20).
_HIDDEN = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")


def possible(address: str) -> bool:
    """E.164, or behind ``whatsapp:`` also a business-scoped user id."""
    if address.startswith("whatsapp:"):
        rest = address.removeprefix("whatsapp:")
        return bool(_E164.fullmatch(rest) or _HIDDEN.fullmatch(rest))
    return bool(_E164.fullmatch(address))


def hidden(address: str) -> bool:
    return bool(_HIDDEN.fullmatch(address.removeprefix("whatsapp:")))


def external_id(address: str) -> str:
    """The business-scoped user id, which a visible number has too (captured in 2026); here a number made of it."""
    return address if hidden(address) else f"whatsapp:US.{zlib.crc32(address.encode()):016d}"


def code_of(fault: Fault, to: str) -> int:
    """The error of a ``code`` or ``blocked`` fault: 63014 on WhatsApp, 21610 on SMS."""
    if fault.action == "blocked":
        return 63014 if to.startswith("whatsapp:") else 21610
    return fault.code


def at_once(code: int) -> bool:
    return RULES[code].when == "sync"
