"""Sets aside payloads that cannot be worked on, whole, tells a person, and takes them back into the inbox."""

from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot import outbox, turns
from bot.alarms import clear_alarm, raise_alarm
from bot.scene import open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep
from conversations.events import DeskSaid, Line, Parsed
from models import Address, Conversation, Inbound, Topic

log = structlog.get_logger()
ALARM = "inbox_parked"


def park(shell: Shell, number: int, reason: str, parsed: Parsed | None = None) -> bool:
    """Sets one row aside with its reason; those behind it go on. Says so in the group, and in its ticket's topic."""
    with shell.db.writing() as session:
        row = turns.take(session, number)
        if row is None:
            return False
        row.state, row.reason = "parked", reason
        session.flush()
        raise_alarm(shell, session, ALARM, _words(_many(session), number, reason))
    log.error("inbound_parked", inbound=number, channel=row.channel, reason=reason)
    if parsed is not None:
        sweep(partial(_say_in_topic, shell, row, parsed), "parked")
    shell.wakes.deliver.set()
    return True


def replay(shell: Shell, numbers: Sequence[int]) -> list[int]:
    """Makes parked rows wait again (all of them when none is named); the numbers that now do."""
    with shell.db.writing() as session:
        parked = select(Inbound.id).where(Inbound.state == "parked").order_by(Inbound.id)
        chosen = list(session.scalars(parked.where(Inbound.id.in_(numbers)) if numbers else parked))
        fresh = {"state": "waiting", "attempts": 0, "retry_at": None}
        session.execute(update(Inbound).where(Inbound.id.in_(chosen)).values(**fresh))
        if chosen and not _many(session):
            clear_alarm(shell, session, ALARM, "what was set aside is being worked on again.")
        shell.db.ring(session)
    return chosen


def _many(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Inbound).where(Inbound.state == "parked")) or 0


def _words(many: int, number: int, reason: str) -> str:
    """One alarm however many there are; the newest is named, as it is the one that can still be helped at once."""
    what = f"Inbox number {number} is" if many == 1 else f"{many} messages from outside are"
    newest = f"Why: {reason}." if many == 1 else f"The newest is inbox number {number}: {reason}."
    again = f"`flask inbox replay {number}`" if many == 1 else "`flask inbox replay`"
    return (
        f"{what} set aside, kept whole and not worked on: somebody may be waiting. {newest} "
        f"`flask inbox list` shows it; once the cause is mended, {again} works on it again."
    )


def _say_in_topic(shell: Shell, row: Inbound, parsed: Parsed) -> None:
    """A note where the ticket's people look, for the first that is set aside of its source."""
    with shell.db.writing() as session:
        parked = select(Inbound.id).where(Inbound.state == "parked", Inbound.source == row.source)
        if session.scalar(parked.order_by(Inbound.id).limit(1)) != row.id:
            return
        scene = open_ticket_scene(shell, session, _ticket(session, parsed))
        if scene is not None:
            who = "Something written here" if isinstance(parsed, DeskSaid) else "A message of theirs"
            again = f"`flask inbox replay {row.id}` works on it again"
            outbox.notice(scene, f"{who} could not be worked on and is set aside: an operator must look, {again}.")


def _ticket(session: Session, parsed: Parsed) -> int | None:
    """The ticket a payload belongs to, where it could be read at all."""
    match parsed:
        case Line():
            theirs = (Address.channel == parsed.channel, Address.value == parsed.address)
            return session.scalar(select(Conversation.ticket_id).join(Conversation.address).where(*theirs))
        case DeskSaid():
            there = (Topic.chat_id == parsed.chat, Topic.thread_id == parsed.topic)
            return session.scalar(select(Topic.ticket_id).where(*there))
    return None
