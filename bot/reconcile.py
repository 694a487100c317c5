"""Compares the inbox with the provider's own list and takes in what no webhook brought (delivery.md, In)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, func, insert, literal_column, select, update
from sqlalchemy.orm import Session

from bot.alarms import clear_alarm, raise_alarm
from bot.phone import calls
from bot.remember import keep
from bot.shell import Shell
from channels.protocol import Channel
from channels.wire import Envelope, Missed, Request, TransportError
from models import Inbound, Watermark

log = structlog.get_logger()
ALARM = "webhooks_lost"
_CHANNEL = "twilio"  # Telegram posts again by itself what was not taken
_OVERLAP = timedelta(minutes=10)  # looked at once more: clocks differ, and lists fill late
_UNDERWAY = timedelta(seconds=20)  # a message so young may still come by its webhook, which tells more (15 s at most)
_SOON = timedelta(seconds=10)  # when a comparison that the provider did not answer is begun anew, by any worker
_SOME = 500  # names looked up by one statement
_OLDEST = timedelta(hours=24)  # the first comparison of all looks no further back


class Reconciler:
    """The worker's sweep: at once when it starts and after a failure, as nobody knows then what came meanwhile."""

    def __init__(self, shell: Shell) -> None:
        self._shell, self._gap = shell, True

    def __call__(self) -> None:
        gap, self._gap = self._gap, True
        reconcile(self._shell, at_once=gap)
        self._gap = False


def sooner(shell: Shell) -> None:
    """Has some worker compare now: a web process that starts was away."""
    now = shell.clock.real()
    with shell.db.writing() as session:
        waits = (Watermark.channel == _CHANNEL, Watermark.next_at > now + _claim(shell))
        session.execute(update(Watermark).where(*waits).values(next_at=now))


def reconcile(shell: Shell, *, at_once: bool = False) -> int:
    """One comparison, if it is time (or ``at_once``, as when a worker starts) and nobody else is at it; how many were
    missed. What fails is begun anew from the same watermark; a late webhook is a copy like any other."""
    channel = shell.channels.get(_CHANNEL)
    began, seen_to = shell.clock.now(), _claimed(shell, at_once) if channel else None
    if channel is None or seen_to is None:
        return 0
    usual = timedelta(seconds=shell.limits.reconcile)
    underway = min(_UNDERWAY, usual)
    try:
        unknown = _listed(shell, channel, seen_to - _OVERLAP)
        lost = [one for one in unknown if one.written <= began - underway]
        kept = sum(_kept(shell, channel, one) for one in lost)
        rung = _rung(shell, channel, seen_to - _OVERLAP, began - underway)
    except TransportError:
        _put_off(shell, min(_SOON, usual))
        raise
    _done(shell, began - underway, underway if len(lost) < len(unknown) else usual, kept, rung)
    shell.wakes.answer.set()
    if kept or rung:
        log.warning("webhooks_recovered", channel=_CHANNEL, many=kept, calls=rung)
    return kept + rung


def _rung(shell: Shell, channel: Channel, since: datetime, until: datetime) -> int:
    """How many calls to the hotline's number came while nobody kept them; they follow as missed calls."""
    number = shell.senders.get("voice")
    rang = channel.rang(number, since) if number else []
    return sum(calls.found(shell, one) for one in rang if one.at <= until)


def _claimed(shell: Shell, at_once: bool) -> datetime | None:
    """The watermark if this process is to compare now; one that is being compared by a process that died comes back
    after two leases."""
    now = shell.clock.real()
    with shell.db.reading() as session:
        row = session.get(Watermark, _CHANNEL)
    if row is not None and row.next_at > now and (not at_once or row.next_at <= now + _claim(shell)):
        return None
    with shell.db.writing() as session:
        if row is None:
            first = {"channel": _CHANNEL, "seen_to": _first(shell, session), "next_at": now}
            shell.db.insert_once(session, Watermark, first, ("channel",))
        mine = (Watermark.channel == _CHANNEL, Watermark.next_at == (row.next_at if row else now))
        taken = update(Watermark).where(*mine).values(next_at=now + _claim(shell)).returning(Watermark.seen_to)
        return session.execute(taken).scalar()


def _claim(shell: Shell) -> timedelta:
    return timedelta(seconds=2 * shell.limits.lease)


def _put_off(shell: Shell, wait: timedelta) -> None:
    """From the same watermark, and not only when this claim would have ended."""
    next_at = shell.clock.real() + wait
    with shell.db.writing() as session:
        session.execute(update(Watermark).where(Watermark.channel == _CHANNEL).values(next_at=next_at))


def _first(shell: Shell, session: Session) -> datetime:
    """A new installation has missed nothing; an older one may have, since its first webhook."""
    now = shell.clock.now()
    oldest = session.scalar(select(func.min(Inbound.ingested_at)).where(Inbound.channel == _CHANNEL))
    return max(oldest or now, now - _OLDEST)


def _listed(shell: Shell, channel: Channel, since: datetime) -> list[Missed]:
    """What the provider has and the inbox has not, in the order it was written."""
    ours = sorted({sender for sender in shell.senders.values() if sender})
    listed = [one for sender in ours for one in channel.missed(sender, since)]
    known: set[str] = set()
    with shell.db.reading() as session:
        for start in range(0, len(listed), _SOME):
            known |= _known(session, [channel.identify(one.request) for one in listed[start : start + _SOME]])
    return sorted((one for one in listed if one.provider_id not in known), key=lambda one: one.written)


def _known(session: Session, named: Sequence[Envelope]) -> set[str]:
    accounts, names = {one.account for one in named}, [one.provider_id for one in named]
    same = (Inbound.channel == _CHANNEL, Inbound.account.in_(accounts), Inbound.provider_id.in_(names))
    return set(session.scalars(select(Inbound.provider_id).where(*same)))


def _kept(shell: Shell, channel: Channel, missed: Missed) -> bool:
    """Takes one in, before what its sender wrote after it."""
    fresh = keep(shell, _CHANNEL, _whole(channel, missed))
    if fresh:
        _put_behind(shell, channel.identify(missed.request).source, missed)
    return fresh


def _put_behind(shell: Shell, source: str, missed: Missed) -> None:
    """Rows of one source are worked on in the order of their ids, so what a webhook brought later and still waits gets
    a new one; what is being worked on at this moment stays."""
    with shell.db.writing() as session:
        later = (Inbound.ingested_at > missed.written, ~Inbound.target.startswith(missed.request.path))
        waits = select(Inbound).where(Inbound.source == source, Inbound.state == literal_column("'waiting'"), *later)
        rows = session.scalars(waits.order_by(Inbound.id).with_for_update(skip_locked=True)).all()
        names = [column.key for column in Inbound.__table__.columns if column.key != "id"]
        again = [{name: getattr(row, name) for name in names} for row in rows]
        session.execute(delete(Inbound).where(Inbound.id.in_([row.id for row in rows])))
        for columns in again:
            session.execute(insert(Inbound).values(**columns))


def _whole(channel: Channel, missed: Missed) -> Request:
    """With its attachments, unless the provider has lost them: then its words."""
    try:
        return channel.recover(missed)
    except TransportError as error:
        if not error.permanent:
            raise
        return missed.request


def _done(shell: Shell, seen_to: datetime, wait: timedelta, kept: int, rung: int) -> None:
    next_at = shell.clock.real() + wait
    with shell.db.writing() as session:
        row = session.get_one(Watermark, _CHANNEL)
        row.seen_to, row.next_at = max(row.seen_to, seen_to), next_at
        if kept or rung:
            what = " and ".join(f"{many} {name}" for many, name in ((kept, "messages"), (rung, "calls")) if many)
            words = (
                f"{what} of customers were found in Twilio's own list and not brought by its webhooks; they "
                "are taken in now. Is the web process up, and does Twilio's incoming URL name PUBLIC_URL?"
            )
            raise_alarm(shell, session, ALARM, words)
        else:
            clear_alarm(shell, session, ALARM, "Twilio's webhooks reach us again.")
