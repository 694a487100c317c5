"""Weekends at random, by seed: five of nine zones, an edge of summer or winter time, a rota that changes hands each
night, and people who answer late, by a wrong key, pass on, hang up, or sleep. A judge who knows the rules and the
provider's ledger, and nothing of ours, says whether each was rung when they should have been.

``WEEKENDS=3,4,5`` plays those instead."""

import heapq
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

import pytest
from sqlalchemy import func, select

from bot import watch
from bot.hotline import windows
from bot.hotline.enrol import import_roster
from bot.hotline.shoots import import_shoots
from bot.pager import rungs
from channels.telephone import HangUp, RingUp
from channels.wire import Call, SendText
from models import Conversation, Delivery, HotlineWindow, Page, Ring, Ticket
from tests.bot.house import LENA, SID, House, open_shell, twilio_form
from tests.bot.ladder_judge import Climb, Fact, Rung, faults, hotline_from, local, on_turn
from tests.bot.paging import PAYMENT
from tests.bot.templates import empty
from tests.bot.test_phoned import sends
from tests.webhooks.doors import posts

SEEDS = [int(seed) for seed in os.environ.get("WEEKENDS", "15,18").split(",")]
EMERGENCIES = 4 if "WEEKENDS" in os.environ else 2  # of as many studios
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
ROLES = {
    "Lena": "primary",
    "Nora": "primary",
    "Tomas": "backup",
    "Marco": "lead",
    "Priya": "engineer",
    "Eva": "backup_engineer",
}
PHONES = {name: f"+3460000001{n}" for n, name in enumerate(ROLES)}
NAMES = {number: name for name, number in PHONES.items()}
EDGES = (  # the Sunday, where clocks change, and the hour that is skipped or comes twice
    (date(2026, 10, 25), "Europe/Madrid", "02:30"),
    (date(2027, 3, 28), "Europe/Madrid", "02:30"),
    (date(2026, 11, 1), "America/New_York", "01:30"),
    (date(2027, 3, 14), "America/New_York", "02:30"),
    (date(2026, 10, 4), "Australia/Sydney", "02:30"),
    (date(2027, 4, 4), "Australia/Sydney", "02:30"),
    (date(2026, 10, 4), "Australia/Lord_Howe", "02:15"),
    (date(2027, 4, 4), "Australia/Lord_Howe", "01:45"),
)
ZONES: tuple[str, ...] = ("Europe/Madrid", "Europe/London", "America/New_York", "America/Phoenix", "Australia/Sydney")
ZONES += ("Australia/Lord_Howe", "Asia/Kolkata", "Asia/Tokyo", "America/St_Johns")
ENDS = ("no-answer", "busy", "completed", "completed", "failed")  # a voicemail, and who hangs up, are completed calls


@dataclass
class Ringing:
    """One call or text as the provider took it."""

    at: datetime
    who: str
    way: str
    ticket: int
    ladder: str
    delivery: int


@dataclass
class Studio:
    zone: str
    number: str
    begins: datetime
    ends: datetime


@dataclass
class Weekend:
    house: House
    seed: int
    dice: Random = field(init=False)
    ledger: list[Ringing] = field(default_factory=list)
    facts: dict[tuple[int, str], list[Fact]] = field(default_factory=dict)
    wrote: dict[int, tuple[datetime, Studio]] = field(default_factory=dict)
    acts: list[tuple[datetime, int, Any]] = field(default_factory=list)
    ended: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.dice = Random(self.seed)
        self.sunday, self.zone, self.hand_over = EDGES[self.seed % len(EDGES)]
        self.starts = self.sunday - timedelta(days=5)
        shell = self.house.shell
        channels = {**shell.channels, "voice": shell.channels["twilio"]}
        self.house.shell = replace(shell, channels=channels, senders={**shell.senders, "voice": "+34910000001"})
        self.house.clock.moment = datetime(self.starts.year, self.starts.month, self.starts.day, 12, tzinfo=UTC)
        import_roster(self.house.shell, self._rota().encode())
        self.studios = [self._books(n, zone) for n, zone in enumerate(self.dice.sample(ZONES, 5))]
        self.house.twilio.when(self.writes_down, Exception())

    def plays(self, tickets: int = EMERGENCIES) -> list[str]:
        """Emergencies, one after the other, two of them close to the edge; what the judge finds."""
        edge = local(self.sunday, 0, self.zone)
        first = edge - DAY + self.dice.uniform(0, 6) * 60 * MINUTE
        for n, studio in enumerate(self.dice.sample(self.studios, tickets)):
            at = first if n == 0 else self.house.clock.now() + self.dice.uniform(10, 200) * MINUTE
            if n == tickets // 2:
                at = max(at, edge + self.dice.uniform(0.6, 3) * 60 * MINUTE)
            self._emergency(at, studio)
        return [f"#{number} {fault}" for number in self.wrote for fault in self._judged(number)]

    def writes_down(self, call: Call) -> bool:
        """The provider's ledger; whoever is rung makes up their mind at once."""
        now = self.house.clock.now()
        if isinstance(call, HangUp):
            self.ended |= {row.id for row in self.house.owed(provider_id=call.call)}
        if isinstance(call, SendText | RingUp) and call.to in NAMES:
            number = next(
                (n for n in self.wrote if f"#{n} " in call.text or f"ticket {' '.join(str(n))}," in call.text), 0
            )
            if number and ("URGENT" in call.text or "ENGINEERING" in call.text):
                ladder = "engineering" if "ENGINEERING" in call.text else "response"
                way = "call" if isinstance(call, RingUp) else "text"
                self.ledger.append(Ringing(now, NAMES[call.to], way, number, ladder, 0))
                self._minds(self.ledger[-1])
        return False

    def _minds(self, ring: Ringing) -> None:
        code = f"{ring.ticket}{'e' if ring.ladder == 'engineering' else 'a'}"
        after = self.dice.choice((3, 20, 65, 200, 700)) * SECOND
        if ring.way == "text":
            says = self.dice.choices((code, f"ok {code.upper()} !", "99a", ""), (10, 6, 4, 80))[0]
            if says:
                self._plan(after, partial(self._texts, ring, says))
            return
        key = self.dice.choices(("4", "5", "7", ""), (12, 12, 15, 61))[0]
        if key:
            self._plan(4 * SECOND, partial(self._presses, ring, key))
        self._plan(self.dice.choice((9, 25, 40)) * SECOND, partial(self._hangs_up, ring, self.dice.choice(ENDS), key))

    def _texts(self, ring: Ringing, says: str) -> None:
        if says != "99a":
            self._fact(ring, "took")
        sends(self.house, says, PHONES[ring.who])

    def _presses(self, ring: Ringing, key: str) -> None:
        row = self._call(ring)
        if row.id in self.ended:
            return
        if key in "45":
            self._fact(ring, {"4": "took", "5": "passed"}[key])
        fields = {"CallSid": row.provider_id, "AccountSid": SID, "CallStatus": "in-progress", "Digits": key}
        posts(self.house.shell, twilio_form(f"/webhooks/twilio/voice/{row.id}", fields))
        self.house.works()

    def _hangs_up(self, ring: Ringing, status: str, key: str) -> None:
        row = self._call(ring)
        if key not in ("4", "5"):
            self._fact(ring, "failed", ring.at)
        status = "completed" if key else status
        fields = {"CallSid": row.provider_id, "AccountSid": SID, "CallStatus": status, "CallDuration": "9"}
        self.house.posts("twilio", twilio_form(f"/webhooks/twilio/status/{row.id}", fields))
        self.house.works()

    def _call(self, ring: Ringing) -> Delivery:
        """The row of that call: the provider was told its number, by way of the address for its keys."""
        calls = self.house.owed(kind="RingUp", destination=PHONES[ring.who])
        rung = [one for one in self.ledger if (one.who, one.way) == (ring.who, "call")]
        taken = [row for row in calls if row.provider_id]
        return sorted(taken, key=lambda row: (row.accepted_at or row.created_at, row.id))[rung.index(ring)]

    def _fact(self, ring: Ringing, kind: str, since: datetime | None = None) -> None:
        self.facts.setdefault((ring.ticket, ring.ladder), []).append(
            Fact(self.house.clock.now(), kind, ring.who, since)
        )

    def _plan(self, after: timedelta, act: Any) -> None:
        heapq.heappush(self.acts, (self.house.clock.now() + after, len(self.acts) + self.dice.randrange(10**9), act))

    def _emergency(self, at: datetime, studio: Studio) -> None:
        self._until(at)
        number = len(self.house.rows(Ticket)) + 1
        self.wrote[number] = (self.house.clock.now(), studio)
        self.house.says(PAYMENT, studio.number)
        self.house.works()
        self._until(at + self.dice.uniform(3, 70) * MINUTE)
        for ladder in ("response", "engineering"):
            self.facts.setdefault((number, ladder), []).append(Fact(self.house.clock.now(), "over"))
        self.house.taps(f"v1:resolve:{number}:ours:no", LENA)
        self.house.works()
        self._until(self.house.clock.now() + 20 * MINUTE)

    def _until(self, moment: datetime) -> None:
        """From one due moment or act of somebody to the next; a due one is found up to a second late."""
        house = self.house
        while house.clock.now() < moment:
            due = min((one for one in self._due() if one is not None), default=moment)
            due = max(due, house.clock.now()) + timedelta(seconds=self.dice.uniform(0.01, 0.9))
            act = self.acts[0][0] if self.acts else moment
            house.clock.moment = min(max(act, house.clock.now()), due, moment)
            if self.acts and act <= house.clock.now():
                heapq.heappop(self.acts)[2]()
            if due <= house.clock.now():
                for look in (windows.turn, watch.quiet, rungs.climb):
                    look(house.shell)
                house.works()

    def _due(self) -> Iterator[datetime | None]:
        """What comes next by the rows, also what is due and has not been looked at."""
        with self.house.shell.db.reading() as session:
            for column in (Page.due_at, HotlineWindow.due_at, Conversation.wake_at):
                yield session.scalar(select(func.min(column)))
            yield session.scalar(select(func.min(Delivery.retry_at)).where(Delivery.state == "queued"))
            if session.scalar(select(Ring.id).where(Ring.state == "failed").limit(1)):
                yield self.house.clock.now()

    def _judged(self, number: int) -> Iterator[str]:
        wrote, studio = self.wrote[number]
        begins = {"response": wrote, "engineering": hotline_from(studio.begins, studio.ends, studio.zone, wrote)}
        for ladder, began in begins.items():
            mine = [one for one in self.ledger if (one.ticket, one.ladder) == (number, ladder)]
            climb = Climb(ladder, began, self._crew)
            facts = sorted(self.facts[number, ladder], key=lambda one: one.at)
            if began < facts[-1].at:
                any(climb.take(fact) for fact in facts)  # up to the one that ends it
            yield from faults(climb, [Rung(one.at, one.who, one.way) for one in mine], self._rings_of)

    def _rings_of(self, rung: Rung) -> list[datetime]:
        return [one.at for one in self.ledger if (one.who, one.way) == (rung.who, rung.way)]

    def _crew(self, role: str, at: datetime) -> tuple[str, ...]:
        if role == "primary":
            hour, minute = map(int, self.hand_over.split(":"))
            return (on_turn(("Lena", "Nora"), self.starts, hour + minute / 60, self.zone, at),)
        return tuple(name for name, held in ROLES.items() if role in (held, "everybody"))

    def _rota(self) -> str:
        people = [
            f'[[person]]\nname = "{name}"\nroles = ["{role}"]\nphone = "{PHONES[name]}"\nverified = true\n'
            for name, role in ROLES.items()
        ]
        turns = f'role = "primary"\npeople = ["Lena", "Nora"]\nevery = "day"\nstarts = {self.starts}\n'
        turns += f'at = "{self.hand_over}"\nzone = "{self.zone}"\n'
        return "\n".join([*people, f'[[rotation]]\nname = "nights"\n{turns}'])

    def _books(self, n: int, zone: str) -> Studio:
        """A studio with one shoot from Friday to Sunday; of an hour that comes twice the first counts."""
        number, name = f"+3470000000{n}", f"Studio {n}"
        self.house.studio(name, "Owner", number, timezone=zone)
        day = self.sunday - self.dice.choice((0, 0, 1, 1, 2)) * DAY
        hour, long = self.dice.randrange(6, 20), self.dice.randrange(2, 11)
        begins = local(day, hour, zone)
        ends = local(day + (hour + long) // 24 * DAY, (hour + long) % 24, zone)
        row = f"{name},{begins.isoformat()},{ends.isoformat()},{zone},Wedding"
        import_shoots(self.house.shell, f"studio,starts_at,ends_at,timezone,title\n{row}".encode(), "csv")
        return Studio(zone, number, begins, ends)


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_answers_however_the_ledger_is_what_the_rules_say(seed: int) -> None:
    kind = ("sqlite", "postgresql")[seed % 2]
    weekend = Weekend(House(open_shell("", empty(kind))), seed)

    found = weekend.plays()

    assert len(weekend.ledger) > len(weekend.wrote)
    assert found == []
