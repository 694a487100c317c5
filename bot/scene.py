"""One conversation, locked, with all that a transaction needs to act on it."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from bot.shell import Shell
from conversations.events import Facts, Line
from conversations.states import may_rate
from models import Address, Clock, Conversation, Message, Shoot, Ticket, Topic
from models.base import Moment
from sla import Happened, Ledger

_NUMBER = bindparam("number", type_=BigInteger)
# The ways to name a conversation: by its number, that of its address, that of a ticket, by channel and value.
BY_NUMBER = Conversation.id == _NUMBER
BY_ADDRESS = Conversation.address_id == _NUMBER
OF_TICKET = Conversation.id == select(Ticket.conversation_id).where(Ticket.id == _NUMBER).scalar_subquery()
_HERE = (Address.channel == bindparam("channel"), Address.value == bindparam("value"))
OF_SENDER = Conversation.address_id == select(Address.id).where(*_HERE).scalar_subquery()


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
    tapped: bool = False  # somebody pressed a button in the group
    held: bool = False  # answers waited for this very line
    history: tuple[int, list[Happened]] | None = None  # (ticket, its events), once read
    folded: tuple[tuple[int, int], Ledger] | None = None  # ((ticket, how many events), the clocks), once computed
    clocks: tuple[int, dict[tuple[str, int], Clock]] | None = None  # (ticket, its stored clocks), once read

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

    @property
    def group(self) -> str:
        """The agents' group of this ticket: where its topic is, else where it is to go; "" when Telegram is off."""
        ticket = self.ticket
        topic = self.session.get(Topic, ticket.id) if ticket else None
        return str(topic.chat_id if topic else self.routed or "")

    @property
    def routed(self) -> int | None:
        """The group the policy file sends this ticket to; None when Telegram is off."""
        ticket, desk = self.ticket, self.shell.desk
        return desk.place(ticket.tier, ticket.category, self.language) if ticket else desk.group

    @property
    def hotline(self) -> bool:
        """Whether the studio's hotline is open: its windows' sweep wrote down until when."""
        contact = self.address.contact
        until = contact.studio.hotline_until if contact else None
        return until is not None and self.now < until

    @property
    def shoots_until(self) -> datetime | None:
        """When the shoot ends that the studio is in; None if it is in none."""
        contact = self.address.contact
        if contact is None:
            return None
        ends: datetime | None = self.session.scalar(_shooting(), {"studio": contact.studio_id, "now": self.now})
        return ends

    @property
    def window_open(self) -> bool:
        """Whether free text may go: always but on WhatsApp, where it may for 24 hours after their last line."""
        ends = self.conversation.window_expires_at
        return self.address.channel != "whatsapp" or ends is None or ends > self.now

    def facts(self) -> Facts:
        owner = self.ticket.owner.name if self.ticket and self.ticket.owner else ""
        return Facts(
            self.now,
            known=self.address.contact is not None or bool(self.address.claim),
            open=self.ticket is not None and self.ticket.state == "open",
            owner=owner,
            category=self.ticket.category if self.ticket else "",
            stopped=self.address.stopped_at is not None,
            window_open=self.window_open,
            held=self.held,
            shoots_until=self.shoots_until if may_rate(self.conversation.state) else None,
            pace=self.shell.pace,
        )


def open_scene(shell: Shell, session: Session, which: ColumnElement[bool], **values: object) -> Scene | None:
    """Locks the one conversation that ``which``, one of the ways above, names by its ``values``, and reads it and its
    ticket as they now are; None if none is."""
    # Two statements: what one that locks reads beside the locked row may be older than the lock.
    if session.execute(_locked(which), values).first() is None:
        return None
    conversation = session.scalars(_read(which), values).unique().one()
    ticket = session.get(Ticket, conversation.ticket_id) if conversation.ticket_id else None
    return Scene(shell, session, conversation, ticket, shell.clock.now())


def open_ticket_scene(shell: Shell, session: Session, number: int | None) -> Scene | None:
    """The scene of a ticket, which may not be its conversation's latest; None for no such ticket."""
    scene = open_scene(shell, session, OF_TICKET, number=number) if number is not None else None
    if scene is not None:
        scene.ticket = session.get(Ticket, number, populate_existing=True)
    return scene


# The statements are built once for each way: building one anew costs more than running it.
@cache
def _read(which: ColumnElement[bool]) -> Any:
    return select(Conversation).where(which).execution_options(populate_existing=True)


@cache
def _shooting() -> Any:
    now = bindparam("now", type_=Moment())
    running = (Shoot.studio_id == bindparam("studio", type_=BigInteger), Shoot.begins_at <= now, Shoot.ends_at > now)
    return select(func.max(Shoot.ends_at)).where(*running)


@cache
def _locked(which: ColumnElement[bool]) -> Any:
    return select(Conversation.id).where(which).with_for_update()
