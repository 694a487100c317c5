"""What is written in an agent group: commands are carried out, answers go to the customer, the rest are notes."""

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.desk import replies, rights
from bot.desk.asks import Ask, Told
from bot.desk.places import point_on, scene_of
from bot.desk.registry import COMMANDS, listed, usage
from bot.desk.telling import tell
from bot.shell import Shell
from conversations.events import DeskSaid
from models import Inbound

_COMMAND = re.compile(r"/(\w*)(?:@\w+)?(?:\s+|$)")
_OUTSIDE = "not in a ticket's topic"


def said(shell: Shell, session: Session, row: Inbound, event: DeskSaid) -> str:
    """Carries out a command or keeps the line; returns why nothing went to the customer."""
    if event.person.is_bot and not event.person.anonymous:
        return "written by a bot"
    command = event.text.startswith("/")
    by = None if event.person.anonymous else rights.admitted(shell, session, event.chat, event.person)
    scene = scene_of(shell, session, event)
    if scene is not None:
        point_on(scene, event)
    if event.person.anonymous:
        if scene is not None or command:
            tell(shell, session, event, scene, rights.ANONYMOUS)
        return "written by an anonymous admin"
    if by is None:
        who = (event.chat, event.person.id)
        number = scene.ticket.id if scene and scene.ticket else None
        rights.audit(session, shell.clock.now(), who, number, (_name(event.text), "refused: no member"))
        return "written by no member of the group"
    if scene is None and not command:
        return _OUTSIDE
    ask = Ask(shell, session, row, event, by, event.text, scene)
    return _command(ask) if command else _plain(ask)


def _plain(ask: Ask) -> str:
    """An answer or a note, by what it replies to."""
    reason = replies.keep(ask)
    _audit(ask, "note" if reason else "reply", reason or "to the customer")
    return reason


def _command(ask: Ask) -> str:
    """Nothing that begins with a slash reaches a customer, but for the words behind ``/r``."""
    told, reason = _carried_out(ask)
    _audit(ask, _name(ask.event.text), "answered" if isinstance(told, Told) else told or "done")
    if told:
        tell(ask.shell, ask.session, ask.event, ask.here, told)
    return reason


def _carried_out(ask: Ask) -> tuple[str | Told, str]:
    """(what the agent is told, why nothing went to the customer)."""
    found = _COMMAND.match(ask.event.text)
    name = found[1].lower() if found else ""
    command = COMMANDS.get(name)
    if found is None or command is None:
        return f"There is no /{name} here.\n{listed(lead=ask.by.lead)}", "no command of ours"
    if command.for_leads and not ask.by.leads():
        return f"/{name} is for leads: the administrators of this group.", "a command for leads"
    if command.needs_ticket and ask.here is None:
        return f"/{name} is about one ticket: write it in the ticket's topic, like {usage(name)}.", _OUTSIDE
    told = command.run(replace(ask, args=ask.event.text[found.end() :].strip()))
    return told, f"/{name} was answered in the group" if told else ""


def _audit(ask: Ask, what: str, outcome: str) -> None:
    number = ask.ticket.id if ask.here else None
    rights.audit(ask.session, ask.shell.clock.now(), (ask.event.chat, ask.agent.id), number, (what, outcome))


def _name(text: str) -> str:
    """What the audit log calls it: the command's name, never its words."""
    return text.split(maxsplit=1)[0].lower() if text.startswith("/") else "words"
