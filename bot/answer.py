"""T2: works on what was remembered, one conversation at a time, in the order it came."""

from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import amend, desk, glance, groups, hear, reactions, settle, turns
from bot.desk.rights import Unsure
from bot.park import park
from bot.shell import Shell
from channels.wire import NotUnderstood, Request
from conversations.events import (
    DeskEdited,
    DeskReacted,
    DeskSaid,
    DeskTapped,
    Edited,
    Line,
    MemberChanged,
    Parsed,
    Reacted,
    Reported,
    Unused,
)
from conversations.group_events import BotChanged, GroupMoved, TopicClosed
from models import Inbound
from triage import Facts, Triage, classify

log = structlog.get_logger()
BATCH = 50
TRIES = 3  # after this many crashes a payload is parked, and those behind it go on
_PAUSE = timedelta(seconds=1)


def answer(shell: Shell) -> int:
    """Works on the rows whose turn it is; returns how many were settled, at most a batch."""
    now = shell.clock.real()
    with shell.db.reading() as session:
        rows = turns.waiting(session, now, BATCH)
        if len(rows) == BATCH:
            rows = glance.urgent_first(session, now, shell.glance, rows, partial(_cannot_wait, shell))
    return sum(_one(shell, row) for row in rows)


def _cannot_wait(shell: Shell, row: Inbound) -> bool:
    """Whether it tells of an outage or is an agent's act; of what cannot be read its own turn says why."""
    channel = shell.channels.get(row.channel)
    try:
        parsed = channel.parse(_request(row)) if channel else None
    except NotUnderstood:
        return False
    if parsed is None:
        return False
    triage = _classified(shell, parsed)
    return isinstance(parsed, DeskSaid | DeskTapped | DeskEdited) or (triage is not None and triage.severity == 1)


def _one(shell: Shell, row: Inbound) -> bool:
    """Parses and acts on one row, which may be another worker's by now."""
    parsed: Parsed | None = None
    try:
        parsed = shell.channels[row.channel].parse(_request(row))
        return _settled(shell, row, parsed)
    except NotUnderstood as error:
        return park(shell, row.id, str(error))
    except Unsure as unsure:
        return desk.hold(shell, row.id, unsure)
    except desk.Opening:
        return _later(shell, row.id)
    except OperationalError:
        log.exception("database_away", inbound=row.id)
        return False  # the line is as healthy as it was; the database was not
    except Exception as error:
        log.exception("inbound_crashed", inbound=row.id, kind=type(error).__name__)
        return _crashed(shell, row.id, type(error).__name__, parsed)


def _settled(shell: Shell, row: Inbound, parsed: Parsed) -> bool:
    """The transaction of one row: what it caused and that it is done commit together."""
    triage = _classified(shell, parsed)
    with shell.db.writing() as session:
        mine = turns.finish(shell.db, session, row.id)
        if mine is None:
            return False
        reason = _act(shell, session, mine, parsed, triage)
        if reason:
            mine.state, mine.reason = "silent", reason
    shell.wakes.deliver.set()
    log.info("inbound_settled", inbound=row.id, channel=row.channel, kind=type(parsed).__name__, silent=bool(reason))
    return True


def _act(shell: Shell, session: Session, row: Inbound, parsed: Parsed, triage: Triage | None) -> str:
    match parsed:
        case Line():
            assert triage is not None
            return hear.hear(shell, session, row, parsed, triage)
        case Edited():
            assert triage is not None
            return amend.line_edited(shell, session, row, parsed, triage)
        case Reacted():
            return reactions.customer_reacted(shell, session, parsed)
        case DeskEdited():
            return desk.edited(shell, session, parsed)
        case DeskReacted():
            return desk.reacted(shell, session, parsed)
        case Reported():
            return settle.reported(shell, session, parsed)
        case DeskSaid():
            return desk.said(shell, session, row, parsed)
        case DeskTapped():
            return desk.tapped(shell, session, parsed)
        case MemberChanged():
            return desk.changed(shell, session, parsed)
        case _:
            return _of_group(shell, session, parsed)


def _of_group(shell: Shell, session: Session, parsed: GroupMoved | BotChanged | TopicClosed | Unused) -> str:
    match parsed:
        case GroupMoved(chat, to):
            return groups.moved(shell, session, chat, to)
        case BotChanged():
            return groups.bot_changed(shell, session, parsed)
        case TopicClosed():
            return desk.topic_closed(shell, session, parsed)
        case Unused(reason):
            return reason


def _classified(shell: Shell, parsed: Parsed) -> Triage | None:
    """What a line is about, found before any transaction is open."""
    line = parsed.line if isinstance(parsed, Edited) else parsed
    if not isinstance(line, Line):
        return None
    return classify(line.text, Facts(language=line.language or "en", media=len(line.media)), shell.model)


def _request(row: Inbound) -> Request:
    return Request(row.target, {"content-type": row.content_type}, row.body)


def _later(shell: Shell, number: int) -> bool:
    """What is about a topic that is just being opened is looked at again in a moment; nothing was settled."""
    with shell.db.writing() as session:
        row = turns.take(session, number)
        if row is not None:
            row.retry_at = shell.clock.real() + _PAUSE
    return False


def _crashed(shell: Shell, number: int, kind: str, parsed: Parsed | None) -> bool:
    with shell.db.writing() as session:
        row = turns.take(session, number)
        if row is None:
            return False
        row.attempts += 1
        row.retry_at = shell.clock.real() + _PAUSE * row.attempts
        tries = row.attempts
    return tries >= TRIES and park(shell, number, f"crashed {tries} times: {kind}", parsed)
