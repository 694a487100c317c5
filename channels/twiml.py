"""What a telephone is told (twilio.com/docs/voice/twiml): words, one key asked for, a person dialled, a tape."""

from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

_VOICES = {"en": "en-US", "es": "es-ES"}
_WAIT = 6  # seconds for a key
RINGS = 20  # seconds a person's telephone rings before the next is asked, before most voicemails answer
TAPE = 120  # seconds of a recording, at most
_SILENCE = 5  # seconds of silence that end it


@dataclass(frozen=True, slots=True)
class Spoken:
    """``keys`` is the address that gets the key pressed, "" where none is asked for; silence comes to it too."""

    text: str
    language: str = "en"
    keys: str = ""


@dataclass(frozen=True, slots=True)
class PutThrough:
    """Ring ``to`` from ``sender``; what ``whisper`` says is heard there alone, before the two are connected. When it
    is over, or nobody took it, ``after`` says how the call goes on."""

    text: str
    language: str
    to: str
    sender: str
    whisper: str
    after: str


@dataclass(frozen=True, slots=True)
class Tape:
    """Record the caller; ``done`` says how the call goes on, ``kept`` is told when the recording can be fetched,
    ``nothing`` where there was only silence."""

    text: str
    language: str
    done: str
    kept: str
    nothing: str


@dataclass(frozen=True, slots=True)
class Decline:
    """A whisper that ends in hanging up: the two are not connected. (One that merely ends connects them.)"""


Words = Spoken | PutThrough | Tape | Decline


def document(words: Words) -> str:
    """One TwiML document."""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{_verbs(words)}</Response>'


def _verbs(words: Words) -> str:
    match words:
        case Decline():
            return "<Hangup/>"
        case Spoken(text, language, keys):
            said = _said(text, language)
            gather = f'input="dtmf" numDigits="1" timeout="{_WAIT}" actionOnEmptyResult="true"'
            return f"<Gather {gather} action={quoteattr(keys)}>{said}</Gather>" if keys else said
        case PutThrough(text, language, to, sender, whisper, after):
            whom = f"<Number url={quoteattr(whisper)}>{escape(to)}</Number>"
            dial = f'timeout="{RINGS}" answerOnBridge="true" callerId={quoteattr(sender)} action={quoteattr(after)}'
            return f"{_said(text, language)}<Dial {dial}>{whom}</Dial>"
        case Tape(text, language, done, kept, nothing):
            told = f'recordingStatusCallback={quoteattr(kept)} recordingStatusCallbackEvent="completed absent"'
            how = f'maxLength="{TAPE}" timeout="{_SILENCE}" playBeep="true" action={quoteattr(done)} {told}'
            return f"{_said(text, language)}<Record {how}/><Redirect>{escape(nothing)}</Redirect>"


def _said(text: str, language: str) -> str:
    return f"<Say language={quoteattr(_VOICES.get(language, 'en-US'))}>{escape(text)}</Say>" if text else ""
