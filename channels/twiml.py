"""What a telephone is told (twilio.com/docs/voice/twiml): a text in a language, and one key asked for."""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_VOICES = {"en": "en-US", "es": "es-ES"}
_WAIT = 6  # seconds for a key


@dataclass(frozen=True, slots=True)
class Spoken:
    """``keys`` is the address that gets the key pressed, "" where none is asked for; silence comes to it too."""

    text: str
    language: str = "en"
    keys: str = ""


def document(spoken: Spoken) -> str:
    """One TwiML document."""
    say = f"<Say language={quoteattr(_VOICES.get(spoken.language, 'en-US'))}>{escape(spoken.text)}</Say>"
    if spoken.keys:
        gather = f'input="dtmf" numDigits="1" timeout="{_WAIT}" actionOnEmptyResult="true"'
        say = f"<Gather {gather} action={quoteattr(spoken.keys)}>{say}</Gather>"
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{say}</Response>'
