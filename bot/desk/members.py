"""Who is in the agent groups: told by Telegram when it changes, and asked for while somebody acts."""

from datetime import timedelta

import structlog
from sqlalchemy import literal_column, or_, select, update
from sqlalchemy.orm import Session

from bot import turns
from bot.desk import returning
from bot.desk.asks import ticket_of
from bot.desk.rights import Unsure
from bot.scene import open_ticket_scene
from bot.shell import Shell
from channels.wire import TransportError
from conversations.events import MemberChanged
from models import Agent, Inbound, Member, Ticket

log = structlog.get_logger()
_AGED = timedelta(seconds=25)  # asked again after this, so that nobody who works has to wait for it
_WAIT = timedelta(seconds=2)  # after this an act that waits is looked at again, told or not
_ACTIVE = timedelta(hours=12)  # of who has not acted for so long Telegram is asked when they do


def changed(shell: Shell, session: Session, event: MemberChanged) -> str:
    """Binds at once; what who is gone had is free at once."""
    if event.standing == "gone":
        _free(shell, session, event.chat, event.person.id)
    member = _member(shell, session, event.chat, event.person.id)
    member.standing, member.checked_at = event.standing, shell.clock.real()
    log.info("member_changed", agent=event.person.id, chat=event.chat, standing=event.standing)
    return f"a member is now {event.standing}"


def hold(shell: Shell, number: int, unsure: Unsure) -> bool:
    """Lets an act wait until the next look-up has asked Telegram about who acts; nothing was settled."""
    now = shell.clock.real()
    with shell.db.writing() as session:
        row = turns.take(session, number)
        if row is not None:
            row.retry_at = now + _WAIT
            member = _member(shell, session, unsure.chat, unsure.person)
            member.seen_at = now
            if member.standing in ("", "gone"):
                member.checked_at = None  # of others the next look-up asks as they act
    return False


def look_up(shell: Shell) -> None:
    """Asks Telegram about those who want to act and those who act; acts that waited for it go on."""
    now = shell.clock.real()
    aged = (Member.checked_at < now - _AGED) & (Member.seen_at > now - _ACTIVE) & (Member.standing != "gone")
    with shell.db.reading() as session:
        rows = session.scalars(select(Member).where(or_(Member.checked_at.is_(None), aged))).all()
    told = {(row.chat_id, row.agent_id): _asked(shell, row.chat_id, row.agent_id) for row in rows}
    if not any(told.values()):
        return
    with shell.db.writing() as session:
        for (chat, person), standing in told.items():
            if standing:
                if standing == "gone":
                    _free(shell, session, chat, person)
                member = _member(shell, session, chat, person)
                member.standing, member.checked_at = standing, now
        held = (Inbound.state == literal_column("'waiting'"), Inbound.channel == "telegram", Inbound.attempts == 0)
        session.execute(update(Inbound).where(*held).values(retry_at=None))
    shell.wakes.answer.set()


def _free(shell: Shell, session: Session, chat: int, person: int) -> None:
    """Off duty, unless another group has them still, and the tickets they had here are for others."""
    agent = session.get(Agent, person)
    inside = (Member.agent_id == person, Member.chat_id != chat, Member.standing.in_(("agent", "lead")))
    elsewhere = session.scalar(select(Member.chat_id).where(*inside).limit(1)) is not None
    if agent is None:
        return
    mine = select(Ticket).where(Ticket.owner_id == person, Ticket.state == literal_column("'open'"))
    for ticket in session.scalars(mine.order_by(Ticket.conversation_id, Ticket.id)).unique().all():
        scene = open_ticket_scene(shell, session, ticket.id)
        here = elsewhere is False or scene is None or scene.group == str(chat)
        if scene is not None and here and ticket_of(scene).owner_id == person and ticket_of(scene).state == "open":
            returning.free(scene, f"{agent.name} is no longer in this group")
    if not elsewhere:
        agent.on_duty_since = None


def _asked(shell: Shell, chat: int, person: int) -> str:
    """Nothing while Telegram cannot be asked; somebody it does not know is gone."""
    try:
        return shell.channels["telegram"].standing(chat, person)
    except TransportError as error:
        log.warning("member_unknown", agent=person, chat=chat, code=error.code)
        return "gone" if error.permanent and error.code != "401" else ""


def _member(shell: Shell, session: Session, chat: int, person: int) -> Member:
    fresh = {"chat_id": chat, "agent_id": person, "standing": "", "seen_at": shell.clock.real()}
    shell.db.insert_once(session, Member, fresh, ("chat_id", "agent_id"))
    return session.get_one(Member, (chat, person), with_for_update=True)
