"""What can be asked of a telephone."""

from dataclasses import dataclass

KEYS = "/webhooks/twilio/voice/"  # where a telephone's keys come to, with the delivery's number behind it
CALLED = "/webhooks/twilio/voice"  # where a call to our number begins
CALLS = "/webhooks/twilio/voice/in/"  # where a call to our number goes on, with its number and the step behind it


@dataclass(frozen=True, slots=True)
class RingUp:
    """Call a telephone, say ``text`` and ask for a key, which comes to ``KEYS`` under the delivery's number."""

    to: str
    text: str
    sender: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a call of ours by the provider's id of it, whether it rings or speaks."""

    call: str
