"""Taps on buttons in an agent group: whoever tapped is told what became of it, also on a stale button."""

import re

from sqlalchemy.orm import Session

from bot import outbox
from bot.desk import rights
from bot.desk.asks import Tap
from bot.desk.registry import TAPS
from bot.scene import open_ticket_scene
from bot.shell import Shell
from conversations.events import DeskTapped
from models import Topic

_DATA = re.compile(r"v1:([a-z_]+):([0-9]{1,18})(?::(.+))?")
_STALE = "This button is from another version; use the newest card."


def tapped(shell: Shell, session: Session, event: DeskTapped) -> str:
    """Does what the button says; returns why nothing was done."""
    data = _DATA.fullmatch(event.data)
    topic = session.get(Topic, int(data[2])) if data else None
    scene = open_ticket_scene(shell, session, topic.ticket_id) if topic and topic.chat_id == event.chat else None
    if scene is None or data is None:
        outbox.answer_tap(shell, session, event.query)
        return "a tap on a button of no ticket here"
    if event.person.anonymous or event.person.is_bot:
        outbox.answer_tap(shell, session, event.query, rights.ANONYMOUS)
        return "tapped by an anonymous admin"
    tap = Tap(scene, rights.agent(session, event.person, scene.now), data[3] or "", event)
    act = TAPS.get(data[1])
    outbox.answer_tap(shell, session, event.query, act(tap) if act else _STALE)
    return ""
