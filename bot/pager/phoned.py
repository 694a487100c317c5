"""What people on call write from their own telephones: a page's code takes it; it never becomes a customer's ticket."""

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import nudges
from bot.hotline import muster_acts
from bot.lanes import Lane
from bot.outbox import answer_tap
from bot.pager import acks, engineers, personal, status, trials
from bot.pager.page_words import worded
from bot.scene import open_ticket_scene
from bot.shell import Shell
from bot.speak import kept
from channels.wire import SendText, to_json
from conversations.events import Line
from models import Channel, Delivery, Page, Person, Ticket

CODE = re.compile(
    r"\W*(?:(?:ok|okay|ack|take|yes|si|sí)\W+)?#?(\d{1,12})[\s.\-]*([aenp]|t[\s.\-]*[1-3]?)\W*", re.IGNORECASE
)
TAP = "ack:"  # the key of the button under a private page
_WINDOW = timedelta(hours=24)  # WhatsApp's, from their last line


def means_code(line: Line) -> bool:
    """Whether it may be an acknowledgement, also from a number that customers' lines have come from."""
    return (
        line.tapped.startswith((TAP, trials.TAP, status.TAP, nudges.TAP))
        or CODE.fullmatch(line.text) is not None
        or _is_me(line)
    )


def heard(shell: Shell, session: Session, line: Line) -> str:
    """Acts on a line of somebody on call; why no customer is meant, "" where it is nobody of ours."""
    kinds = ("sms", "voice") if line.channel == "sms" else (line.channel,)
    theirs = select(Channel).where(Channel.address == line.address, Channel.kind.in_(kinds)).order_by(Channel.id)
    channel = session.scalars(theirs.with_for_update()).first()
    person = session.get(Person, channel.person_id) if channel else None
    if channel is None or person is None or not person.roles:
        return ""
    if line.channel == "whatsapp":
        channel.window_expires_at = shell.clock.now() + _WINDOW
    if line.text in ("STOP", "START") and line.answered:
        channel.stopped_at = shell.clock.now() if line.text == "STOP" else None
        return "a person on call has opted out or in"
    told = _acknowledged(shell, session, line, person)
    if told:
        _answer(shell, session, line, told)
        return "a page's code from a person on call"
    return "written by a person on call, and no page's code"


def _is_me(line: Line) -> bool:
    return line.channel == "telegram" and re.fullmatch(r"/me(\s.*)?", line.text) is not None


def _acknowledged(shell: Shell, session: Session, line: Line, person: Person) -> str:
    found = CODE.fullmatch(line.tapped.removeprefix(TAP) or line.text)
    code = f"{found[1]}{found[2][0].lower()}" if found else ""
    if line.tapped.startswith(nudges.TAP):
        return _update(shell, session, line, person)
    if line.tapped.startswith(status.TAP) or status.typed(line.text):
        return _status(shell, session, line, person)
    if _is_me(line):
        words = line.text.removeprefix("/me").strip()
        return personal.change(shell, session, person, words) if words else personal.told(session, person)
    tried, answer = _tried(line.tapped, found)
    trial = trials.of(session, tried, person, line.channel) if tried.isdecimal() else None
    if trial is not None:
        return muster_acts.tried(shell, session, trial, answer)
    rung = select(Page).where(Page.code == code).order_by(Page.id.desc()).limit(1)
    known = session.scalars(rung).first() if code else None
    scene = open_ticket_scene(shell, session, known.ticket_id) if known else None
    if known is None or scene is None:
        return worded(person.language, "unknown", code=code or "-") if code or re.search(r"\d", line.text) else ""
    session.refresh(known)
    return acks.by_person(scene, known, person, "code" if not line.tapped else "private")


def _tried(tapped: str, code: re.Match[str] | None) -> tuple[str, str]:
    """The test page that is answered, and how: by a button, or ``7t``, ``7n``, ``7t2``."""
    if tapped.startswith(trials.TAP):
        number, _, answer = tapped.removeprefix(trials.TAP).partition(":")
        return number, answer
    if code is None or code[2][0].lower() not in (trials.CODE, trials.REFUSAL):
        return "", ""
    refused = code[2].lower() == trials.REFUSAL
    return code[1], muster_acts.REFUSED if refused else code[2][1:].strip(" .-\t")


def _update(shell: Shell, session: Session, line: Line, person: Person) -> str:
    """A button under a private word about an update that comes due."""
    ticket, _, rest = line.tapped.removeprefix(nudges.TAP).partition(":")
    scene = open_ticket_scene(shell, session, int(ticket)) if ticket.isdecimal() else None
    number, _, what = rest.partition(":")
    return nudges.answered(scene, person, number, what) if scene else worded(person.language, "settled")


def _status(shell: Shell, session: Session, line: Line, person: Person) -> str:
    """What an engineer answers to the one question, by a button or typed: only who has the page is asked."""
    number, _, answer = line.tapped.removeprefix(status.TAP).partition(":")
    if not line.tapped:
        held = select(Page.ticket_id).where(Page.ladder == "engineering", Page.acknowledged_by == person.id)
        open_one = held.join(Ticket, Ticket.id == Page.ticket_id).where(Ticket.state == "open")
        number, answer = str(session.scalar(open_one.order_by(Page.id.desc()).limit(1)) or ""), status.typed(line.text)
    scene = open_ticket_scene(shell, session, int(number)) if number.isdecimal() else None
    page = engineers.on_it(scene) if scene else None
    if scene is None or page is None or page.acknowledged_by != person.id:
        return worded(person.language, "over", number=number or "-")
    note = None if line.tapped else kept(scene, line.text, author="note", agent_id=person.agent_id)
    return status.answered(scene, person.id, person.name, answer, note)


def _answer(shell: Shell, session: Session, line: Line, text: str) -> None:
    if line.provider_id.startswith("tap:"):
        answer_tap(shell, session, line.provider_id.removeprefix("tap:"))
    to = f"whatsapp:{line.address}" if line.channel == "whatsapp" else line.address
    sender = line.our_address or shell.senders.get(line.channel, "")
    kind, payload = to_json(SendText(to, text, sender))
    row = Delivery(kind=kind, payload=payload, channel=line.channel, destination=line.address, sender=sender)
    row.thread, row.lane, row.created_at = f"staff:{line.channel}:{line.address}", Lane.PAGE, shell.clock.now()
    session.add(row)
