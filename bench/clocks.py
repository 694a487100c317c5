"""The SLA engine: finding and telling due clocks among a million, computing dues, and what clocks add to a ticket."""

import io
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from unittest.mock import patch

from alembic import command
from sqlalchemy import insert, select, text, update

from bench.bed import Bed
from bench.load import spread
from bot import dues, ledger, watch
from bot.clock import Clock as BusinessClock
from bot.shell import Shell
from commands.database import alembic_config
from models import Address, Clock, Conversation, Ticket, TicketEvent
from sla import bulk
from sla.calendars import Calendar, _compiled, compile, due
from tests.bot.house import House, open_shell
from tests.support.databases import fresh

_AHEAD = timedelta(seconds=450)  # half of an Agency's SEV1 target: the first mark of its first answer
_TICK = 0.5
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Clocks:
    """Milliseconds unless said otherwise. ``found_*`` is claiming 100 due among so many running; ``told`` carrying one
    out; ``late_p99`` and ``burst`` are seconds; ``due`` microseconds; ``bulk`` lines a second; ``open_adds`` what the
    clocks add to opening a ticket."""

    running: int
    found_small: float
    found_large: float
    flat: float
    told: float
    late_p99: float
    burst: float
    due: float
    compiled: float
    bulk: float
    open_adds: float


def measure(bed: Bed) -> Clocks:
    """In this process, on a database of its own; the lateness by a tick like the worker's."""
    running = bed.size(1_000_000, 100_000) if bed.database == "postgresql" else bed.size(200_000, 50_000)
    with _program(bed) as shell:
        adds = _open_adds(shell, bed.size(60, 20))
        _run(shell, 10_000)
        small = _found(shell)
        _run(shell, running - 10_000)
        large = _found(shell)
        late = _lateness(shell, bed.size(1000, 200), bed.size(60, 15))
        burst, count = _burst(shell, bed.size(1000, 200))
    return Clocks(
        running, small, large, large / small, 1000 * burst / count, late, burst, *_computing(), open_adds=adds
    )


@contextmanager
def _program(bed: Bed) -> Iterator[Shell]:
    shell = open_shell(fresh(bed.database, bed.place()))
    shell = replace(shell, clock=BusinessClock(shell.db))
    command.upgrade(alembic_config(shell), "head")
    yield shell
    shell.db.close()


def _run(shell: Shell, count: int) -> None:
    """So many clocks that come due within the next month, four to a ticket."""
    (first,) = _tickets(shell, 1, datetime.now(UTC))
    far = datetime.now(UTC) + _HOUR
    rows = [
        {"ticket_id": first, "name": "RUN", "number": number, "policy": "bench", "state": "running", "reason": ""}
        | {"started_at": far, "due_at": far + timedelta(seconds=number % 2_592_000)}
        for number in range(_numbers(shell), _numbers(shell) + count)
    ]
    for start in range(0, count, 50_000):
        with shell.db.writing() as session:
            session.execute(insert(Clock), rows[start : start + 50_000])
    with shell.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE clocks"))


def _numbers(shell: Shell) -> int:
    with shell.db.reading() as session:
        return (session.scalar(select(Clock.number).where(Clock.name == "RUN").order_by(Clock.number.desc())) or 0) + 1


def _tickets(shell: Shell, count: int, at: datetime) -> list[int]:
    """Open tickets of strangers' own conversations, whose first answer has its first mark ``_AHEAD`` after ``at``."""
    with shell.db.writing() as session:
        numbers = []
        for _ in range(count):
            address = Address(channel="bench", value=f"{time.monotonic_ns()}")
            session.add(address)
            session.flush()
            conversation = Conversation(address_id=address.id, state={})
            session.add(conversation)
            session.flush()
            ticket = Ticket(conversation_id=conversation.id, tier="agency", category="payment", severity=1)
            ticket.reasons, ticket.opened_at = [], at
            session.add(ticket)
            session.flush()
            facts = {"ticket_id": ticket.id, "occurred_at": at, "ingested_at": at, "actor": "customer"}
            session.add(TicketEvent(kind="opened", data={"tier": "agency", "severity": 1}, **facts))
            session.add(TicketEvent(kind="receipted", data={}, **facts))
            numbers.append(ticket.id)
    return numbers


def _due(shell: Shell, count: int, spread_over: float, ahead: float) -> list[int]:
    """Tickets whose first mark comes due from ``ahead`` seconds on."""
    now = datetime.now(UTC)
    found = []
    for number in range(count):
        mark = now + timedelta(seconds=ahead + spread_over * number / count)
        (ticket,) = _tickets(shell, 1, mark - _AHEAD)
        clock = {"ticket_id": ticket, "name": "FR", "policy": "", "state": "running", "reason": ""}
        clock |= {"started_at": mark - _AHEAD, "due_at": mark}
        with shell.db.writing() as session:
            session.execute(insert(Clock), [clock])
        found.append(ticket)
    return found


def _found(shell: Shell) -> float:
    """Milliseconds to find and claim 100 of the 120 that are due; the median of nine."""
    tickets = _due(shell, 120, 0, -1)
    took = []
    for _ in range(9):
        with shell.db.writing() as session:
            session.execute(update(Clock).where(Clock.ticket_id.in_(tickets)).values(claimed_until=None))
        began = time.perf_counter()
        claimed = dues.claim(shell, 100)
        took.append(1000 * (time.perf_counter() - began))
        assert len(claimed) == 100
    with shell.db.writing() as session:
        session.execute(update(Clock).where(Clock.ticket_id.in_(tickets)).values(due_at=None))
    return sorted(took)[4]


def _lateness(shell: Shell, count: int, seconds: float) -> float:
    """p99 seconds from a mark to its telling, while so many come due one after another."""
    tickets = _due(shell, count, seconds, count * 0.02 + 2)
    end = time.monotonic() + count * 0.02 + seconds + 10
    while time.monotonic() < end and _untold(shell, tickets):
        began = time.monotonic()
        watch.clocks(shell)
        time.sleep(max(0.0, _TICK - (time.monotonic() - began)))
    with shell.db.reading() as session:
        told = select(TicketEvent).where(TicketEvent.kind == "told", TicketEvent.ticket_id.in_(tickets))
        late = [(row.ingested_at - row.occurred_at).total_seconds() for row in session.scalars(told)]
    return spread(late).p99 / 1000 if len(late) >= count else float("nan")


def _untold(shell: Shell, tickets: list[int]) -> bool:
    with shell.db.reading() as session:
        waits = select(Clock.id).where(Clock.ticket_id.in_(tickets[-1:]), Clock.due_at < datetime.now(UTC) + _AHEAD)
        return session.scalar(waits.limit(1)) is not None


def _burst(shell: Shell, count: int) -> tuple[float, int]:
    """Seconds until all that came due in one instant are told."""
    _due(shell, count, 0, -1)
    began = time.perf_counter()
    while _left(shell):
        watch.clocks(shell)
    return time.perf_counter() - began, count


def _left(shell: Shell) -> bool:
    with shell.db.reading() as session:
        return session.scalar(select(Clock.id).where(Clock.due_at < shell.clock.now()).limit(1)) is not None


def _computing() -> tuple[float, float, float]:
    """(due on a compiled calendar in microseconds, compiling 800 days in milliseconds, bulk lines a second)."""
    form = {"zone": "Europe/Madrid", "days": {day: ["09:00-13:00", "14:00-18:00"] for day in ("mon", "tue", "wed")}}
    lines = [
        json.dumps({"calendar": form, "start": f"2026-06-{1 + n % 28:02}T16:30:00+02:00", "target_seconds": 3600 * n})
        for n in range(1, 2001)
    ]
    began = time.perf_counter()
    answered = sum(1 for _ in bulk.answered(io.BytesIO("\n".join(lines).encode())))
    rate = answered / (time.perf_counter() - began)
    from tests.sla.test_calendars_policies import POLICIES  # noqa: PLC0415 (a calendar the tests know)

    calendar, start = POLICIES.calendars["support"], datetime(2026, 6, 1, 12, tzinfo=UTC)
    compiled = _best(partial(_anew, calendar, start))
    once = _best(partial(due, calendar, start, 10 * _HOUR))
    return once * 1e6, compiled * 1000, rate


def _anew(calendar: Calendar, start: datetime) -> None:
    _compiled.cache_clear()
    compile(calendar, start)


def _best(work: Callable[[], object]) -> float:
    """Seconds of the middle run of 21."""
    took = []
    for _ in range(21):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return sorted(took)[10]


def _open_adds(shell: Shell, count: int) -> float:
    """Milliseconds the clocks add to the transaction of a first line, the medians of new customers in turn."""
    house, plain, kept = House(shell), list[float](), list[float]()
    for number in range(2 * count):
        house.says("PAYMENT NOT WORKING", f"+3499{number:07}")
        with patch.object(ledger, "refold", _nothing) if number % 2 else nullcontext():
            began = time.perf_counter()
            house.answers()
            (plain if number % 2 else kept).append(1000 * (time.perf_counter() - began))
    return sorted(kept)[count // 2] - sorted(plain)[count // 2]


def _nothing(*_: object) -> None:
    """Stores no clock."""
