"""How who is in trouble wants to be reached: the two choices beside the urgent receipt (users.md script 2.1)."""

from dataclasses import replace

from conversations.effects import Effect, NoteNumber, NoteTextOnly, Relay, Say
from conversations.events import Line, Said
from conversations.states import State, Waiting
from conversations.words import Meaning, chosen, understand

REACH = ("text_only", "call_me")
_NUMBERED = {Meaning.ONE: "text_only", Meaning.TWO: "call_me"}


def answered(state: Waiting, event: Said) -> tuple[State, tuple[Effect, ...]] | None:
    """None when the line is no such choice. A button counts for as long as the ticket is open, a number or its words
    only until a person has answered."""
    line = event.line
    if line.media:
        return None
    known = replace(state, asked="")
    stands = state.asked == "reach"
    picked = chosen(line, REACH) if stands or line.tapped in REACH else ""
    match picked or (_NUMBERED.get(understand(line.text), "") if stands else ""):
        case "text_only":
            return known, (Relay(courtesy=True), NoteTextOnly(), Say("text_noted"))
        case "call_me":
            number, asked = own(line), replace(known, number_asked=True)
            if number:
                return asked, (Relay(), NoteNumber(number), Say("call_noted", {"number": number}))
            return asked, (Relay(), Say("call_which"))
    return None


def own(line: Line) -> str:
    """The number they write from; "" where that is none."""
    return line.address if line.channel in ("whatsapp", "sms") and line.address.startswith("+") else ""
