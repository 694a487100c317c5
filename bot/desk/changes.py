"""Agents change an answer or react to a line: members of the group alone."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import amend, reactions
from bot.desk import rights
from bot.shell import Shell
from conversations.events import DeskEdited, DeskReacted
from conversations.group_events import Person
from models import Delivery, Message


def edited(shell: Shell, session: Session, event: DeskEdited) -> str:
    """Returns why nothing went to the customer."""
    said = event.said
    reason = _refused(shell, session, said.chat, said.person) or amend.answer_edited(shell, session, event)
    of = select(Message.ticket_id).where(Message.origin == f"{said.chat}/{said.message}")
    _audit(shell, session, (said.chat, said.person.id), session.scalar(of.limit(1)), ("edit", reason or "done"))
    return reason


def reacted(shell: Shell, session: Session, event: DeskReacted) -> str:
    """Returns why nothing was shown to the customer."""
    reason = _refused(shell, session, event.chat, event.person) or reactions.agent_reacted(shell, session, event)
    of = select(Delivery.ticket_id).where(
        Delivery.destination == str(event.chat), Delivery.provider_id == str(event.message)
    )
    _audit(shell, session, (event.chat, event.person.id), session.scalar(of.limit(1)), ("reaction", reason or "done"))
    return reason


def _audit(shell: Shell, session: Session, who: tuple[int, int], ticket: int | None, act: tuple[str, str]) -> None:
    """What was changed or marked on a ticket; the rest is their own affair."""
    if ticket is not None:
        rights.audit(session, shell.clock.now(), who, ticket, act)


def _refused(shell: Shell, session: Session, chat: int, person: Person) -> str:
    if person.anonymous or person.is_bot:
        return "done by an anonymous admin"
    return "" if rights.admitted(shell, session, chat, person) else "done by no member of the group"
