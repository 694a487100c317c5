"""A weekend of shoots in five zones across the end of summer time, on a clock that leaps from one due moment to the
next: the provider's ledger alone says who was rung when. People answer late, by a wrong key, pass on, or not at all."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import func, select

from bot import watch
from bot.hotline import muster, windows
from bot.hotline.enrol import import_roster
from bot.hotline.shoots import import_shoots
from bot.pager import rungs
from channels.telephone import RingUp
from channels.wire import Call, SendText
from models import Alarm, Confirmation, Conversation, Delivery, HotlineWindow, Muster, Page, Ticket
from tests.bot.house import LENA, SID, House, twilio_form
from tests.bot.paging import LENAS, MARCOS, PAYMENT, PRIYAS, TOMASS
from tests.bot.test_muster import code
from tests.bot.test_phoned import sends
from tests.webhooks.doors import posts

EVAS, VOICES = "+34600000015", "+34910000001"
NAMES = {LENAS: "Lena", TOMASS: "Tomas", MARCOS: "Marco", PRIYAS: "Priya", EVAS: "Eva"}
CREW = "\n".join(
    f'[[person]]\nname = "{NAMES[number]}"\nroles = ["{role}"]\nphone = "{number}"\nverified = true\n'
    for number, role in zip(NAMES, ("primary", "backup", "lead", "engineer", "backup_engineer"), strict=True)
)
ZONES = {
    "Sydney Light": ("Australia/Sydney", "+61400000001", "2026-10-23T07:00Z", "2026-10-25T19:00Z"),
    "Tokyo Frame": ("Asia/Tokyo", "+81900000001", "2026-10-23T09:00Z", "2026-10-25T21:00Z"),
    "Madrid Luz": ("Europe/Madrid", "+34600000001", "2026-10-23T16:00Z", "2026-10-26T05:00Z"),
    "London Lens": ("Europe/London", "+44700000001", "2026-10-23T17:00Z", "2026-10-26T06:00Z"),
    "York Photo": ("America/New_York", "+12120000001", "2026-10-23T22:00Z", "2026-10-26T10:00Z"),
}
NEAR = timedelta(seconds=2)
Rung = tuple[float, str, str]  # minutes after the line, who, by what


@dataclass
class Weekend:
    """The house on its clock; ``ledger`` is what the provider was asked for, and when."""

    house: House
    dice: Random = field(default_factory=lambda: Random(25))
    ledger: list[tuple[datetime, SendText | RingUp]] = field(default_factory=list)

    def until(self, moment: datetime) -> None:
        """Leaps from one due moment to the next, each found up to a tick late."""
        while True:
            due = min((one for one in self._due() if one is not None), default=moment)
            at = max(due, self.house.clock.now()) + timedelta(seconds=self.dice.uniform(0.01, 0.9))
            self.house.clock.moment = min(at, moment)
            self._sweeps()
            if at >= moment:
                return

    def writes_down(self, call: Call) -> bool:
        """What rings somebody, before it goes out; the call itself is taken like any other."""
        if isinstance(call, SendText | RingUp):
            self.ledger.append((self.house.clock.now(), call))
        return False

    def rings(self, number: int, since: datetime) -> list[Rung]:
        """Who was rung for a ticket, by the provider's ledger."""
        names = (f"#{number} ", f"#{number}:", f"ticket {' '.join(str(number))},")
        found = [(at, call) for at, call in self.ledger if any(name in call.text for name in names)]
        kinds = {RingUp: "call", SendText: "text"}
        return [
            ((at - since).total_seconds() / 60, NAMES[call.to], kinds[type(call)])
            for at, call in found
            if call.to in NAMES and ("URGENT" in call.text or "ENGINEERING" in call.text)
        ]

    def presses(self, number: str, key: str) -> None:
        rows = [row for row in self.house.rows(Delivery) if row.kind == "RingUp" and row.destination == number]
        fields = {"CallSid": "CA1", "AccountSid": SID, "CallStatus": "in-progress", "Digits": key}
        posts(self.house.shell, twilio_form(f"/webhooks/twilio/voice/{rows[-1].id}", fields))
        self._sweeps()

    def hangs_up(self, number: str) -> None:
        row = [row for row in self.house.rows(Delivery) if row.kind == "RingUp" and row.destination == number][-1]
        fields = {"CallSid": row.provider_id, "AccountSid": SID, "CallStatus": "completed", "CallDuration": "9"}
        self.house.posts("twilio", twilio_form(f"/webhooks/twilio/status/{row.id}", fields))
        self.house.works()
        self._sweeps()

    def _sweeps(self) -> None:
        for look in (windows.turn, muster.look, watch.quiet, rungs.climb, rungs.climb):
            look(self.house.shell)
        self.house.works()

    def _due(self) -> Iterator[datetime | None]:
        """What comes next by the rows; what is behind has been looked at."""
        now = self.house.clock.now()
        with self.house.shell.db.reading() as session:
            for column in (Page.due_at, HotlineWindow.due_at, Conversation.wake_at, Muster.due_at, Delivery.retry_at):
                yield session.scalar(select(func.min(column)).where(column > now))
            later = HotlineWindow.opens_at > now + timedelta(hours=1)
            opens = session.scalar(select(func.min(HotlineWindow.opens_at)).where(later))
            yield opens - timedelta(hours=1) if opens else None


@pytest.fixture
def weekend(house: House) -> Weekend:
    """Thursday: five studios with a shoot on Saturday or Sunday, a crew of five with telephones."""
    channels = {**house.shell.channels, "voice": house.shell.channels["twilio"]}
    house.shell = replace(house.shell, channels=channels, senders={**house.shell.senders, "voice": VOICES})
    house.clock.moment = datetime(2026, 10, 22, 12, 0, tzinfo=UTC)
    import_roster(house.shell, CREW.encode())
    rows = ["studio,starts_at,ends_at,timezone,title"]
    for name, (zone, number, *_) in ZONES.items():
        house.studio(name, "Owner", number, timezone=zone)
        rows.append(f"{name},2026-10-24T15:00,2026-10-25T02:30,{zone},Wedding")
    import_shoots(house.shell, "\n".join(rows).encode(), "csv")
    made = Weekend(house)
    house.twilio.when(made.writes_down, Exception())
    return made


def confirmed(weekend: Weekend) -> None:
    """The roll-call before the first opening, answered by all."""
    weekend.until(datetime(2026, 10, 23, 6, 1, tzinfo=UTC))
    for number in (LENAS, TOMASS, PRIYAS):
        sends(weekend.house, code(weekend.house, number), number)


def writes(weekend: Weekend, name: str, at: datetime) -> int:
    """A studio's SEV1 at that moment; its number."""
    weekend.until(at)
    weekend.house.says(PAYMENT, ZONES[name][1])
    weekend.house.works()
    return weekend.house.last(Ticket).id


def resolves(weekend: Weekend, number: int) -> None:
    weekend.house.taps(f"v1:resolve:{number}:ours:no", LENA)
    weekend.house.works()


def agrees(found: list[Rung], wanted: list[Rung]) -> bool:
    """The same people by the same ways, each within two seconds, and nobody else."""
    pairs = list(zip(sorted(found, key=_order), sorted(wanted, key=_order), strict=False))
    near = all(one[1:] == two[1:] and abs(one[0] - two[0]) * 60 <= NEAR.total_seconds() for one, two in pairs)
    return near and len(found) == len(wanted)


def _order(rung: Rung) -> tuple[float, str, str]:
    return (round(rung[0]), rung[1], rung[2])


def both(minute: float, *names: str) -> list[Rung]:
    return [(minute, name, way) for name in names for way in ("text", "call")]


def test_windows_of_five_zones_turn_at_their_own_hour_across_the_change(weekend: Weekend) -> None:
    edges = {(datetime.fromisoformat(at), name): kind for name, row in ZONES.items() for kind, at in enumerate(row[2:])}
    found = []
    for at, name in sorted(edges):
        for moment in (at - NEAR, at + NEAR / 2):
            weekend.house.clock.moment = moment
            windows.turn(weekend.house.shell)
            row = next(one for one in weekend.house.rows(HotlineWindow) if one.studio.name == name)
            found.append((row.opened_at, row.closed_at)[edges[at, name]])

    wanted = [turned for at, _ in sorted(edges) for turned in (None, at + NEAR / 2)]
    assert len(weekend.house.rows(HotlineWindow)) == len(ZONES)
    assert found == wanted


def test_who_is_on_is_asked_an_hour_before_the_first_opening_and_no_more_once_all_are_here(
    weekend: Weekend,
) -> None:
    weekend.until(datetime(2026, 10, 23, 5, 59, 59, tzinfo=UTC))
    before = len(weekend.ledger)
    confirmed(weekend)
    asked = [(at, call) for at, call in weekend.ledger[before:] if "hotline" in call.text.lower()]
    weekend.until(datetime(2026, 10, 26, 12, 0, tzinfo=UTC))

    assert {NAMES[call.to] for _, call in asked} == {"Lena", "Tomas", "Priya"}
    assert all(at - datetime(2026, 10, 23, 6, 0, tzinfo=UTC) <= NEAR for at, _ in asked)
    assert len(weekend.house.rows(Confirmation)) == 3
    assert [call.text for _, call in weekend.ledger if "has not confirmed" in call.text] == []


def test_a_late_answer_in_the_hour_that_comes_twice_ends_the_climb_where_it_stood(weekend: Weekend) -> None:
    confirmed(weekend)
    began = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 02:50 in Madrid, ten minutes before it is 02:00 again
    number = writes(weekend, "Madrid Luz", began)

    weekend.until(began + timedelta(minutes=1))
    sends(weekend.house, f"{number}e", PRIYAS)
    weekend.until(began + timedelta(minutes=12))
    sends(weekend.house, f"{number}a", LENAS)
    resolves(weekend, number)
    weekend.until(began + timedelta(hours=3))

    wanted = [(0.0, "Lena", "text"), (2.0, "Lena", "call"), *both(5, "Tomas"), *both(10, "Marco"), *both(0, "Priya")]
    assert agrees(weekend.rings(number, began), wanted), weekend.rings(number, began)


def test_a_call_without_the_right_key_goes_another_way_and_passing_on_rings_the_next_at_once(weekend: Weekend) -> None:
    confirmed(weekend)
    began = datetime(2026, 10, 24, 9, 30, tzinfo=UTC)
    number = writes(weekend, "Tokyo Frame", began)

    weekend.until(began + timedelta(minutes=1))
    sends(weekend.house, f"{number}e", PRIYAS)
    weekend.until(began + timedelta(minutes=2, seconds=30))
    weekend.presses(LENAS, "7")
    weekend.hangs_up(LENAS)
    weekend.until(began + timedelta(minutes=6))
    weekend.presses(TOMASS, "5")
    weekend.until(began + timedelta(minutes=7))
    weekend.presses(MARCOS, "4")
    resolves(weekend, number)
    weekend.until(began + timedelta(hours=1))

    wanted = [(0.0, "Lena", "text"), (2.0, "Lena", "call"), (2.5, "Lena", "text"), *both(0, "Priya")]
    wanted += [*both(5, "Tomas"), *both(6, "Marco")]  # each at once: her other way, and the next
    assert agrees(weekend.rings(number, began), wanted), weekend.rings(number, began)


def test_when_nobody_answers_everybody_is_rung_for_ever_and_an_alarm_stands(weekend: Weekend) -> None:
    confirmed(weekend)
    began = datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    number = writes(weekend, "York Photo", began)

    weekend.until(began + timedelta(minutes=1))
    sends(weekend.house, f"{number}e", PRIYAS)
    weekend.until(began + timedelta(minutes=14))
    sends(weekend.house, f"{number}e", PRIYAS)
    weekend.until(began + timedelta(minutes=46))
    stands = {row.key for row in weekend.house.rows(Alarm) if row.cleared_at is None}
    response = [one for one in weekend.rings(number, began) if one[1] in ("Lena", "Tomas")]

    wanted = [(0.0, "Lena", "text"), (2.0, "Lena", "call"), *both(5, "Tomas")]
    for minute in (15, 30, 45):
        wanted += both(minute, "Lena", "Tomas")
    assert any(key.startswith("page:") for key in stands)
    assert agrees(response, wanted), response
