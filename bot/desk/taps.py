"""Taps on buttons in an agent group: whoever tapped is told what became of it, also on a stale button."""

import re

from sqlalchemy.orm import Session

from bot import outbox
from bot.desk import rights
from bot.desk.asks import Tap
from bot.desk.crew import Press
from bot.desk.registry import PRESSES, TAPS
from bot.scene import open_ticket_scene
from bot.shell import Shell
from conversations.events import DeskTapped
from models import Topic

_DATA = re.compile(r"v1:([a-z_]+):([0-9]{1,18})(?::(.+))?")
_STALE = "This button is from another version; use the newest card."


def tapped(shell: Shell, session: Session, event: DeskTapped) -> str:
    """Does what the button says; returns why nothing was done."""
    if event.person.anonymous or event.person.is_bot:
        outbox.answer_tap(shell, session, event.query, rights.ANONYMOUS)
        return "tapped by an anonymous admin"
    data = _DATA.fullmatch(event.data)
    if data is not None and data[1] in PRESSES:
        return _pressed(shell, session, event, PRESSES[data[1]], int(data[2]))
    topic = session.get(Topic, int(data[2])) if data else None
    if topic is None or data is None or topic.chat_id != event.chat:
        outbox.answer_tap(shell, session, event.query)
        return "a tap on a button of no ticket here"
    by = rights.admitted(shell, session, event.chat, event.person)
    scene = open_ticket_scene(shell, session, topic.ticket_id)
    assert scene is not None
    scene.tapped = by is not None
    if by is None:
        told, reason = rights.STRANGER, "tapped by no member of the group"
    else:
        act = TAPS.get(data[1])
        told, reason = act(Tap(scene, by, data[3] or "", event)) if act else _STALE, ""
    outbox.answer_tap(shell, session, event.query, told)
    rights.audit(session, scene.now, (event.chat, event.person.id), topic.ticket_id, (f"tap {data[1]}", told or "done"))
    return reason


def _pressed(shell: Shell, session: Session, event: DeskTapped, act: Press, number: int) -> str:
    """A button that is about no ticket."""
    by = rights.admitted(shell, session, event.chat, event.person)
    told = act(shell, session, by.agent, number) if by else rights.STRANGER
    outbox.answer_tap(shell, session, event.query, told)
    what = (f"tap {event.data.split(':')[1]}", told)
    rights.audit(session, shell.clock.now(), (event.chat, event.person.id), None, what)
    return "" if by else "tapped by no member of the group"
