"""Questions of an incident: is yours the same, and does it work again; each studio answers for itself (issue 7)."""

from dataclasses import replace

from conversations.closing import rate
from conversations.effects import Effect, NoteSame, NoteWorks, RecordSolved, Relay, Say
from conversations.events import Said
from conversations.states import State, Waiting
from conversations.words import Meaning, chosen, understand

Step = tuple[State, tuple[Effect, ...]]
SAME = ("same", "different")
WORKS = ("works", "still_not", "try_later")
_ASKED = {"same": SAME, "works": WORKS}
_FIRST = (Meaning.YES, Meaning.ONE)
_SECOND = (Meaning.NO, Meaning.TWO, Meaning.STILL_BROKEN)


def answered(state: Waiting, event: Said) -> Step | None:
    """Reads the line against the question that stands; None when it is no answer to it."""
    options = _ASKED.get(state.asked)
    if options is None or any(media.kind != "sticker" for media in event.line.media):
        return None
    meant = understand(event.line.text)
    by_meaning = options[0] if meant in _FIRST else options[1] if meant in _SECOND else ""
    if meant is Meaning.THREE and options is WORKS:
        by_meaning = "try_later"
    known = replace(state, asked="")
    match chosen(event.line, options) or by_meaning:
        case "same":
            return known, (Relay(courtesy=True), NoteSame(True), Say("incident_listed"))
        case "different":
            return known, (Relay(), NoteSame(False), Say("person_by"))
        case "works":
            noted = (Relay(courtesy=True), NoteWorks(True), RecordSolved("yes"))
            following, asked = rate(event.facts.now, event.facts)
            return following, (*noted, asked)
        case "still_not":
            return known, (Relay(), NoteWorks(False), Say("still_not"))
        case "try_later":
            return state, (Relay(courtesy=True), Say("try_later"))
    return None
