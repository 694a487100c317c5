"""ALARM_TO: the number that gets every alarm as a text, and rings for those that would wake nobody else."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.lanes import Lane
from bot.shell import Shell
from channels.telephone import KEYS, HangUp, RingUp
from channels.twiml import Spoken
from channels.wire import Call, SendText, to_json
from models import Delivery

THREAD = "alarm_to:"
NOBODY = "no_worker"  # the alarm's key while no worker ticks: then no ladder climbs
_WAKES = ("page:", NOBODY)  # of what nobody on call has taken, or can hear of
_TEXT = 300  # characters of a text message: two or three parts
_REPEATS = 2
_ENDS = "This call takes nothing. It is ended in the agents' group."


def text(shell: Shell, session: Session, key: str, words: str) -> None:
    sender = shell.senders.get("sms", "")
    _queue(shell, session, SendText(shell.alarm_to, words[:_TEXT], sender), f"{THREAD}{key}")


def ring(shell: Shell, session: Session, key: str, words: str) -> None:
    """A call with the alarm's words, once, where voice is on: a text may wake nobody at night."""
    sender = shell.senders.get("voice", "")
    if not shell.alarm_to or not sender or "voice" not in shell.channels or not key.startswith(_WAKES):
        return
    said = f"An alarm of Backstop. {words[:_TEXT].replace('#', 'ticket ')} {_ENDS}"
    _queue(shell, session, RingUp(shell.alarm_to, said, sender), _calls(key))


def hush(shell: Shell, session: Session, key: str) -> None:
    """The alarm is over: a call that waits is not made, one that rings or speaks is ended."""
    if not key.startswith(_WAKES):
        return
    calls = (Delivery.thread == _calls(key), Delivery.kind == "RingUp")
    waits = update(Delivery).where(*calls, Delivery.state.in_(("queued", "unknown")))
    session.execute(waits.values(state="superseded", lease_until=None, retry_at=None))
    for row in session.scalars(select(Delivery).where(*calls, Delivery.state == "accepted")):
        _queue(shell, session, HangUp(row.provider_id), f"hangup:{row.id}", Lane.TAP)


def owed(session: Session, key: str) -> Sequence[int]:
    """What of this alarm still waits to go to ALARM_TO."""
    threads = (f"{THREAD}{key}", _calls(key))
    waits = (Delivery.thread.in_(threads), Delivery.state.in_(("queued", "unknown")))
    return session.scalars(select(Delivery.id).where(*waits).order_by(Delivery.id)).all()


def heard(shell: Shell, session: Session, delivery: int, asked: int) -> Spoken | None:
    """After any key, or none: what was said, twice more; None for no call of an alarm."""
    row = session.get(Delivery, delivery)
    if row is None or row.kind != "RingUp" or not row.thread.startswith(THREAD):
        return None
    keys = f"{shell.public_url}{KEYS}{row.id}?asked={asked + 1}" if asked < _REPEATS else ""
    return Spoken(str(row.payload["text"]) if keys else _ENDS, keys=keys)


def _calls(key: str) -> str:
    return f"{THREAD}{key}:call"


def _queue(shell: Shell, session: Session, call: Call, thread: str, lane: Lane = Lane.PAGE) -> None:
    kind, payload = to_json(call)
    channel = "sms" if isinstance(call, SendText) else "voice"
    row = Delivery(kind=kind, payload=payload, channel=channel, destination=shell.alarm_to, thread=thread)
    row.sender, row.lane, row.created_at = getattr(call, "sender", ""), lane, shell.clock.now()
    session.add(row)
