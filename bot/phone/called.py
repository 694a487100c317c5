"""What follows from a call: an answer, a line on the tape, a missed call, or a text that says where to write."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import hear, outbox, speak, tickets
from bot.attachments import lasting
from bot.pager import acks, pages
from bot.perform import play
from bot.phone import callers, calls
from bot.relay import VOICEMAIL
from bot.scene import Scene
from bot.shell import Shell
from bot.sweeps import sweep_due
from conversations.calls import Called
from conversations.events import Line, Media
from conversations.phrases import clock_time
from models import Contact, IncomingCall, Message, Person
from triage import Category, Severity, Triage

_MP3 = ".mp3"  # behind a recording's address: what Telegram plays (twilio.com/docs/voice/api/recording)
_CALLED = "called the hotline"


def follow(shell: Shell) -> None:
    """Acts on every call that has come to something, and on those whose line has gone silent."""
    due = select(IncomingCall.id).where(IncomingCall.due_at <= shell.clock.real()).order_by(IncomingCall.due_at)
    sweep_due(shell, due, _follow, "calls")


def _follow(shell: Shell, number: int) -> None:
    """The conversation is locked before the call, whose row the line itself waits for."""
    with shell.db.writing() as session:
        scene = _scene(shell, session, number)
        call = session.get_one(IncomingCall, number, with_for_update=True, populate_existing=True)
        if call.due_at is None or call.due_at > shell.clock.real():
            return
        if call.state in ("ringing", "taping"):
            call.state, call.ended_at = "missed", shell.clock.now()
        elif call.state == call.told == "talking":
            call.state = "talked"
        calls.until(shell, call)
        if scene is not None and call.told != call.state:
            _ACTS[call.state](scene, call)
            call.ticket_id = call.ticket_id or (scene.ticket.id if scene.ticket and call.state != "outside" else None)
        call.told = call.state


def _scene(shell: Shell, session: Session, number: int) -> Scene | None:
    call = session.get_one(IncomingCall, number)
    contact = session.get(Contact, call.contact_id) if call.contact_id else None
    return callers.scene_of(shell, session, call, contact)


def _outside(scene: Scene, call: IncomingCall) -> None:
    """Not in their hotline's hours, or no studio of ours: a text says where to write and by when a person answers."""
    shell, contact = scene.shell, scene.address.contact
    if scene.ticket is not None and scene.ticket.state == "open":
        outbox.notice(scene, f"{_who(scene)} {_CALLED} {_time(scene, call.begun_at)}, outside its hours.")
    if callers.may_text(shell, scene.session, call, contact):
        promised = callers.promised(shell, contact, scene.now)
        speak.say(scene, "call_outside", {"urgent": promised.urgent, "by": promised.by})
        call.texted_at = scene.now


def _missed(scene: Scene, call: IncomingCall) -> None:
    """They hung up before anybody had the call: a line that wants an answer, as urgent as a hotline is."""
    told = callers.may_text(scene.shell, scene.session, call, scene.address.contact)
    _line(scene, call, f"{_CALLED.capitalize()}; nobody reached it in time.")
    play(scene, Called(scene.facts(), _urgent("a missed call on the hotline"), talked=False, told=told))
    _joined(scene)
    call.texted_at = scene.now if told else None
    way = "a text asks them to write" if told else "they could not be texted: call back"
    outbox.notice(scene, f"Missed call: {_who(scene)} {_CALLED} {_time(scene, call.begun_at)}, and {way}.")


def _taped(scene: Scene, call: IncomingCall) -> None:
    """The recording is a line of theirs: a ticket of a category that people find out, or one more of the open one."""
    media = Media("voice", call.recording + _MP3, "audio/mpeg", name=VOICEMAIL, seconds=call.seconds)
    address, name = scene.address, call.recording.rpartition("/")[2]
    line = Line(address.channel, address.value, scene.conversation.our_address, name, media=(media,))
    hear.left(scene, line, _urgent("a voicemail on the hotline: listen first"), call.ended_at or scene.now)


def _talking(scene: Scene, call: IncomingCall) -> None:
    """Who pressed 1 has it, and the customer has a person's answer from now on (sla.md rule 3)."""
    person, taken_at = _person(scene, call)
    if scene.ticket is None or scene.ticket.state != "open":
        _line(scene, call, f"{_CALLED.capitalize()}.")
    play(scene, Called(scene.facts(), _unknown("a call on the hotline; who talked decides"), talked=True))
    acks.talks(scene, person)
    _answered(scene, call, person, taken_at)
    outbox.notice(scene, f"{person.name} talks with {_who(scene)} on the telephone since {_time(scene, taken_at)}.")


def _talked(scene: Scene, call: IncomingCall) -> None:
    """The end of the talk is the last word so far: the next update is promised from it."""
    if call.told != "talking":
        _talking(scene, call)
    person, taken_at = _person(scene, call)
    if call.ended_at is not None and call.ended_at > taken_at:
        _answered(scene, call, person, call.ended_at)
    length = f"for {lasting(call.seconds)}" if call.seconds else "for a time that Twilio did not tell"
    agent = person.agent_id if person.agent is not None else None
    speak.kept(scene, f"(talked on the telephone {length})", author="agent", agent_id=agent)
    told = f"{person.name} talked with {_who(scene)} on the telephone from {_time(scene, taken_at)} {length}."
    outbox.notice(scene, f"{told} Note here what was agreed, and /next when they hear from us.")


def _lost(scene: Scene, call: IncomingCall) -> None:
    """Somebody pressed 1 when they had hung up: nobody has talked, so what it had met runs again."""
    if call.told == "talking":
        tickets.record(scene, "reply_failed", scene.now, "bot", {"delivery": _key(call, _person(scene, call)[1])})
    _missed(scene, call)
    pages.follow(scene)
    name = _person(scene, call)[0].name
    outbox.notice(scene, f"{name} pressed 1, and {_who(scene)} had hung up by then: call back or write.")


_ACTS: dict[str, Callable[[Scene, IncomingCall], None]] = {
    "outside": _outside,
    "missed": _missed,
    "taped": _taped,
    "talking": _talking,
    "talked": _talked,
    "lost": _lost,
}


def _answered(scene: Scene, call: IncomingCall, person: Person, at: datetime) -> None:
    """A person's word, as if the provider had taken it there and then."""
    who = f"agent:{person.agent_id}" if person.agent is not None else f"person:{person.id}"
    facts: dict[str, object] = {"delivery": _key(call, at), "written_at": at.isoformat(), "call": call.id}
    tickets.record(scene, "replied", at, who, facts)
    tickets.kept(scene)
    tickets.heard_by(scene, at)
    tickets.refresh(scene)


def _key(call: IncomingCall, at: datetime) -> str:
    return f"call:{call.id}:{at.isoformat()}"


def _line(scene: Scene, call: IncomingCall, words: str) -> None:
    """The call itself as what the customer did, so that it waits for an answer like a line."""
    message = Message(
        conversation_id=scene.conversation.id,
        ticket_id=scene.ticket.id if scene.ticket and scene.ticket.state == "open" else None,
        author="customer",
        text=words,
        origin=f"call:{call.id}",
        occurred_at=call.ended_at or call.begun_at,
        ingested_at=scene.now,
    )
    scene.session.add(message)
    scene.session.flush()
    scene.message = message


def _joined(scene: Scene) -> None:
    """A line of an open ticket; the first of a new one is its opening already."""
    if scene.message is not None and scene.ticket is not None:
        scene.message.ticket_id = scene.ticket.id
        if not scene.fresh:
            tickets.said(scene, courtesy=False)


def _urgent(reason: str) -> Triage:
    return Triage(Category.OTHER, Severity.SEV1, 0.0, 0.0, (reason,), safety=False, blocked=True)


def _unknown(reason: str) -> Triage:
    return Triage(Category.OTHER, Severity.SEV2, 0.0, 0.0, (reason,), safety=False)


def _person(scene: Scene, call: IncomingCall) -> tuple[Person, datetime]:
    assert call.taken_by is not None
    assert call.taken_at is not None
    return scene.session.get_one(Person, call.taken_by), call.taken_at


def _who(scene: Scene) -> str:
    return scene.name or "The caller"


def _time(scene: Scene, moment: datetime) -> str:
    zone: ZoneInfo = scene.shell.policies.support_zone
    return clock_time(moment, scene.now, zone, "en")
