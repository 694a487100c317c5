"""After a backup was put back: what may have been sent since it was taken is not sent again without asking."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import desk, outbox, watch
from bot.answer import answer
from bot.beat import ALIVE
from bot.lanes import Lane, for_customer
from bot.reconcile import reconcile
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep
from channels.wire import SendText, TransportError, to_json
from models import Conversation, Delivery, Inbound, Worker
from models.deliveries import PENDING

log = structlog.get_logger()
GAP = 1_000_000  # numbers the lost time may have used: Twilio still reports on them, and must not meet ours
_TWICE = ("SendText", "SendMedia", "SendAlbum", "SendTemplate", "OpenTopic")  # what people would see two of
_BURST = timedelta(seconds=60)  # a burst that began in the backup ends within that
_PAUSE = 0.5
_TICKS = 3.0  # seconds in which a living worker ticks


class NotYet(Exception):
    """Why the backup cannot be brought up to now; nothing was marked."""


@dataclass(frozen=True, slots=True)
class Restored:
    """``taken_at``: when the backup was. ``recovered`` lines are from Twilio's list. ``asked`` calls are looked up
    before they go, ``flagged`` go to the group as perhaps repeated, ``kept`` wait for a person."""

    taken_at: datetime
    recovered: int
    asked: int
    flagged: int
    kept: int


def restored(shell: Shell, pause: Callable[[float], object] = time.sleep) -> Restored:
    """Brings the backup up to now with nobody sending, then marks all that is owed. Raises NotYet.

    1. What customers wrote since is taken in from Twilio's list; that and what the backup left waiting is worked on,
       and what came due meanwhile comes due: the same calls come of it as came before the loss. 2. Every call owed is
       doubtful from the backup on. 3. New numbers leave a gap.
    """
    taken_at = _last_tick(shell)
    if taken_at is not None and shell.clock.real() - taken_at < ALIVE:
        pause(_TICKS)
        if _last_tick(shell) != taken_at:
            raise NotYet("a worker ticks; stop all workers first, and run this before any is started again")
    taken_at = taken_at or shell.clock.real()
    recovered = _recovered(shell)
    _catch_up(shell, pause)
    with shell.db.writing() as session:
        owed = select(Delivery).where(Delivery.state.in_((*PENDING, "held"))).order_by(Delivery.id)
        numbers = session.scalars(owed.with_only_columns(Delivery.id)).all()
    written_by = shell.clock.now() - (shell.clock.real() - taken_at)  # the same moment in business time
    asked, flagged, kept = (sum(found) for found in zip(*_marked(shell, numbers, written_by), strict=True))
    done = Restored(taken_at, recovered, asked, flagged, kept)
    with shell.db.writing() as session:
        _leave_gap(shell, session, done)
    log.warning("backup_restored", recovered=recovered, asked=asked, flagged=flagged, kept=kept)
    return done


def _last_tick(shell: Shell) -> datetime | None:
    """In a backup: the moment it was taken, to two seconds."""
    with shell.db.reading() as session:
        return session.scalar(select(func.max(Worker.ticked_at)))


def _recovered(shell: Shell) -> int:
    """Before the catching up, so that the receipts of these lines are looked up too."""
    try:
        return reconcile(shell, at_once=True)
    except TransportError as error:
        raise NotYet(f"Twilio's list cannot be read ({error}); see `flask doctor`, then run this again") from error


def _catch_up(shell: Shell, pause: Callable[[float], object]) -> None:
    """Works without sending until no webhook waits and no burst is under way."""
    sweeps = {"members": desk.look_up, "quiet": watch.quiet, "clocks": watch.clocks, "windows": watch.windows}
    for _ in range(int(2 * _BURST.total_seconds() / _PAUSE)):
        while answer(shell):
            pass
        for name, look in sweeps.items():
            sweep(partial(look, shell), name)
        with shell.db.reading() as session:
            waiting = session.scalar(select(func.count()).where(Inbound.state == "waiting")) or 0
            bursts = select(Conversation.id).where(Conversation.wake_at <= shell.clock.now() + _BURST).limit(1)
            if not waiting and session.scalar(bursts) is None:
                return
        pause(_PAUSE)
    raise NotYet(f"{waiting} webhooks of the backup cannot be worked on; see `flask doctor`, then run this again")


def _marked(shell: Shell, numbers: Sequence[int], taken_at: datetime) -> list[tuple[int, int, int]]:
    """(asked, flagged, kept) for each, each in a transaction of its own."""
    found = [(0, 0, 0)]
    for number in numbers:
        with shell.db.writing() as session:
            known = session.get_one(Delivery, number)
            scene = open_ticket_scene(shell, session, known.ticket_id)
            row = session.get_one(Delivery, number, with_for_update=True, populate_existing=True)
            found.append(_mark(scene, row, taken_at))
    return found


def _mark(scene: Scene | None, row: Delivery, taken_at: datetime) -> tuple[int, int, int]:
    """Twilio is asked before it goes; agents see a flag; a customer on Telegram gets it only if a person says so."""
    row.lease_until, row.owner = None, ""
    if row.state != "held":
        row.state, row.retry_at, row.attempts = "queued", None, 0
    if row.kind == "AnswerTap":
        row.state, row.fault = "superseded", "its button press is long over"
    if row.kind not in _TWICE:
        return 0, 0, 0  # the same edit, reaction or download twice is once
    row.doubt, row.begun_at, row.created_at = True, None, min(row.created_at, taken_at)
    if row.channel != "telegram":
        return 1, 0, 0
    if not for_customer(row):
        return 0, 1, 0
    row.state, row.fault = "failed", "a backup was restored, and this may have been sent before"
    if scene is not None:
        again = f"ask them, or reply again; the operator can send it by `flask outbox retry {row.id}`"
        outbox.notice(scene, f"NOT SENT to {scene.name or 'the customer'}: {row.fault}. To be sure, {again}.")
    return 0, 0, 1


def _leave_gap(shell: Shell, session: Session, done: Restored) -> None:
    """The message to the group is the row above the gap; with no group it is only that."""
    group = shell.desk.group
    text = (
        f"🚨 Restored from a backup of {done.taken_at:%Y-%m-%d %H:%M} UTC. Lines on WhatsApp and SMS since then come "
        "back by themselves. What was written here or by customers on Telegram since then is lost: please look "
        f"through the topics. Lines that say “may be repeated” ({done.flagged} wait) may be here twice."
    )
    kind, payload = to_json(SendText(str(group), text))
    number = (session.scalar(select(func.max(Delivery.id))) or 0) + GAP
    where = {"channel": "telegram", "destination": str(group), "thread": f"general:restored:{number}"}
    row = Delivery(id=number, kind=kind, payload=payload, lane=Lane.PAGE, created_at=shell.clock.now(), **where)
    row.state = "queued" if group is not None else "superseded"
    session.add(row)
    session.flush()
    shell.db.number_from(session, Delivery, number + 1)
