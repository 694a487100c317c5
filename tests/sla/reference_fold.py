"""The clocks of a ticket by an independent, slow fold: after each event the whole story is told again from the start.

Written from the rules alone. A story knows the end of every reply: one that failed was never there (rule 3). Only the
dues have a history of their own, as grace is counted from the moment terms changed (rule 8). Where the rules leave a
choice it follows the product, with a remark.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sla.calendars import ALWAYS, Pause, due
from sla.events import Happened
from sla.policies import Policies
from sla.terms import Target

Book = Callable[[str], Policies]


class Standing(NamedTuple):
    """The terms from ``at`` on; one that does not bind leaves the clocks that run (S16)."""

    at: datetime
    tier: str
    severity: int
    hotline: bool
    binds: bool


class Line(NamedTuple):
    key: str
    at: datetime
    known: datetime
    place: int


class Reply(NamedTuple):
    key: str
    at: datetime
    written: datetime
    place: int


class Closing(NamedTuple):
    at: datetime
    place: int


@dataclass
class Told:
    """A clock as a story has it; ``key`` tells it from its like across tellings."""

    name: str
    key: object
    started_at: datetime
    met_at: datetime | None = None
    met_by: str = ""
    cancelled_at: datetime | None = None
    reason: str = ""
    pauses: list[Pause] = field(default_factory=list)
    fixed: tuple[datetime, datetime] | None = None
    number: int = 0
    target_due: datetime | None = None
    limit_due: datetime | None = None
    missed_at: datetime | None = None
    breached_at: datetime | None = None
    policy: str = ""
    seen: int = 0

    @property
    def open(self) -> bool:
        return self.met_at is None and self.cancelled_at is None

    @property
    def state(self) -> str:
        if self.met_at:
            return "met_late" if self.breached_at else "met"
        if self.breached_at or self.cancelled_at:
            return "breached" if self.breached_at else "cancelled"
        return "paused" if any(end is None for _, end in self.pauses) else "running"


def promise(policies: Policies, standing: Standing, name: str) -> Target | None:
    terms = policies.promised(standing.tier, standing.severity, standing.hotline)
    return {
        "ACK": policies.acknowledge(standing.severity, standing.hotline),
        "FR": terms.first_response,
        "NR": terms.next_response,
        "UP": terms.update,
        "RES": terms.resolution,
        "EACK": policies.escalation(standing.severity),
    }.get(name)


class Story:
    """What ``events`` mean, told with the knowledge of their last."""

    def __init__(self, events: list[Happened], book: Book) -> None:
        self.clocks: list[Told] = []
        self.pending: list[Line] = []
        self.lines: dict[str, Line] = {}
        self.closings: list[Closing] = []
        self.standings: list[Standing] = []
        self.closed, self.place = False, 0
        self.first = ""
        self.tier, self.severity, self.hotline, self.policies = "free", 3, False, book("")
        self.replies = {reply.place: reply for reply in _standing(events)}
        self.gone = {line for event in events if event.kind == "split_off" for line in event.data["lines"]}
        for self.place, event in enumerate(events):
            self.policies = book(event.policy) if event.policy else self.policies
            if bool(self.clocks) != (event.kind == "opened"):
                getattr(self, f"on_{event.kind}", lambda _: None)(event)
        for clock in self.clocks:
            if clock.name == "FR" and clock.reason != "merged":
                self.answer(clock, -1, list(self.replies.values()))
            elif clock.name == "NR" and clock.reason in ("", "resolved"):
                self.settle(clock)

    def settle(self, clock: Told) -> bool:
        """Whether its line is answered or was closed."""
        line = self.lines[str(clock.key)]
        later = [one for one in self.replies.values() if one.written >= line.known and one.place > line.place]
        return self.answer(clock, line.place, later)

    def answer(self, clock: Told, place: int, replies: list[Reply]) -> bool:
        """The earliest acceptance; behind a closing only of what was known or accepted before it."""
        end = next((closing for closing in self.closings if closing.place > place), None)
        met = [one.at for one in replies if end is None or one.place < end.place or one.at <= end.at]
        clock.met_at = min(met, default=None)
        clock.cancelled_at, clock.reason = (end.at, "resolved") if end and not met else (None, "")
        return bool(met or end)

    def one(self, name: str) -> Told | None:
        return next((clock for clock in reversed(self.clocks) if clock.name == name and clock.open), None)

    def begin(self, name: str, key: object, at: datetime) -> Told:
        self.clocks.append(Told(name, key, at))
        return self.clocks[-1]

    def end(self, name: str, at: datetime, reason: str) -> None:
        clock = self.one(name)
        if clock:
            clock.cancelled_at, clock.reason = at, reason

    def meet(self, name: str, at: datetime) -> None:
        clock = self.one(name)
        if clock:
            clock.met_at = at

    def stand(self, at: datetime, *, binds: bool = True) -> None:
        self.standings.append(Standing(at, self.tier, self.severity, self.hotline, binds))

    def on_opened(self, event: Happened) -> None:
        self.tier, self.severity = event.data["tier"], event.data["severity"]
        self.hotline = bool(event.data.get("hotline"))
        self.stand(event.at)
        if not event.data.get("mail"):
            self.begin("ACK", 0, event.at)
        self.begin("FR", 0, event.at)
        self.begin("RES", 0, event.at)
        self.first = str(event.data.get("line", "opened"))
        self.hear(self.first, event)
        self.batch(event.at)

    def batch(self, at: datetime) -> None:
        """SEV3 joins the next cycle."""
        if self.severity == 3 and not self.closed and not self.one("BATCH"):
            cycle = self.policies.batches.after(at)
            self.begin("BATCH", self.place, at).fixed = (cycle.start, cycle.end)

    def hear(self, key: str, event: Happened) -> None:
        if key not in self.gone and key not in self.lines:
            self.lines[key] = Line(key, event.at, event.ingested_at, self.place)
            self.pending.append(self.lines[key])

    def on_said(self, event: Happened) -> None:
        self.resume(event.at)
        self.hear(event.data["line"], event)
        self.ask(event.at)

    def ask(self, at: datetime) -> None:
        """Who is not answered has one clock: FR until a person spoke, else NR from the oldest line (rules 4, 12). A
        line that turns out to be older takes the place of the younger (the product's choice)."""
        running = self.one("NR")
        if self.closed or self.one("FR") or not self.pending:
            return
        oldest = min(self.pending, key=lambda line: line.at)
        if running and running.key != oldest.key:
            self.end("NR", at, "superseded")
        if not running or running.key != oldest.key:
            self.begin("NR", oldest.key, oldest.at)

    def on_courtesy(self, event: Happened) -> None:
        self.resume(event.at)

    def on_receipted(self, event: Happened) -> None:
        self.meet("ACK", event.at)

    def on_replied(self, event: Happened) -> None:
        """ACK is met by a person's word too, and for good: a choice of the product."""
        self.meet("ACK", event.at)
        reply = self.replies.get(self.place)
        if reply is None:
            return
        left = [line for line in self.pending if line.known > reply.written]
        asked, update = self.one("NR"), self.one("UP")
        self.meet("FR", event.at)
        if asked and asked.key not in [line.key for line in left]:
            asked.met_at = event.at
        if update and reply.written > update.started_at:
            update.met_at, update.met_by = event.at, reply.key
        self.pending = left
        self.ask(event.at)
        self.update(event.at, ("reply", reply.key))

    def update(self, at: datetime, key: object) -> None:
        """The interval of the terms, from a person's word on."""
        standing = Standing(at, self.tier, self.severity, self.hotline, True)
        if promise(self.policies, standing, "UP") and not self.closed and not self.one("UP"):
            self.begin("UP", key, at)

    def on_waiting(self, event: Happened) -> None:
        clock = self.one("RES")
        if clock and not any(end is None for _, end in clock.pauses):
            clock.pauses.append((event.at, None))

    def on_waiting_over(self, event: Happened) -> None:
        self.resume(event.at)

    def resume(self, at: datetime) -> None:
        clock = self.one("RES")
        if clock:
            clock.pauses = [(begin, end or max(begin, at)) for begin, end in clock.pauses]

    def on_promised(self, event: Happened) -> None:
        """A promise settles a batched ticket inside its cycle only (the product's choice)."""
        self.named(event, "moved")
        batch = self.one("BATCH")
        if batch and batch.fixed and batch.fixed[0] <= event.at and not self.closed:
            batch.met_at = event.at

    def on_held_over(self, event: Happened) -> None:
        self.named(event, "held over")

    def named(self, event: Happened, reason: str) -> None:
        if not self.closed:
            self.end("UP", event.at, reason)
            until = datetime.fromisoformat(event.data["due_at"])
            self.begin("UP", self.place, event.at).fixed = (until, until)

    def on_severity_changed(self, event: Happened) -> None:
        self.severity = event.data["to"]
        self.changed(event)
        if self.severity < 3:
            self.end("BATCH", event.at, "raised")
        self.batch(event.at)

    def on_tier_changed(self, event: Happened) -> None:
        self.tier = event.data["to"]
        self.changed(event)

    def on_hotline_opened(self, event: Happened) -> None:
        self.hotline = True
        self.changed(event)

    def changed(self, event: Happened) -> None:
        """Terms that promise updates begin one, once a person has spoken (the product's choice)."""
        self.stand(event.at)
        if any(place < self.place for place in self.replies):
            self.update(event.at, ("terms", self.place))

    def on_hotline_closed(self, event: Happened) -> None:
        self.hotline = False
        self.stand(event.at, binds=False)

    def on_escalated(self, event: Happened) -> None:
        if self.severity < 3 and not self.closed and not self.one("EACK"):
            self.begin("EACK", self.place, event.at)

    def on_escalation_acknowledged(self, event: Happened) -> None:
        self.meet("EACK", event.at)

    def on_batch_left(self, event: Happened) -> None:
        if self.one("BATCH"):
            self.end("BATCH", event.at, "left over")
            self.batch(event.at)

    def on_split_off(self, event: Happened) -> None:
        self.ask(event.at)

    def on_merged_from(self, event: Happened) -> None:
        """Their open FR, NR, UP and EACK join ours; a met FR of either leaves an NR for the other's (S9)."""
        self.severity = min(self.severity, event.data["severity"])
        self.stand(event.at, binds=False)
        if self.severity < 3:
            self.end("BATCH", event.at, "raised")
        mine = self.one("FR")
        if mine and any(each["name"] == "FR" and each["met_at"] for each in event.data["clocks"]):
            self.end("FR", event.at, "merged")
            self.begin("NR", self.first, mine.started_at)
        for name, start, fixed in joined(event, mine is not None and mine.open):
            if name == "RES":
                own = self.one("RES")
                assert own
                own.started_at = min(own.started_at, start)
                continue
            key = f"merged {event.data['ticket']}"
            if name in ("FR", "NR"):
                self.lines[key] = Line(key, start, event.ingested_at, self.place)
                self.pending.append(self.lines[key])
            ours = self.one(name)
            if ours is None:
                self.begin(name, key, start).fixed = fixed
            else:
                ours.key = key if name == "NR" and start < ours.started_at else ours.key
                ours.started_at = min(ours.started_at, start)

    def on_merged_into(self, event: Happened) -> None:
        for clock in self.clocks:
            if clock.open:
                clock.cancelled_at, clock.reason = event.at, "merged"
        self.closed = True

    def on_resolved(self, event: Happened) -> None:
        if self.closed:
            return
        self.resume(event.at)
        self.closed, self.pending = True, []
        self.closings.append(Closing(event.at, self.place))
        for name in ("RES", "BATCH"):
            self.meet(name, event.at)
        for name in ("ACK", "FR", "NR", "UP", "EACK"):
            self.end(name, event.at, "resolved")

    def on_reopened(self, event: Happened) -> None:
        if not self.closed:
            return
        self.closed = False
        for clock in self.clocks:
            if clock.name == "RES" and clock.met_at:
                clock.pauses.append((clock.met_at, max(clock.met_at, event.at)))
                clock.met_at = None
        if "line" in event.data:
            self.hear(event.data["line"], event)
        self.batch(event.at)
        self.ask(event.at)


def joined(event: Happened, first_open: bool) -> Iterator[tuple[str, datetime, tuple[datetime, datetime] | None]]:
    """Name, start and dues of the other ticket's open clocks, FR as NR once a person has answered here."""
    for each in event.data["clocks"]:
        if each["met_at"] or each["cancelled_at"] or each["name"] not in ("FR", "NR", "UP", "RES", "EACK"):
            continue
        marks = [datetime.fromisoformat(each[key]) for key in ("target_due", "limit_due") if each[key]]
        name = "NR" if each["name"] == "FR" and not first_open else each["name"]
        fixed = None if name == "RES" else (marks[0], marks[1])
        yield name, datetime.fromisoformat(each["started_at"]), fixed


def _standing(events: list[Happened]) -> Iterable[Reply]:
    """The replies that reached the customer and stand; a second report of one says nothing new."""
    found: dict[str, Reply] = {}
    for place, event in enumerate(events):
        key = event.data.get("delivery", "")
        if event.kind == "replied":
            written = datetime.fromisoformat(event.data["written_at"])
            found.setdefault(key, Reply(key, event.at, written, place))
        elif event.kind == "reply_failed":
            found.pop(key, None)
    return found.values()


class Keeper:
    """The clocks with their dues, brought up to date with a new story after every event."""

    def __init__(self, book: Book) -> None:
        self.book, self.kept = book, list[Told]()
        self.merging = False
        self.aims: list[tuple[Target, datetime | None]] = []
        self.aimed = 0

    def take(self, story: Story, event: Happened) -> None:
        self.merging = event.kind == "merged_from"
        if self.merging:
            self.join(story, event)
        live = {(kept.name, kept.key): kept for kept in self.kept if kept.reason not in ("superseded", "merged")}
        ended = [(kept.name, kept.key, kept.cancelled_at) for kept in self.kept if kept.reason == "superseded"]
        for told in story.clocks:
            if (told.name, told.key, told.cancelled_at) in ended:
                continue
            kept = live.pop((told.name, told.key), None)
            if kept is None and told.open:
                kept = self.begin(story, told)
            if kept:
                kept.started_at, kept.pauses, kept.met_by = told.started_at, told.pauses, told.met_by
                kept.met_at, kept.cancelled_at, kept.reason = told.met_at, told.cancelled_at, told.reason
        for kept in live.values():
            self.vanished(story, kept, event.at)
        if event.kind == "rebased":
            self.reckon(story, event.at)
        for kept in self.kept:
            self.catch_up(story, kept, event.at)
        self.aim(story)

    def begin(self, story: Story, told: Told) -> Told | None:
        """By the terms at its start (S14); what came since binds it like any other."""
        number = 1 + sum(kept.name == told.name for kept in self.kept)
        kept = Told(told.name, told.key, told.started_at, number=number, fixed=told.fixed)
        kept.fixed = told.fixed if self.merging or kept.name in ("UP", "BATCH") else None  # theirs, or by the clock
        kept.policy, kept.seen = story.policies.version, len(story.standings)
        if kept.name == "NR" and not kept.fixed:
            before = [n for n, standing in enumerate(story.standings) if standing.at <= kept.started_at]
            kept.seen = max(before, default=0) + 1
        target = promise(story.policies, story.standings[kept.seen - 1], kept.name)
        if kept.name == "UP" and not kept.fixed and not target:
            return None
        if kept.fixed:
            kept.target_due, kept.limit_due = kept.fixed
        elif target and kept.name != "RES":
            dues = target.dues(kept.started_at)
            kept.target_due, kept.limit_due = dues.target, dues.limit
        self.kept.append(kept)
        self.catch_up(story, kept, kept.started_at)
        return kept

    def catch_up(self, story: Story, kept: Told, at: datetime) -> None:
        while kept.open and kept.seen < len(story.standings):
            self.rebase(kept, story.standings[kept.seen], at)
            kept.seen += 1

    def vanished(self, story: Story, kept: Told, at: datetime) -> None:
        """It would never have begun: it ends if it ran, and what met it must still stand."""
        if kept.open or (kept.name == "NR" and kept.key in story.lines and not story.settle(kept)):
            kept.cancelled_at, kept.reason = at, "superseded"
        elif kept.met_by and kept.met_by not in [reply.key for reply in story.replies.values()]:
            kept.met_at, kept.met_by, kept.cancelled_at, kept.reason = None, "", at, "superseded"

    def rebase(self, kept: Told, standing: Standing, at: datetime) -> None:
        """Rule 8 mark by mark, S8: grace is never later than the old due, and a breached clock stands."""
        policies, at = self.book(kept.policy), max(at, standing.at)
        target = promise(policies, standing, kept.name)
        if not standing.binds or target is None or kept.name == "RES" or (kept.name == "UP" and kept.fixed):
            return
        self.pass_marks(kept, at)
        assert kept.target_due
        assert kept.limit_due
        if kept.breached_at:
            return
        new = target.dues(kept.started_at)
        first, limit = (due_at if due_at > at else at + policies.grace for due_at in (new.target, new.limit))
        kept.limit_due = min(kept.limit_due, limit)
        kept.target_due = min(kept.target_due, first, kept.limit_due)

    def reckon(self, story: Story, at: datetime) -> None:
        """An explicit re-base may loosen; what has passed is kept (S19)."""
        for kept in self.kept:
            if kept.open and kept.name in ("FR", "NR", "UP", "RES") and not (kept.fixed and kept.name == "UP"):
                kept.seen, kept.policy = len(story.standings), story.policies.version
                target = promise(story.policies, story.standings[-1], kept.name)
                if target:
                    self.pass_marks(kept, at)
                if kept.name == "RES":
                    self.aims, self.aimed = ([], len(story.standings) - 1) if target else (self.aims, self.aimed)
                elif target and not kept.breached_at:
                    new = target.dues(kept.started_at)
                    late = at + story.policies.grace
                    kept.limit_due = new.limit if new.limit > at else late
                    kept.target_due = min(kept.limit_due, new.target if new.target > at else late)
                self.aim(story, at)

    def aim(self, story: Story, at: datetime | None = None) -> None:
        """RES keeps each aim with the same pauses, and the least counts (S10)."""
        res = next(kept for kept in self.kept if kept.name == "RES")
        policies = self.book(res.policy)
        for standing in story.standings[self.aimed :]:
            target = promise(policies, standing, "RES") if standing.binds or at else None
            if target:
                since = at or standing.at
                reached = due(target.calendar, res.started_at, target.target, res.pauses).at
                self.aims.append((target, since if reached and reached <= since else None))
        self.aimed = len(story.standings)
        dues = [due(aim.calendar, res.started_at, aim.target, res.pauses).at for aim, _ in self.aims]
        late = [due(ALWAYS, since, policies.grace, res.pauses).at if since else None for _, since in self.aims]
        both = [grace if since else at for at, grace, (_, since) in zip(dues, late, self.aims, strict=True) if at]
        res.target_due = min((each for each in both if each), default=None)

    def join(self, story: Story, event: Happened) -> None:
        """Our clock that runs takes the earlier start and the lesser dues (S9)."""
        mine = next(kept for kept in self.kept if kept.name == "FR")
        turned = mine.open and any(each["name"] == "FR" and each["met_at"] for each in event.data["clocks"])
        if turned:
            assert mine.target_due
            assert mine.limit_due
            self.begin(story, Told("NR", story.first, mine.started_at, fixed=(mine.target_due, mine.limit_due)))
        for name, start, fixed in joined(event, mine.open and not turned):
            for kept in self.kept:
                if kept.name == name and kept.open and fixed and kept.target_due and kept.limit_due:
                    key = f"merged {event.data['ticket']}"
                    kept.key = key if name == "NR" and start < kept.started_at else kept.key
                    kept.target_due = min(kept.target_due, fixed[0])
                    kept.limit_due = min(kept.limit_due, fixed[1])

    def pass_marks(self, kept: Told, now: datetime) -> None:
        """A mark passed when the clock was still open behind it (S13); what was passed before is kept."""
        until = min((at for at in (kept.met_at, kept.cancelled_at) if at), default=now)
        if kept.target_due and not kept.missed_at and kept.target_due < until:
            kept.missed_at = kept.target_due
        if kept.limit_due and not kept.breached_at and kept.limit_due < until:
            kept.breached_at = kept.limit_due


def fold(events: Iterable[Happened], book: Book, now: datetime) -> list[Told]:
    """Every clock as it stands at ``now``."""
    told, keeper = list(events), Keeper(book)
    for n, event in enumerate(told, 1):
        story = Story(told[:n], book)
        if story.clocks:
            keeper.take(story, event)
    for kept in keeper.kept:
        for name in ("missed_at", "breached_at"):
            passed = getattr(kept, name)
            if passed and kept.met_at and kept.met_at <= passed:
                setattr(kept, name, None)
        keeper.pass_marks(kept, now)
    return keeper.kept


def facts(clock: Any) -> dict[str, Any]:
    """What both folds say of a clock."""
    names = ("name", "number", "started_at", "target_due", "limit_due", "met_at", "missed_at", "breached_at")
    marks = {name: getattr(clock, name) for name in (*names, "cancelled_at", "state")}
    return marks | {"pauses": list(clock.pauses)}
