"""T3 and the send: claims what is owed with a lease, makes the calls with no transaction open, settles each."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache, partial
from typing import Any

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot import contents, digest, media, moving, settle, topics, turns
from bot.lanes import for_customer
from bot.pager import rings
from bot.shell import Shell
from bot.sweeps import sweep
from bot.window import CLOSED
from channels import wire
from channels.protocol import Channel
from channels.wire import Call, Delete, EditText, Receipt, SendAlbum, SendMedia, SendText, TransportError
from models import Address, Conversation, Delivery, Topic

log = structlog.get_logger()
REPEATED = "may be repeated"
_HANGS = 300.0  # seconds; a file may take a minute each way, and a busy database half of one
_CRASHES = 3  # after this many a row is failed, and said, instead of tried again


@dataclass(frozen=True)
class Job:
    """A claimed delivery, ready to send; ``trouble`` when it could not be made ready or may not go. Whether it has
    gone before is asked all the same."""

    row: Delivery
    call: Call | None
    trouble: TransportError | None = None


class Senders:
    """A fixed pool of senders; a claim never takes more than it can begin at once."""

    def __init__(self, shell: Shell, owner: str) -> None:
        self._shell, self._owner = shell, owner
        self._pool = ThreadPoolExecutor(shell.limits.senders, thread_name_prefix="sender")
        self._busy: dict[Future[None], float] = {}

    def deliver(self) -> bool:
        """Claims and begins as many deliveries as senders are free; whether there may be more to claim at once."""
        self._busy = {job: since for job, since in self._busy.items() if not job.done()}
        free = self._shell.limits.senders - len(self._busy)
        jobs = claim(self._shell, self._owner, free) if free else []
        for job in jobs:
            begun = self._pool.submit(sweep, partial(carry, self._shell, job), "carry")
            self._busy[begun] = time.monotonic()
            begun.add_done_callback(lambda _: self._shell.wakes.deliver.set())
        return bool(jobs) and len(jobs) == free

    def hang(self) -> bool:
        """Whether a sender is at one call longer than any time-out lets it be."""
        return any(time.monotonic() - since > _HANGS for job, since in list(self._busy.items()) if not job.done())

    def finish(self) -> None:
        """Lets what is in flight end; nothing new begins."""
        self._pool.shutdown(wait=True)


def claim(shell: Shell, owner: str, most: int) -> list[Job]:
    """T3: leases deliveries and reads what their calls need."""
    now = shell.clock.real()
    if turns.nothing_due(shell.db, now):
        return []
    lease = turns.Lease(owner, now, now + timedelta(seconds=shell.limits.lease))
    rows = turns.claim(shell.db, shell.budgets, lease, most)
    if not rows:
        return []
    with shell.db.reading() as session:
        return [_ready(shell, session, row) for row in rows]


def deliver_one(shell: Shell, owner: str, number: int) -> None:
    """Sends one delivery from a process that is no worker, if it is due."""
    now = shell.clock.real()
    lease = turns.Lease(owner, now, now + timedelta(seconds=shell.limits.lease))
    for row in turns.claim_one(shell.db, lease, number):
        with shell.db.reading() as session:
            job = _ready(shell, session, row)
        carry(shell, job)


def carry(shell: Shell, job: Job) -> None:
    """One delivery from lease to settled; whatever goes wrong leaves the row with its lease, to come back."""
    with structlog.contextvars.bound_contextvars(delivery=job.row.id, kind=job.row.kind, attempt=job.row.attempts):
        began = time.monotonic()
        try:
            outcome = _sent(shell, job)
            if outcome is None:
                return
            settle.settle(shell, job.row, outcome)
        except OperationalError:
            raise  # the delivery is as healthy as it was; the database was not
        except Exception as error:
            log.exception("delivery_crashed")
            settle.crashed(shell, job.row, f"it crashed: {type(error).__name__}", job.row.attempts >= _CRASHES)
            return
        kind = type(outcome).__name__
        log.info("delivery_settled", outcome=kind, milliseconds=round((time.monotonic() - began) * 1000))


def _sent(shell: Shell, job: Job) -> Receipt | TransportError | None:
    """The provider's answer; None when the row was no longer this attempt's before the call began."""
    row, call = job.row, job.call
    if call is None or (job.trouble and not row.doubt):
        return job.trouble
    channel = shell.channels.get(row.channel)
    if channel is None:
        return TransportError(f"the channel {row.channel} is switched off here", permanent=True)
    if not _ours(shell, row):
        return None
    try:
        if row.doubt:
            taken = _found(shell, channel, row, call)
            if taken or not _ours(shell, row, asked=True):
                return taken
        return job.trouble or contents.checked(channel.send(call, row.id))
    except TransportError as error:
        return error


def _ours(shell: Shell, row: Delivery, *, asked: bool = False) -> bool:
    """Whether the call may begin: the row is this attempt's for as long as a call may take. What was ``asked`` for may
    have been settled meanwhile by the attempt that was asked about."""
    now = shell.clock.real()
    ends = row.lease_until or now
    if now < ends and (asked or ends < now + timedelta(seconds=shell.limits.call)):
        until = now + timedelta(seconds=shell.limits.lease)
        ends = row.lease_until = until if turns.renew(shell.db, row, now, until) else now
    if ends <= now:
        log.warning("lease_lapsed")
    return ends > now


def _found(shell: Shell, channel: Channel, row: Delivery, call: Call) -> Receipt | None:
    """What an earlier attempt of unknown fate has already made at the provider, if it can tell."""
    made = channel.find(call, min(row.begun_at or row.created_at, row.created_at))
    if not made:
        return None
    with shell.db.reading() as session:
        ours = select(Delivery.provider_id).where(Delivery.provider_id.in_([receipt.provider_id for receipt in made]))
        known = set(session.scalars(ours))
    return channel.same(call, [receipt for receipt in made if receipt.provider_id not in known])


def _ready(shell: Shell, session: Session, row: Delivery) -> Job:
    """Fills in what was not known when the call was queued: the topic's number, the card's, the stored file."""
    try:
        call = wire.from_json(row.kind, row.payload)
    except (KeyError, ValueError):
        return Job(row, None, TransportError(f"a {row.kind} this program cannot read", permanent=True))
    if isinstance(call, EditText) and row.thread.startswith("digest:"):
        number = digest.card_of(session, row)
        if number is None:
            return Job(row, None, TransportError("the digest's card never came", permanent=True))
        call = replace(call, message=number)
    if row.thread.startswith(moving.THREAD):
        there = moving.linked(session, row, call)
        return Job(row, None, there) if isinstance(there, TransportError) else Job(row, there)
    placed = isinstance(call, SendText | SendMedia | SendAlbum) and call.thread is not None
    if row.ticket_id is not None and row.thread.startswith(("topic:", "card:", "name:")) and not placed:
        topic = session.get(Topic, row.ticket_id, populate_existing=True)
        call, trouble = topics.placed(call, topic, row.ticket_id)
        if trouble:
            return Job(row, None, trouble)
    barred = _barred(shell, session, row) if for_customer(row) else None
    if barred:
        return Job(row, call, barred)
    if isinstance(call, EditText | Delete) and not call.message:
        found = _numbered(session, row, call)
        return Job(row, None, found) if isinstance(found, TransportError) else Job(row, found)
    if row.thread.startswith(rings.THREAD):
        rung = rings.ready(shell, session, row, call)
        if isinstance(rung, TransportError):
            return Job(row, None, rung)
        call = rung
    if row.doubt and row.channel == "telegram" and not for_customer(row):
        call = _flagged(call)
    if isinstance(call, SendMedia) and call.source:
        ready = media.attached(shell, session, row, call)
        return Job(row, None, ready) if isinstance(ready, TransportError) else Job(row, ready)
    return Job(row, call)


def _flagged(call: Call) -> Call:
    """Telegram cannot be asked what it took, so agents are told what they may see twice (delivery.md, Out 3)."""
    match call:
        case SendText(text=text):
            return replace(call, text=f"{text}\n({REPEATED})")
        case SendMedia(caption=caption):
            return replace(call, caption=f"{caption}\n({REPEATED})".strip())
        case SendAlbum(items=(first, *others)):
            marked = replace(first, caption=f"{first.caption}\n({REPEATED})".strip())
            return replace(call, items=(marked, *others))
    return call


def _barred(shell: Shell, session: Session, row: Delivery) -> TransportError | None:
    """Looks a last time: STOP since this was written (what confirms it was written at that moment), and WhatsApp's
    24 hours, which only a template may pass."""
    found = session.execute(_state(), {"channel": row.channel, "value": row.destination}).first()
    stopped_at, ends = found or (None, None)
    if stopped_at is not None and row.created_at != stopped_at:
        return TransportError("the customer has sent STOP on this channel", code="STOP", permanent=True)
    free = row.channel == "whatsapp" and row.kind != "SendTemplate"
    if free and ends is not None and ends <= shell.clock.now():
        return TransportError("WhatsApp's 24 hours are over", code=CLOSED, permanent=True)
    return None


@cache
def _state() -> Any:
    """When an address was stopped and its window ends, in a statement that is built once."""
    state = select(Address.stopped_at, Conversation.window_expires_at).join_from(
        Address, Conversation, Conversation.address_id == Address.id, isouter=True
    )
    return state.where(Address.channel == bindparam("channel"), Address.value == bindparam("value"))


def _numbered(session: Session, row: Delivery, call: EditText | Delete) -> Call | TransportError:
    """A change of what was still on its way when it was asked for."""
    sent = select(Delivery.provider_id).where(
        Delivery.message_id == row.message_id, Delivery.thread == row.thread, Delivery.id < row.id
    )
    number = session.scalar(sent.where(Delivery.provider_id != "").order_by(Delivery.id.desc()).limit(1))
    if number is None:
        return TransportError("what it is about never arrived", permanent=True)
    return replace(call, message=int(number))
