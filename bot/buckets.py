"""The tokens of provider calls, in the database: taken by the claim that spends them, held after a 429."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from bot.budgets import Budget, Budgets, receiver
from bot.claims import Database
from bot.lanes import Lane
from bot.shell import Shell
from models import Bucket

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IDLE = timedelta(days=1)  # a bucket nobody drew from for so long is full, and need not be kept
_FRESH: dict[str, Any] = {"out": [], **dict.fromkeys(("held_until", "urgent_at", "open_at", "edits_at"), _EPOCH)}


class Missing(Exception):
    """Buckets nobody has drawn from yet; they are made in a transaction of their own, so that none waits for two."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__("buckets to be made")
        self.names = sorted(names)


def make(db: Database, names: Iterable[str]) -> None:
    """Full buckets of these names, unless somebody else was faster; in the order of their names, so that two who make
    the same ones wait for each other in that order."""
    with db.writing() as session:
        for name in sorted(names):
            db.insert_once(session, Bucket, {"name": name, **_FRESH}, ("name",))


def take(session: Session, budgets: Budgets, heads: Sequence[Any], now: datetime) -> list[int]:
    """Spends a token of each bucket a head draws from, most urgent head first; the ids of the heads that may go.

    A head that may not go leaves a bucket whose moment says so: the next claim will not see it before. Raises Missing.
    """
    wanted = {head.id: budgets.charged(head.kind, head.channel, head.destination, head.sender) for head in heads}
    buckets = _locked(session, {name for draws in wanted.values() for name, _ in draws})
    may_go = []
    for head in heads:
        draws = [(buckets[name], budget) for name, budget in wanted[head.id]]
        for bucket, budget in draws:
            _reckon(bucket, budget, now)
        if all(_opens(bucket, head.lane) <= now for bucket, _ in draws):
            may_go.append(head.id)
            for bucket, budget in draws:
                for _ in range(_cost(head)):
                    bucket.out = budget.spent(bucket.out, _micro(now))
                _reckon(bucket, budget, now)
    return may_go


def alone(session: Session, channel: str, destination: str) -> bool:
    """Until this transaction ends nobody else claims for this destination; False while nothing ever went there.

    A claim holds its deliveries before it waits here: lock none of them behind this but with SKIP LOCKED.
    """
    return session.get(Bucket, receiver(channel, destination), with_for_update=True) is not None


def hold(db: Database, session: Session, channel: str, destination: str, until: datetime) -> None:
    """Nothing goes to this destination before ``until``: neither what is owed now nor what will be."""
    name = receiver(channel, destination)
    db.insert_once(session, Bucket, {"name": name, **_FRESH}, ("name",))
    bucket = session.get_one(Bucket, name, with_for_update=True, populate_existing=True)
    for moment in ("held_until", "urgent_at", "open_at", "edits_at"):
        setattr(bucket, moment, max(getattr(bucket, moment), until))


def left(shell: Shell, session: Session, channel: str, destination: str) -> int | None:
    """How many calls this destination takes just now, SEV1's share included; None: as many as you like."""
    now, name = shell.clock.real(), receiver(channel, destination)
    budget = dict(shell.budgets.charged("SendText", channel, destination, "")).get(name)
    bucket = session.get(Bucket, name, populate_existing=True)
    if bucket is not None and bucket.held_until > now:
        return 0
    return None if budget is None else _tokens(bucket, budget, now)


def levels(shell: Shell, session: Session) -> dict[str, int]:
    """How many calls each group, the bot and each number of ours take just now, by bucket; none that is unlimited."""
    calls = [("telegram", str(chat), "") for chat in shell.desk.known]
    calls += [(channel, "", sender) for channel, sender in shell.senders.items() if sender]
    draws = dict(draw for call in calls for draw in shell.budgets.charged("SendText", *call))
    ours = {name: budget for name, budget in draws.items() if not name.endswith(">")}
    now, found = shell.clock.real(), {}
    for name, budget in ours.items():
        bucket = session.get(Bucket, name, populate_existing=True)
        found[name] = _tokens(bucket, budget, now)
    return found


def held(shell: Shell, session: Session) -> int:
    """How many destinations and numbers a 429 holds just now."""
    now = shell.clock.real()
    later = (Bucket.edits_at > now, Bucket.held_until > now)
    return session.scalar(select(func.count()).select_from(Bucket).where(*later)) or 0


def tidy(shell: Shell) -> None:
    """Forgets the buckets that have long been full."""
    with shell.db.writing() as session:
        session.execute(delete(Bucket).where(Bucket.edits_at < shell.clock.real() - _IDLE))


def _tokens(bucket: Bucket | None, budget: Budget, now: datetime) -> int:
    """What is left of a budget; an album may have spent more than there was."""
    if bucket is None:
        return budget.calls
    spent = len([moment for moment in bucket.out if moment > _micro(now)])
    return 0 if bucket.held_until > now else max(0, budget.calls - spent)


def _cost(head: Any) -> int:
    """Each item of an album counts. It goes when there is one token, so that it cannot starve behind single calls."""
    return len(head.payload["items"]) if head.kind == "SendAlbum" else 1


def _locked(session: Session, names: set[str]) -> dict[str, Bucket]:
    """All at once and in the order of their names, so that two claims never wait for each other."""
    if not names:
        return {}
    wanted = select(Bucket).where(Bucket.name.in_(sorted(names))).order_by(Bucket.name).with_for_update()
    found = {row.name: row for row in session.scalars(wanted.execution_options(populate_existing=True))}
    if names - set(found):
        raise Missing(names - set(found))
    return found


def _reckon(bucket: Bucket, budget: Budget, now: datetime) -> None:
    """From when on each kind of call may go, from the tokens that are out and what was held."""
    needed = {"urgent_at": 1, "open_at": budget.urgent + 1, "edits_at": max(budget.edits, budget.urgent + 1)}
    for moment, tokens in needed.items():
        opens = _EPOCH + timedelta(microseconds=budget.opens(bucket.out, _micro(now), tokens))
        setattr(bucket, moment, max(opens, bucket.held_until))


def _opens(bucket: Bucket, lane: int) -> datetime:
    """As ``bot/turns.py`` says it in SQL."""
    if lane <= Lane.PAGE:
        return bucket.urgent_at
    return bucket.open_at if lane < Lane.CARD else bucket.edits_at


def _micro(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
