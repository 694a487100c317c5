"""A call to our number, answered on the line: announced, put through to one person after the other, else taped.

Each request is one transaction on the call's row; what follows from it (``bot.called``) is for a sweep.
"""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.pager.page_words import worded
from bot.phone import callers
from bot.shell import Shell
from channels.ringing import Heard, Rang
from channels.telephone import CALLS
from channels.twiml import RINGS, TAPE, Decline, PutThrough, Spoken, Tape, Words
from conversations.phrases import render
from models import Contact, IncomingCall

_TAKE = "1"
_ACCEPT = Spoken("")  # a whisper that ends connects the two
# How long the row waits for the provider's next word, in real time, before the caller has hung up: what is said
# there, the whisper and the network beside what the verbs themselves take.
_LINE, _TAPED = timedelta(seconds=RINGS + 70), timedelta(seconds=TAPE + 70)
_LONGEST = timedelta(hours=4)  # a call lasts no longer (twilio.com/docs/voice/twiml/dial: timeLimit)


def came(shell: Shell, heard: Heard) -> Words:
    """Keeps the call once; a copy of the request hears the same again."""
    with shell.db.writing() as session:
        call = _row(session, heard) or _kept(shell, session, heard)
        if call is None:
            return Spoken(worded(callers.of_the_crew(session, heard.caller), "call_staff"))
        if heard.over:
            _left(shell, call)
        return _words(shell, session, call)


def found(shell: Shell, rang: Rang) -> bool:
    """Keeps a call that only the provider's list tells of, as the missed call it is; False for one that is known, and
    for one outside a hotline's hours, which the number's fallback has answered as we would."""
    with shell.db.writing() as session:
        contact = callers.contact_of(session, rang.heard.caller)
        if contact is None or not callers.hotline_ran(session, contact, rang.at):
            return False
        values = {
            **_columns(rang.heard, contact),
            "state": "missed",
            "legs": [],
            "begun_at": rang.at,
            "ended_at": rang.at,
            "due_at": shell.clock.real(),
        }
        return shell.db.insert_once(session, IncomingCall, values, ("account", "provider_id")) is not None


def whispered(shell: Shell, number: int, leg: int, heard: Heard) -> Words:
    """What the person who picked up hears before they have the caller."""
    with shell.db.reading() as session:
        call = _mine(session, number, heard)
        if call is None or leg >= len(call.legs):
            return Decline()
        language, contact = call.legs[leg]["language"], session.get(Contact, call.contact_id)
        who = contact.studio.name if contact else call.caller
        keys = _step(shell, call, "key", leg)
    return Spoken(worded(language, "whisper", who=who), language, keys)


def pressed(shell: Shell, number: int, leg: int, heard: Heard) -> Words:
    """Only 1 takes the call: a voicemail that picks up presses nothing, and the next person is asked."""
    with shell.db.writing() as session:
        call = _mine(session, number, heard, lock=True)
        if call is None or heard.key != _TAKE or leg >= len(call.legs):
            return Decline()
        person = call.legs[leg]["person"]
        if call.state in ("talked", "lost") or call.taken_by not in (None, person):
            return Decline()
        if call.taken_by is None:
            call.taken_by, call.taken_at = person, shell.clock.now()
            _now(shell, call, "talking")
    return _ACCEPT


def went_on(shell: Shell, number: int, leg: int, heard: Heard) -> Words:
    """The person did not take it, or the talk is over."""
    with shell.db.writing() as session:
        call = _mine(session, number, heard, lock=True)
        if call is None:
            return _ACCEPT
        if call.state == "talking":
            call.seconds, call.ended_at = heard.seconds, shell.clock.now()
            _now(shell, call, "talked" if heard.bridged else "lost")
        elif call.state == "ringing" and heard.over:
            _left(shell, call)
        elif call.state == "ringing" and call.leg == leg:
            call.leg += 1
            _ask(shell, call)
        return _words(shell, session, call)


def taped(shell: Shell, number: int, heard: Heard) -> Words:
    """Told twice, when the recording ends and when it can be fetched; either will do. Silence is a missed call."""
    with shell.db.writing() as session:
        call = _mine(session, number, heard, lock=True)
        if call is None:
            return _ACCEPT
        if heard.recording and call.state in ("taping", "missed"):
            call.recording, call.seconds, call.ended_at = heard.recording, heard.seconds, shell.clock.now()
            _now(shell, call, "taped")
        elif call.state == "taping":
            _left(shell, call)
        return _words(shell, session, call)


def _kept(shell: Shell, session: Session, heard: Heard) -> IncomingCall | None:
    """A new call; None for somebody of the crew, who rings back a number that has rung them."""
    now, contact = shell.clock.now(), callers.contact_of(session, heard.caller)
    if contact is None and callers.of_the_crew(session, heard.caller):
        return None
    inside = callers.on_hotline(contact, now)
    values: dict[str, object] = {
        **_columns(heard, contact),
        "state": "ringing" if inside else "outside",
        "legs": callers.asked(shell, session, heard.caller) if inside else [],
        "begun_at": now,
        "due_at": shell.clock.real(),
    }
    shell.db.insert_once(session, IncomingCall, values, ("account", "provider_id"))
    call = _row(session, heard)
    assert call is not None
    if call.state == "ringing":
        _ask(shell, call)
    return call


def _columns(heard: Heard, contact: Contact | None) -> dict[str, object]:
    """Whose call it is."""
    return {
        "account": heard.account,
        "provider_id": heard.call,
        "caller": heard.caller,
        "called": heard.called,
        "contact_id": contact.id if contact else None,
        "language": contact.studio.language if contact else "en",
    }


def _row(session: Session, heard: Heard) -> IncomingCall | None:
    mine = (IncomingCall.account == heard.account, IncomingCall.provider_id == heard.call)
    return session.scalars(select(IncomingCall).where(*mine).with_for_update()).one_or_none()


def _mine(session: Session, number: int, heard: Heard, *, lock: bool = False) -> IncomingCall | None:
    """The call that an address names, if this request is of it."""
    call = session.get(IncomingCall, number, with_for_update=True if lock else None)
    return call if call is not None and call.provider_id == heard.call else None


def _ask(shell: Shell, call: IncomingCall) -> None:
    """The person whose turn it is, else the tape."""
    taping = call.leg >= len(call.legs)
    call.state = "taping" if taping else "ringing"
    call.due_at = shell.clock.real() + (_TAPED if taping else _LINE)


def _left(shell: Shell, call: IncomingCall) -> None:
    """The caller has hung up."""
    if call.state in ("ringing", "taping"):
        call.ended_at = shell.clock.now()
        _now(shell, call, "missed")


def _now(shell: Shell, call: IncomingCall, state: str) -> None:
    call.state, call.due_at = state, shell.clock.real()


def until(shell: Shell, call: IncomingCall) -> None:
    """A talk whose end nobody tells is over when no call can last longer."""
    call.due_at = shell.clock.real() + _LONGEST if call.state == "talking" else None


def _words(shell: Shell, session: Session, call: IncomingCall) -> Words:
    """What the caller hears now."""
    contact = session.get(Contact, call.contact_id) if call.contact_id else None
    promised = callers.promised(shell, contact, shell.clock.now())
    values = {"by": promised.by, "urgent": promised.urgent, "name": contact.name if contact else ""}
    match call.state:
        case "outside":
            way = "call_way_text" if callers.may_text(shell, session, call, contact) else "call_way_chat"
            return Spoken(render(call.language, "call_closed", {**values, "way": way}), call.language)
        case "ringing":
            leg = call.legs[call.leg]
            text = render(call.language, "call_next" if call.leg else "call_hello", values)
            whisper, after = _step(shell, call, "whisper", call.leg), _step(shell, call, "after", call.leg)
            return PutThrough(text, call.language, leg["to"], call.called, whisper, after)
        case "taping":
            text = render(call.language, "call_tape", values)
            done, kept, nothing = (_step(shell, call, step) for step in ("taped", "kept", "nothing"))
            return Tape(text, call.language, done, kept, nothing)
        case "taped" | "missed":
            phrase = "call_taped" if call.state == "taped" else "call_nothing"
            return Spoken(render(call.language, phrase, values), call.language)
    return _ACCEPT


def _step(shell: Shell, call: IncomingCall, step: str, leg: int = 0) -> str:
    return f"{shell.public_url}{CALLS}{call.id}/{step}?leg={leg}"
