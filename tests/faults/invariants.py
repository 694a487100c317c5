"""The judge: N1-N8 of "never lose a message, never send it twice without saying so", from ledger, rows and clock.

It asks nothing of the product but its tables, and the ledger has the last word.
"""

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.faults import paged
from tests.faults.evidence import ACTIONS, PENDING, Evidence, Mark, Witness, delivery_of, moment, said

SENDERS = 8  # calls one worker has under way at most
ENDS = ("accepted", "sent", "delivered", "read", "superseded", "held")  # what is held waits for the customer's window
_SAYS_NOTHING = (
    "EditText",
    "React",
    "AnswerTap",
    "Fetch",
    "Delete",
    "HangUp",
    "NameTopic",
)  # they carry nobody's words: the words are elsewhere
CALLED = {*ACTIONS.values(), "Messages.create"}  # what N8 counts: sends, not pins, files and look-ups
_ROLL_CALL = "staff:"  # the thread of a test page: the card of the roll-call tells who has not answered it
_SLACK = timedelta(seconds=2)
_LATEST = 15.0  # seconds a page or a line may be late beyond the outage (N5)
_PROMPT = 2.0  # seconds 99 of 100 pages come within, where nothing is wrong (N5)


@dataclass(frozen=True)
class Case:
    """What was done to the product: how often, how long it was held up, what its lease is, and within how many seconds
    99 of 100 pages come where nothing is wrong."""

    name: str
    faults: int = 0
    outage: float = 0.0
    lease: float = 1.0
    patience: float = 15.0
    prompt: float = _PROMPT


@dataclass(frozen=True)
class Ruling:
    """One of N1-N8: what was counted, and what is wrong (nothing, when it holds)."""

    name: str
    counted: str
    wrong: tuple[str, ...] = ()

    def line(self, case: str) -> str:
        verdict = "BROKEN: " + "; ".join(self.wrong[:5]) if self.wrong else "ok"
        return f"{case:<44} {self.name}  {self.counted:<64} {verdict}"


@dataclass(frozen=True)
class Judge:
    """Judges what happened since it was made."""

    witness: Witness
    mark: Mark

    @staticmethod
    def begins(witness: Witness) -> "Judge":
        """From now on, once what came before has found its end."""
        judge = Judge(witness, witness.mark())
        end = time.monotonic() + 5
        while _owed(witness.since(Mark(10**9, judge.mark.inbox - 50, judge.mark.deliveries - 200, {}))):
            if time.monotonic() > end:
                break
            time.sleep(0.05)
        return Judge(witness, witness.mark())

    def holds(self, case: Case, posted: dict[str, int] | None = None) -> list[Ruling]:
        """Waits until nothing is owed (or patience ends), prints a line for each of N1-N8, asserts them all."""
        rulings = rule(self.seen(case, posted), case)
        table = "\n".join(ruling.line(case.name) for ruling in rulings)
        print(table)  # noqa: T201 (the table is what a person reads)
        assert not [ruling for ruling in rulings if ruling.wrong], "\n" + table
        return rulings

    def seen(self, case: Case, posted: dict[str, int] | None = None) -> Evidence:
        """All there is since the mark, once nothing is owed or patience has ended."""
        end = time.monotonic() + case.patience
        while (seen := self.witness.since(self.mark, posted)) and _owed(seen) and time.monotonic() < end:
            time.sleep(0.05)
        return seen


def rule(seen: Evidence, case: Case) -> list[Ruling]:
    """N1-N8 in their order."""
    return [one(seen, case) for one in RULES]


def _owed(seen: Evidence) -> bool:
    """Whether there is work that has not found its end; a card edit put off for a minute is no such work."""
    waiting = any(row.state == "waiting" for row in seen.inbox)
    return waiting or any(row.state in PENDING and not _planned(row, seen.now + 5 * _SLACK) for row in seen.deliveries)


def _planned(row: Any, now: datetime) -> bool:
    """Whether it is put off for longer, before its first attempt."""
    return row.state == "queued" and row.attempts == 0 and row.retry_at is not None and row.retry_at > now


def taken_in(seen: Evidence, _: Case) -> Ruling:
    """N1: every webhook answered 2xx has its row, and in the end its ticket and first clock, or a reason why not."""
    rows = {row.provider_id: row for row in seen.inbox}
    written = Counter(row.origin for row in seen.messages)
    tickets = {row.origin: row.ticket_id for row in seen.messages}
    wrong = [f"{name} was answered 2xx and has no row" for name in seen.answered if name not in seen.kept]
    for name, row in rows.items():
        if row.state == "waiting" or (row.state in ("silent", "parked") and not row.reason):
            wrong.append(f"inbox {row.id} is {row.state} without a reason")
        if name.startswith(("SM", "MM")) and ":" not in name and row.state == "done":
            if written[name] != 1:
                wrong.append(f"the line {name} was written {written[name]} times")
            elif tickets[name] not in seen.clocks:
                wrong.append(f"the line {name} has no ticket with a clock")
    counted = f"{len(seen.answered)} webhooks answered 2xx, {len(rows)} rows, {sum(seen.answered.values())} deliveries"
    return Ruling("N1", counted, tuple(wrong))


def escalated(seen: Evidence, case: Case) -> Ruling:
    """N2: every open SEV1 has exactly one escalation row due or ahead; an exhausted ladder has paged the fallback."""
    wrong = paged.unescalated(seen, timedelta(seconds=case.outage + _LATEST))
    climbing = sum(page.ended_at is None for page in seen.pages)
    counted = f"{len(seen.urgent)} open SEV1, {climbing} pages climb or are held, {paged.exhausted(seen)} exhausted"
    return Ruling("N2", counted, tuple(wrong))


def ended(seen: Evidence, _: Case) -> Ruling:
    """N3: every delivery ends well, or failed with a successor; and each line's words are in a call the group took."""
    wrong = []
    failed = [row for row in seen.deliveries if row.state == "failed"]
    for row in seen.deliveries:
        if row.state not in (*ENDS, "failed") and not _planned(row, seen.now):
            wrong.append(f"delivery {row.id} ({row.kind}) is {row.state}: {row.fault}")
    for row in failed:
        if row.kind in _SAYS_NOTHING or row.thread.startswith(_ROLL_CALL):
            continue
        if row.thread.startswith("page:") and paged.passed_on(seen, row):
            continue
        if not any(_succeeds(other, row) for other in seen.deliveries):
            wrong.append(f"delivery {row.id} ({row.kind}) failed without a successor: {row.fault}")
    lost = [sid for sid, (words, _) in seen.lines.items() if sid in seen.kept and seen.shown(words) is None]
    wrong += [f"the line {sid} never reached the group" for sid in lost]
    return Ruling(
        "N3", f"{len(seen.deliveries)} deliveries, {len(failed)} failed, {len(seen.lines)} lines", tuple(wrong)
    )


def _succeeds(other: Any, failed: Any) -> bool:
    """A later call that carries the words elsewhere, or tells a person that they did not arrive."""
    if other.id == failed.successor_id:
        return bool(other.state != "failed")
    if other.id <= failed.id or other.ticket_id != failed.ticket_id or other.state == "failed":
        return False
    words = str(other.payload.get("text") or other.payload.get("caption") or "")
    ours = str(failed.payload.get("text") or failed.payload.get("caption") or failed.payload.get("name") or "")
    told = re.search(r"NOT DELIVERED|did not reach|could not be shown", words)
    return bool(told) or (bool(ours) and ours in words) or (failed.kind == "OpenTopic" and other.kind == "SendText")


def nothing_hangs(seen: Evidence, case: Case) -> Ruling:
    """N4: nothing stays leased or unknown past its limit."""
    slack, wrong, held = timedelta(seconds=case.lease) + _SLACK, [], 0
    for row in seen.deliveries:
        limit = row.lease_until if row.state == "leased" else row.retry_at if row.state == "unknown" else None
        held += limit is not None
        if limit is not None and limit + slack < seen.now:
            wrong.append(f"delivery {row.id} is {row.state} since {limit:%H:%M:%S}")
    return Ruling("N4", f"{held} leased or unknown", tuple(wrong))


def in_time(seen: Evidence, case: Case) -> Ruling:
    """N5: a page, and a customer's line on its way to the group, at most the outage and 15 s late; without faults 99
    of 100 pages within 2 s."""
    late = []
    for sid, (words, tried) in seen.lines.items():
        at = seen.shown(words)
        if at is not None:
            late.append(((at - tried).total_seconds(), f"the line {sid}"))
    pages, most = paged.lateness(seen), case.outage + _LATEST
    wrong = [f"{what} was {seconds:.1f} s late" for seconds, what in (*late, *pages) if seconds > most]
    usual = pages[len(pages) // 100][0] if pages else 0.0
    if usual > case.prompt and not case.faults and not case.outage:
        wrong.append(f"one page in a hundred was {usual:.1f} s late or more: {pages[0][1]}")
    worst, rung = max(late, default=(0.0, ""))[0], pages[0][0] if pages else 0.0
    return Ruling(
        "N5", f"{len(pages)} rings, worst {rung:.1f} s; lines: worst {worst:.1f} s of {most:.0f} s", tuple(wrong)
    )


def sent_once(seen: Evidence, case: Case) -> Ruling:
    """N6: duplicates at most faults x in flight, none without faults, each flagged."""
    doubted, often, allowed = _doubted(seen), repeated(seen), case.faults * SENDERS
    wrong = [f"{key} went out {extra} times too often, and nothing says so" for key, extra in often.items()]
    wrong = [words for words, key in zip(wrong, often, strict=True) if key not in doubted]
    many = sum(often.values())
    if many > allowed:
        wrong.append(f"{many} duplicates, and {allowed} are allowed: {[key[:60] for key in often][:5]}")
    return Ruling("N6", f"{many} duplicates of {len(seen.taken)} calls, {allowed} allowed", tuple(wrong))


def repeated(seen: Evidence) -> dict[str, int]:
    """What the providers took more often than it was owed, and how much more often."""
    owed = Counter(key for row in seen.deliveries for key in _keys(row)[:1])
    return {key: times - owed[key] for key, times in _sent(seen).items() if times > owed[key]}


def _sent(seen: Evidence) -> Counter[str]:
    """How often each call was taken; edits, reactions and tap answers say the same twice without harm."""
    found: Counter[str] = Counter()
    rows = {key for row in seen.deliveries for key in _keys(row)}
    for one in seen.taken:
        if one["action"] in ("Messages.create", "Calls.create"):
            found[f"twilio {delivery_of(one)}"] += 1
        elif f"page {one['destination']}" in rows:
            found[f"page {one['destination']}"] += 1
        elif one["action"] == "createForumTopic":
            found[f"topic {one['request']['name']}"] += 1
        elif one["action"].startswith("send") and one["action"] != "sendMediaGroup":
            key = f"telegram {one['destination']} {said(one)}"
            linked = re.sub(r"https://t\.me/c/\d+/\d+$", "{topic}", key)  # the way to a topic is filled in as it goes
            bare = re.sub(r" #\d+ ", " ", key, count=1)
            found[next((known for known in (key, linked) if known in rows), bare)] += 1
    return found


def _keys(row: Any) -> list[str]:
    if row.kind == "OpenTopic":
        return [f"topic {row.payload['name']}"]
    if row.kind not in ("SendText", "SendMedia", "SendTemplate", "RingUp"):
        return []
    if row.channel != "telegram":
        return [f"twilio {row.id}"]
    if row.thread.startswith("page:"):  # what it says is filled in as it goes
        return [f"page {row.destination}"] if row.attempts else []
    return [f"telegram {row.destination} {row.payload.get('text') or row.payload.get('caption') or ''}"]


def _doubted(seen: Evidence) -> set[str]:
    return {key for row in seen.deliveries if row.doubt for key in _keys(row)}


def obeyed(seen: Evidence, case: Case) -> Ruling:
    """N7: nothing is sent later than one lease after a committed acknowledge, nor to a customer after a STOP."""
    limit = timedelta(seconds=case.lease)
    wrong = [*_sent_after_stop(seen, limit), *paged.rung_in_vain(seen, limit)]
    counted = f"{paged.acknowledged(seen)} pages acknowledged, {len(seen.stopped)} addresses that said STOP"
    return Ruling("N7", counted, tuple(wrong))


def _sent_after_stop(seen: Evidence, limit: timedelta) -> list[str]:
    wrong, numbers = [], {row.id: row for row in seen.deliveries}
    for address in seen.stopped:
        stopped_at = address.stopped_at
        for one in seen.taken:
            if one["action"] == "Messages.create" and one["destination"].removeprefix("whatsapp:") == address.value:
                row = numbers.get(delivery_of(one))
                confirms = row is not None and row.created_at == stopped_at
                if moment(one) > stopped_at + limit and not confirms:
                    wrong.append(f"delivery {delivery_of(one)} went out after STOP")
    return wrong


def audited(seen: Evidence, case: Case) -> Ruling:
    """N8: each call in the ledger is one attempt of one row; what made no call was looked up, refused or cut."""
    tried, called = _attempts(seen), Counter(name for one in seen.calls if (name := _action(one)) in CALLED)
    wrong = [
        f"{called[action]} calls of {action} and {tried[action]} attempts"
        for action in called
        if called[action] > tried[action]
    ]
    idle = sum(tried.values()) - sum(called.values())
    local = sum(row.attempts for row in seen.deliveries if _never_called(row))
    allowed = case.faults * SENDERS + seen.look_ups + local
    if idle > allowed:
        wrong.append(f"{idle} attempts made no call, and {allowed} may have made none")
    return Ruling(
        "N8", f"{sum(tried.values())} attempts, {len(seen.calls)} calls, {seen.look_ups} look-ups", tuple(wrong)
    )


def _attempts(seen: Evidence) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in seen.deliveries:
        if _call_of(row) in CALLED:
            found[_call_of(row)] += row.attempts - seen.mark.pending.get(row.id, 0)
    return found


def _call_of(row: Any) -> str:
    if row.channel not in ("telegram", "voice"):
        return "Messages.create" if row.kind in ("SendText", "SendMedia", "SendTemplate") else ""
    return ACTIONS.get(row.kind, "")


def _action(entry: dict[str, Any]) -> str:
    name: str = entry["action"]
    if name == "editMessageCaption":
        return "editMessageText"
    return "sendMedia" if name.startswith("send") and name != "sendMessage" else name


def _never_called(row: Any) -> bool:
    return bool(
        re.search(r"STOP|card is not there|could not be fetched|cannot read|switched off|somebody has it", row.fault)
    )


RULES: tuple[Callable[[Evidence, Case], Ruling], ...] = (
    taken_in,
    escalated,
    ended,
    nothing_hangs,
    in_time,
    sent_once,
    obeyed,
    audited,
)
