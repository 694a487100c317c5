"""One conversation, locked, with all that a transaction needs to act on it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.shell import Shell
from conversations.events import Facts, Line
from models import Address, Conversation, Message, Ticket


@dataclass
class Scene:
    """``line`` and ``message`` are the customer's line that is acted on, if it is one."""

    shell: Shell
    session: Session
    conversation: Conversation
    ticket: Ticket | None
    now: datetime
    line: Line | None = None
    message: Message | None = None
    fresh: bool = False  # the ticket was opened in this very transaction

    @property
    def address(self) -> Address:
        return self.conversation.address

    @property
    def zone(self) -> ZoneInfo:
        """The customer's time zone: the studio's, else the support zone."""
        contact = self.address.contact
        return ZoneInfo(contact.studio.timezone) if contact else self.shell.policies.support_zone

    @property
    def language(self) -> str:
        """The studio's language, else what the channel told of the sender."""
        contact = self.address.contact
        return contact.studio.language if contact else self.conversation.language or "en"

    @property
    def name(self) -> str:
        contact = self.address.contact
        return contact.name if contact else self.address.profile_name

    def facts(self) -> Facts:
        owner = self.ticket.owner.name if self.ticket and self.ticket.owner else ""
        return Facts(
            self.now,
            known=self.address.contact is not None,
            owner=owner,
            category=self.ticket.category if self.ticket else "",
            stopped=self.address.stopped_at is not None,
            pace=self.shell.pace,
        )


def open_scene(shell: Shell, session: Session, conversation_id: int) -> Scene:
    """Locks the conversation, then reads it and its ticket as they now are."""
    locked = (
        select(Conversation)
        .where(Conversation.id == conversation_id)
        .with_for_update(of=Conversation)
        .execution_options(populate_existing=True)
    )
    conversation = session.scalars(locked).unique().one()
    ticket = session.get(Ticket, conversation.ticket_id) if conversation.ticket_id else None
    return Scene(shell, session, conversation, ticket, shell.clock.now())
