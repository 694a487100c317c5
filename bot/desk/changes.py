"""Agents change an answer or react to a line: members of the group alone."""

from sqlalchemy.orm import Session

from bot import amend, reactions
from bot.desk import rights
from bot.shell import Shell
from conversations.events import DeskEdited, DeskReacted
from conversations.group_events import Person


def edited(shell: Shell, session: Session, event: DeskEdited) -> str:
    """Returns why nothing went to the customer."""
    stranger = _refused(shell, session, event.said.chat, event.said.person)
    return stranger or amend.answer_edited(shell, session, event)


def reacted(shell: Shell, session: Session, event: DeskReacted) -> str:
    """Returns why nothing was shown to the customer."""
    return _refused(shell, session, event.chat, event.person) or reactions.agent_reacted(shell, session, event)


def _refused(shell: Shell, session: Session, chat: int, person: Person) -> str:
    if person.anonymous or person.is_bot:
        return "done by an anonymous admin"
    return "" if rights.admitted(shell, session, chat, person) else "done by no member of the group"
