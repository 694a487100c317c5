"""The fold against the reference: random lives of a ticket for a month, clock by clock, on a stuttering clock."""

import random
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from sla import Happened, Policies, fold, read
from sla.ledger_json import dump
from tests.sla.reference_fold import facts
from tests.sla.reference_fold import fold as reference

SHIPPED = tomllib.loads(resources.files("sla").joinpath("default.toml").read_text())
MONDAY = datetime(2026, 3, 23, 7, 0, tzinfo=UTC)  # the week before the clocks change in Madrid
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
LIVES, FILES = 24, 12


def policy(version: str, hours: str, factor: int) -> Policies:
    """Every clock has terms here: working hours for SEV2 and SEV3, an aim for RES."""
    rows = [
        row
        | {"calendar": "always" if row["severity"] == 1 else hours, "resolution": f"{4 * factor * row['severity']} h"}
        | {"next_response": row["first_response"] | {"limit": row["first_response"]["limit"]}}
        for row in SHIPPED["policy"]
    ]
    return read(SHIPPED | {"policy": rows}, version)


BOOK = {"": policy("v1", "support", 1), "v1": policy("v1", "support", 1), "v2": policy("v2", "always", 2)}


class Life:
    """One ticket; every step is what people and providers might do next, with the numbers they would need."""

    def __init__(self, seed: int, *, other: list[Happened] | None = None) -> None:
        self.dice, self.events = random.Random(seed), list[Happened]()
        self.now = MONDAY + self.dice.randrange(20_000) * MINUTE
        self.lines, self.sent, self.policy, self.other = 0, dict[str, int](), "v1", other
        self.closed = False
        self.happens("opened", tier=self.pick("free", "pro", "agency"), severity=self.dice.randint(1, 3), line="0")
        self.events[0].data.update(hotline=self.dice.random() < 0.1, mail=self.dice.random() < 0.1)  # type: ignore[attr-defined]

    def pick(self, *choices: Any) -> Any:
        return self.dice.choice(choices)

    def happens(self, kind: str, **data: Any) -> None:
        """Ingested by a clock that jumps, stands still and steps back; some events come late or ahead of it."""
        self.now += self.pick(0, 0, 1, 3, 10, 40, 200, 1500, -1, -2) * MINUTE
        late = self.pick(0, 0, 0, 0, 1, 5, 90, 1600, -3) * MINUTE
        self.closed = kind == "resolved" or (self.closed and kind != "reopened")
        self.events.append(Happened(kind, self.now - late, self.now, "somebody", data, self.policy))

    def step(self) -> None:
        kinds = ["said", "said", "said", "courtesy", "replied", "replied", "replied", "failed", "failed", "waiting"]
        kinds += ["waiting_over", "promised", "held_over", "severity_changed", "tier_changed", "hotline_opened"]
        kinds += [
            "hotline_closed",
            "escalated",
            "escalation_acknowledged",
            "batch_left",
            "told",
            "resolved",
            "reopened",
        ]
        kinds += ["split_off", "merged_from", "receipted", "edited", "rebased", "taken"]
        kind = self.pick(*kinds)
        getattr(self, kind, lambda: self.happens(kind))()

    def said(self) -> None:
        self.lines += 1
        self.happens("said", line=str(self.lines))

    def replied(self) -> None:
        """In one to three pieces, each a delivery; the first report of one is sometimes told twice."""
        written = (self.now - self.pick(0, 0, 1, 5, 60) * MINUTE).isoformat()
        for _ in range(self.pick(1, 1, 1, 2, 3)):
            key = f"d{len(self.events)}"
            self.sent[key] = len(self.events)
            self.happens("replied", delivery=key, written_at=written)
        if self.dice.random() < 0.1:
            self.happens("replied", delivery=self.pick(*self.sent), written_at=written)

    def failed(self) -> None:
        if self.sent:
            self.happens("reply_failed", delivery=self.pick(*self.sent), code="63016")

    def promised(self) -> None:
        self.happens("promised", due_at=(self.now + self.pick(5, 30, 300) * MINUTE).isoformat())

    def held_over(self) -> None:
        self.happens("held_over", due_at=(self.now + 30 * MINUTE).isoformat())

    def severity_changed(self) -> None:
        self.happens("severity_changed", to=self.dice.randint(1, 3))

    def tier_changed(self) -> None:
        self.happens("tier_changed", to=self.pick("free", "pro", "agency"))

    def reopened(self) -> None:
        self.lines += 1
        self.happens("reopened", **self.pick({}, {"line": str(self.lines)}))

    def told(self) -> None:
        self.happens("told", clock=self.pick("FR", "NR", "UP"), number=1, mark=self.pick("50", "target", "limit"))

    def split_off(self) -> None:
        if self.lines:
            self.happens("split_off", lines=[str(self.dice.randint(1, self.lines))], ticket=2)

    def merged_from(self) -> None:
        """Another life comes in; what was sent before does not fail any more: that is told apart, by example."""
        if self.other is not None and not self.closed:
            theirs = [dump(clock) for clock in fold(self.other, BOOK.__getitem__, self.now).clocks]
            theirs = [
                each for each in theirs if not each["cancelled_at"] and (not each["met_at"] or each["name"] == "FR")
            ]
            self.happens("merged_from", ticket=9, severity=self.dice.randint(1, 3), clocks=theirs)
            self.other, self.sent = None, {}

    def edited(self) -> None:
        """The operator puts another policy file in force."""
        self.policy = self.pick("v1", "v2")


def lived(seed: int) -> list[Happened]:
    dice = random.Random(seed)
    other = Life(seed + 10**6)
    for _ in range(dice.randint(0, 6)):
        other.step()
    life = Life(seed, other=other.events)
    for _ in range(dice.randint(1, 28)):
        life.step()
    return life.events


def compared(events: list[Happened], now: datetime) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    ours = sorted((facts(clock) for clock in fold(events, BOOK.__getitem__, now).clocks), key=_order)
    theirs = sorted((facts(clock) for clock in reference(events, BOOK.__getitem__, now)), key=_order)
    assert [_order(clock) for clock in ours] == [_order(clock) for clock in theirs]
    yield from zip(ours, theirs, strict=True)


def _order(clock: dict[str, Any]) -> tuple[str, int]:
    return clock["name"], clock["number"]


@pytest.mark.parametrize("group", range(FILES))
def test_both_folds_say_the_same_of_every_clock(group: int) -> None:
    for seed in range(group * LIVES, (group + 1) * LIVES):
        events = lived(seed)
        for now in (events[-1].ingested_at, events[-1].ingested_at + 5 * HOUR, events[-1].ingested_at + 100 * HOUR):
            for ours, theirs in compared(events, now):
                assert ours == theirs, f"life {seed}"
