"""The overview of an agent group: what is open, unowned, promised and closing; one pinned message, edited in place."""

from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from html import escape

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from bot import alarms, buckets, topics, window
from bot.desk import queue
from bot.incidents import links, showing
from bot.lanes import Lane
from bot.shell import Shell
from bot.sweeps import sweep
from channels.arranging import PinMessage
from channels.wire import (
    EditText,
    SendText,
    to_json,
)
from conversations.phrases import clock_time, shortened
from models import Clock, Conversation, Delivery, HotlineWindow, Overview, Studio, Ticket
from models.deliveries import PENDING

_REFUSED = timedelta(minutes=10)  # before a group that refused it is asked again
_QUEUE, _WINDOWS, _STUDIOS, _NAME = 5, 5, 5, 40
_PROMISED = {"FR": "first answer", "UP": "update"}


def show(shell: Shell) -> None:
    """Each group's overview says what is: posted and pinned once, edited when it changes, made anew if it is gone."""
    for chat in (*shell.desk.chats, *([shell.desk.leads] if shell.desk.leads else [])):
        sweep(partial(_show, shell, chat), "overview")


def _show(shell: Shell, chat: int) -> None:
    with shell.db.reading() as session:
        known = session.get(Overview, chat)
        call = _next(shell, session, chat, known)
    if call is None:
        return
    with shell.db.writing() as session:
        fresh = {"chat_id": chat, "text_hash": "", "edited_at": shell.clock.real()}
        shell.db.insert_once(session, Overview, fresh, ("chat_id",))
        row = session.get_one(Overview, chat, with_for_update=True, populate_existing=True)
        if row.delivery_id != (known.delivery_id if known else None):
            return  # another worker was faster
        _owe(shell, session, row, call)
        shell.db.ring(session)
    shell.wakes.deliver.set()


def _next(shell: Shell, session: Session, chat: int, known: Overview | None) -> SendText | EditText | PinMessage | None:
    """The call that is needed now, if any."""
    last = session.get(Delivery, known.delivery_id) if known and known.delivery_id else None
    if known is not None and last is not None:
        waited = shell.clock.real() - known.edited_at
        if last.state in PENDING:
            return None
        if last.kind == "SendText" and last.provider_id:
            return PinMessage(str(chat), int(last.provider_id))
        if waited < (_REFUSED if last.kind == "SendText" else shell.budgets.overview):
            return None
    if not _spare(shell, session, chat):
        return None
    text = words(shell, session, chat)
    gone = last is not None and last.state == "failed" and last.kind != "PinMessage"
    number = known.message_id if known and not gone else None
    if number is None:
        return SendText(str(chat), text, html=True, silent=True)
    changed = known is not None and known.text_hash != _hash(text)
    return EditText(str(chat), number, text) if changed else None


def _owe(shell: Shell, session: Session, row: Overview, call: SendText | EditText | PinMessage) -> None:
    kind, payload = to_json(call)
    owed = Delivery(kind=kind, payload=payload, channel="telegram", destination=call.to, thread=f"overview:{call.to}")
    owed.lane, owed.created_at = Lane.CARD, shell.clock.now()
    session.add(owed)
    session.flush()
    row.delivery_id = owed.id
    match call:
        case PinMessage(message=number):
            row.message_id = number
        case _:
            row.message_id = call.message if isinstance(call, EditText) else None
            row.text_hash, row.edited_at = _hash(call.text), shell.clock.real()


def _spare(shell: Shell, session: Session, chat: int) -> bool:
    """Whether the group has tokens left for what can wait."""
    budget, left = shell.budgets.telegram_group, buckets.left(shell, session, "telegram", str(chat))
    return left is None or budget is None or left >= max(budget.edits, budget.urgent + 1)


def words(shell: Shell, session: Session, chat: int) -> str:
    """The overview as Telegram HTML, the leads' of every group; nothing in it changes with time alone but what time
    makes late."""
    here = true() if chat == shell.desk.leads else Ticket.topic.has(chat_id=chat)
    lines = [
        _open(session, here),
        *_incidents(shell, session),
        *_unowned(shell, session, here),
        _promise(shell, session, here),
        _closing(shell, session, here),
        _hotline(shell, session),
        escape(queue.duty(session)),
        _standing(session),
    ]
    return "\n".join(line for line in lines if line)


def _open(session: Session, here: ColumnElement[bool]) -> str:
    counted = select(Ticket.severity, func.count()).where(Ticket.state == "open", here)
    found = session.execute(counted.group_by(Ticket.severity).order_by(Ticket.severity)).all()
    if not found:
        return "<b>Nothing is open</b>"
    each = ", ".join(f"{count} SEV{severity}" for severity, count in found)
    return f"<b>{sum(count for _, count in found)} open</b>: {each}"


def _incidents(shell: Shell, session: Session) -> list[str]:
    """What several studios have at once, decided or not."""
    standing = links.standing(session, "proposed", *links.RUNNING)
    return [showing.brief(shell, session, one) for one in standing[:_STUDIOS]]


def _unowned(shell: Shell, session: Session, here: ColumnElement[bool]) -> list[str]:
    free = (Ticket.owner_id.is_(None), Ticket.snoozed_until.is_(None), here)
    first, count = queue.ordered(shell, session, _QUEUE, *free)
    if not count:
        return []
    more = [f"and {count - len(first)} more: /queue"] if count > len(first) else []
    return [f"<b>{count} without an owner</b>", *(queue.line(shell, session, one) for one in first), *more]


def _promise(shell: Shell, session: Session, here: ColumnElement[bool]) -> str:
    """The soonest first answer or update that is promised to somebody."""
    due = func.coalesce(Clock.target_due, Clock.limit_due)
    running = (Clock.state == "running", Clock.name.in_(tuple(_PROMISED)), due.is_not(None))
    promised = select(Ticket, Clock.name, due).join(Clock, Clock.ticket_id == Ticket.id)
    wanted = promised.where(*running, Ticket.state == "open", here)
    first = session.execute(wanted.order_by(due, Ticket.id).limit(1)).unique().first()
    if first is None:
        return ""
    ticket, name, at = first
    owner = f" ({escape(ticket.owner.name)})" if ticket.owner else ""
    late = " <b>LATE</b>" if at < shell.clock.now() else ""
    return f"Next promise: {topics.place(ticket)} {_PROMISED[name]} by {_time(shell, at)}{late}{owner}"


def _closing(shell: Shell, session: Session, here: ColumnElement[bool]) -> str:
    """The tickets whose customers may soon not be written to freely on WhatsApp."""
    now, ends = shell.clock.now(), Conversation.window_expires_at
    closing = select(Ticket, ends).join(Conversation, Conversation.ticket_id == Ticket.id)
    soon = (ends > now, ends <= now + window.EARLY, Ticket.state == "open", here)
    found = session.execute(closing.where(*soon).order_by(ends).limit(_WINDOWS + 1)).unique().all()
    told = [f"{topics.place(ticket)} {_time(shell, at)}" for ticket, at in found[:_WINDOWS] if at]
    return f"WhatsApp closes: {', '.join(told)}{' ...' if len(found) > _WINDOWS else ''}" if told else ""


def _hotline(shell: Shell, session: Session) -> str:
    """Which studios are on the hotline; when it is off, when it opens next."""
    now = shell.clock.now()
    on = select(Studio.name, Studio.hotline_until).where(Studio.hotline_until > now)
    found = session.execute(on.order_by(Studio.hotline_until, Studio.name).limit(_STUDIOS + 1)).all()
    told = [
        f"{escape(shortened(name, _NAME))} until {_time(shell, until)}" for name, until in found[:_STUDIOS] if until
    ]
    if told:
        return f"🎥 Hotline on: {', '.join(told)}{' ...' if len(found) > _STUDIOS else ''}"
    coming = HotlineWindow.due_at.is_not(None) & HotlineWindow.opened_at.is_(None)
    opens = session.scalar(select(func.min(HotlineWindow.opens_at)).where(coming))
    return f"Hotline off until {_time(shell, opens)}" if opens else "Hotline off"


def _standing(session: Session) -> str:
    count = len(alarms.standing(session))
    return f"🚨 {count} alarm{'s' if count > 1 else ''} standing" if count else ""


def _time(shell: Shell, moment: datetime) -> str:
    return clock_time(moment, shell.clock.now(), shell.policies.support_zone, "en")


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
