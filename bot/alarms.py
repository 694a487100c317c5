"""Alarms: what is wrong with the program itself, said once when it begins and once when it is over, to the group, the
leads and ALARM_TO."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import alarm_to
from bot.lanes import Lane
from bot.shell import Shell
from channels.wire import EditText, SendText, to_json
from models import Alarm, Delivery

log = structlog.get_logger()
_EDITS = timedelta(minutes=1)  # a standing alarm's message takes new words at most this often
_LEADS = ":leads"  # ends the thread of their copy
_AGAIN = timedelta(hours=1)  # after this long new words are a new message: nobody reads an old one again


def raise_alarm(shell: Shell, session: Session, key: str, words: str, chat: str = "") -> bool:
    """Tells the group; whether it is news. Of a standing alarm only the words change, and ``retell`` shows them.

    ``chat`` is the group of the ticket it is about, the main one else; what follows is told there too.

    ``key`` names the trouble for good and holds nothing private. The row is locked until the transaction ends, so
    raise last in it.
    """
    known = session.scalar(select(Alarm).where(Alarm.key == key))
    if known is not None and known.cleared_at is None and known.words == words:
        return False
    now = shell.clock.now()
    made = shell.db.insert_once(session, Alarm, {"key": key, "words": words, "told": "", "raised_at": now}, ("key",))
    alarm = _locked(session, key)
    assert alarm is not None
    stood = made is None and alarm.cleared_at is None
    alarm.words = words
    if stood:
        return False
    alarm.raised_at, alarm.cleared_at = now, None
    alarm.chat_id = int(chat) if chat else None
    _tell(shell, session, alarm, f"🚨 {words}")
    alarm_to.ring(shell, session, key, words)
    log.error("alarm_raised", alarm=key)
    return True


def clear_alarm(shell: Shell, session: Session, key: str, words: str = "") -> bool:
    """Tells the group that it is over; whether the alarm stood."""
    known = session.scalar(select(Alarm.id).where(Alarm.key == key, Alarm.cleared_at.is_(None)))
    alarm = _locked(session, key) if known else None
    if alarm is None or alarm.cleared_at is not None:
        return False
    alarm.cleared_at = shell.clock.now()
    alarm_to.hush(shell, session, key)
    _tell(shell, session, alarm, f"✅ Over: {words or alarm.words}")
    log.warning("alarm_cleared", alarm=key)
    return True


def over(shell: Shell, key: str, who: str) -> bool:
    """A person says that it is dealt with; whether the alarm stood. It is raised again if its cause remains."""
    with shell.db.writing() as session:
        alarm = _locked(session, key)
        done = clear_alarm(shell, session, key, f"{who} has dealt with it: {alarm.words}") if alarm else False
        shell.db.ring(session)
    return done


def standing(session: Session) -> Sequence[Alarm]:
    """The alarms that stand, oldest first."""
    return session.scalars(select(Alarm).where(Alarm.cleared_at.is_(None)).order_by(Alarm.raised_at)).all()


def retell(shell: Shell) -> None:
    """Shows the newest words of each standing alarm, in its own message; an old message is not edited but followed."""
    with shell.db.reading() as session:
        stale = [alarm.key for alarm in standing(session) if _stale(shell, alarm)]
    for key in stale:
        with shell.db.writing() as session:
            alarm = _locked(session, key)
            if alarm is not None and alarm.cleared_at is None and _stale(shell, alarm):
                _show(shell, session, alarm)
        shell.wakes.deliver.set()


def _stale(shell: Shell, alarm: Alarm) -> bool:
    return alarm.told != alarm.words and alarm.told_at is not None and shell.clock.now() - alarm.told_at >= _EDITS


def _show(shell: Shell, session: Session, alarm: Alarm) -> None:
    sent = session.get(Delivery, alarm.delivery_id, with_for_update=True) if alarm.delivery_id else None
    if sent is None or (sent.state != "queued" and shell.clock.now() - sent.created_at >= _AGAIN):
        _tell(shell, session, alarm, f"🚨 {alarm.words}")
    elif _amended(shell, session, alarm, sent):
        copy = _copy(shell, session, sent)
        if copy is not None:
            _amended(shell, session, alarm, copy)


def _copy(shell: Shell, session: Session, sent: Delivery) -> Delivery | None:
    """What the leads were sent of it, in the same breath."""
    if shell.desk.leads is None:
        return None
    theirs = select(Delivery).where(Delivery.id > sent.id, Delivery.thread == f"{sent.thread}{_LEADS}")
    return session.scalar(theirs.order_by(Delivery.id).limit(1).with_for_update())


def _amended(shell: Shell, session: Session, alarm: Alarm, sent: Delivery) -> bool:
    """Gives a message of the alarm its newest words; whether it could be."""
    if sent.state == "queued":
        sent.payload = {**sent.payload, "text": f"🚨 {alarm.words}"}
        alarm.told = alarm.words
        return True
    if not sent.provider_id.isdecimal():
        return False
    edit = EditText(sent.destination, int(sent.provider_id), escape(f"🚨 {alarm.words}"))
    _post(shell, session, alarm, edit).thread = sent.thread
    return True


def _tell(shell: Shell, session: Session, alarm: Alarm, text: str) -> None:
    """Every way an alarm goes out: a message in the group itself, past all topics, one to the leads, and a text to
    ALARM_TO."""
    if shell.alarm_to:
        alarm_to.text(shell, session, alarm.key, text)
        alarm.told, alarm.told_at = alarm.words, shell.clock.now()
    group = alarm.chat_id or shell.desk.group
    if group is not None:
        row = _post(shell, session, alarm, SendText(str(group), text))
        session.flush()
        alarm.delivery_id = row.id
    if shell.desk.leads is not None:
        _post(shell, session, alarm, SendText(str(shell.desk.leads), text)).thread += _LEADS


def _post(shell: Shell, session: Session, alarm: Alarm, call: SendText | EditText) -> Delivery:
    kind, payload = to_json(call)
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=call.to, thread=f"alarm:{alarm.key}")
    row.lane, row.created_at = Lane.PAGE, shell.clock.now()
    session.add(row)
    alarm.told, alarm.told_at = alarm.words, shell.clock.now()
    return row


def _locked(session: Session, key: str) -> Alarm | None:
    found = select(Alarm).where(Alarm.key == key).with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one_or_none()
