"""What is written in an agent group: commands are carried out, answers go to the customer, the rest are notes."""

import re
from dataclasses import replace

from sqlalchemy.orm import Session

from bot.desk import replies, rights
from bot.desk.asks import Ask
from bot.desk.places import scene_of
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
    scene = scene_of(shell, session, event)
    command = event.text.startswith("/")
    if scene is None and not command:
        return _OUTSIDE
    if event.person.anonymous:
        tell(shell, session, event, scene, rights.ANONYMOUS)
        return "written by an anonymous admin"
    agent = rights.agent(session, event.person, shell.clock.now())
    ask = Ask(shell, session, row, event, agent, event.text, scene)
    return _command(ask) if command else replies.keep(ask)


def _command(ask: Ask) -> str:
    """Nothing that begins with a slash reaches a customer, but for the words behind ``/r``."""
    found = _COMMAND.match(ask.event.text)
    name = found[1].lower() if found else ""
    command = COMMANDS.get(name)
    if found is None or command is None:
        _answer(ask, f"There is no /{name} here.\n{listed()}")
        return "no command of ours"
    if command.needs_ticket and ask.here is None:
        _answer(ask, f"/{name} is about one ticket: write it in the ticket's topic, like {usage(name)}.")
        return _OUTSIDE
    told = command.run(replace(ask, args=ask.event.text[found.end() :].strip()))
    if not told:
        return ""
    _answer(ask, told)
    return f"/{name} was answered in the group"


def _answer(ask: Ask, text: str) -> None:
    tell(ask.shell, ask.session, ask.event, ask.here, text)
