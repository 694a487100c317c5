"""The agent groups as they come and go: moved to another id, closed to the bot, rebuilt with every open ticket."""

from functools import partial

import structlog
from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import Session

from bot import successors
from bot.alarms import clear_alarm, raise_alarm
from bot.scene import open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep
from conversations.group_events import BotChanged
from models import Delivery, Group, Ticket, Topic
from models.deliveries import PENDING

log = structlog.get_logger()
_STANDING = {
    "gone": "Backstop was removed from the agents' group: nothing reaches them. Add it again as an administrator.",
    "member": "Backstop is no administrator of the agents' group: it sees only commands and replies there (privacy "
    "mode) and opens no topics. Make it one, with the right to manage topics.",
    "limited": "Backstop may not manage topics in the agents' group: tickets get none. Give it that right.",
}


def load(shell: Shell) -> None:
    """Takes over what any process has learnt of groups that moved."""
    with shell.db.reading() as session:
        for group in session.scalars(select(Group)):
            shell.desk.learn(group.chat_id, group.moved_to)


def moved(shell: Shell, session: Session, old: int, new: int) -> str:
    """A group has a new id: everything owed to the old one goes there, and the open tickets get topics there."""
    if old == new or not shell.db.insert_once(session, Group, _row(shell, old, new), ("chat_id",)):
        return "a move known already"
    owed = select(Delivery).where(Delivery.destination == str(old), Delivery.state.in_(PENDING))
    for row in session.scalars(owed.with_for_update(skip_locked=True).execution_options(populate_existing=True)):
        row.destination = str(new)
        row.payload = {key: value for key, value in row.payload.items() if key not in ("thread", "reply_to")}
        row.payload = {**row.payload, "to": str(new)}
    session.execute(
        update(Topic).where(Topic.chat_id == old).values(chat_id=new, thread_id=None, card_id=None, closed=False)
    )
    shell.desk.learn(old, new)
    log.warning("group_moved", chat=old, now=new)
    words = f"The agents' group has a new id, and Backstop goes on there: set {_setting(shell, new)}."
    raise_alarm(shell, session, f"moved:{old}", words)
    return f"the group moved to {new}"


def _setting(shell: Shell, chat: int) -> str:
    if chat == shell.desk.leads:
        return f"TELEGRAM_LEAD_CHAT_ID={chat}"
    return f"TELEGRAM_AGENT_CHAT_ID={chat}" if chat == shell.desk.group else f"chat = {chat} under its [[groups]]"


def bot_changed(shell: Shell, session: Session, event: BotChanged) -> str:
    """What the bot may do in a group: an alarm while it is less than it needs, and once it may do all, topics for the
    tickets that have none."""
    words = _STANDING.get(event.standing)
    if words is None:
        clear_alarm(shell, session, f"bot:{event.chat}", "Backstop may do in the group what it needs.")
        for number in session.scalars(_lacking(shell).order_by(Ticket.conversation_id, Ticket.id)).all():
            _renew(shell, session, number)
    else:
        raise_alarm(shell, session, f"bot:{event.chat}", words)
    return f"the bot is {event.standing} in a group"


def follow(shell: Shell) -> None:
    """The sweep: learns what others learnt, and gives tickets their topics in a group that moved."""
    load(shell)
    with shell.db.reading() as session:
        waiting = session.scalars(select(Group.chat_id).where(Group.rebuilt.is_(False))).all()
    if waiting:
        rebuild(shell)
        with shell.db.writing() as session:
            session.execute(update(Group).where(Group.chat_id.in_(waiting)).values(rebuilt=True))


def rebuild(shell: Shell) -> int:
    """A topic in today's group for every open ticket that has none there, SEV1 first; how many were begun.

    The calls go out as the group's budget allows; doing it again changes nothing.
    """
    with shell.db.reading() as session:
        numbers = session.scalars(_lacking(shell).order_by(Ticket.severity, Ticket.id)).all()
    begun = sum(bool(sweep(partial(_renew_alone, shell, number), "rebuild")) for number in numbers)
    shell.wakes.deliver.set()
    return begun


def _lacking(shell: Shell) -> Select[int]:
    """The open tickets without a topic in today's groups."""
    elsewhere = or_(Topic.ticket_id.is_(None), Topic.chat_id.not_in(shell.desk.chats), Topic.thread_id.is_(None))
    return select(Ticket.id).outerjoin(Topic, Topic.ticket_id == Ticket.id).where(Ticket.state == "open", elsewhere)


def _renew_alone(shell: Shell, number: int) -> bool:
    with shell.db.writing() as session:
        return _renew(shell, session, number)


def _renew(shell: Shell, session: Session, number: int) -> bool:
    scene = open_ticket_scene(shell, session, number)
    assert scene is not None
    opening = select(Delivery.id).where(
        Delivery.thread == f"topic:{number}",
        Delivery.kind == "OpenTopic",
        Delivery.state.in_(PENDING),
        Delivery.destination.in_([str(chat) for chat in shell.desk.chats]),
    )
    if session.scalar(opening.limit(1)):
        return False
    successors.renew_topic(scene)
    return True


def _row(shell: Shell, old: int, new: int) -> dict[str, object]:
    return {"chat_id": old, "moved_to": new, "moved_at": shell.clock.now(), "rebuilt": False}
