"""The promise of a first answer: told, missed, breached, kept; time is steered by the rehearsal clock."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.clocks import every_clock_agrees
from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.stack import Stack, standing

Json = dict[str, Any]

SATURDAY = datetime(2026, 11, 28, 14, 32, tzinfo=UTC)


@pytest.fixture
def rehearsal(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp(f"rehearsal-{database_kind}")
    clock = directory / "clock.json"
    now = datetime.now(UTC)
    clock.write_text(json.dumps({"real": now.isoformat(), "shows": SATURDAY.isoformat(), "rate": 1.0}))
    with standing(directory, fresh(database_kind, directory), CLOCK_FILE=str(clock)) as stack:
        yield stack
        every_clock_agrees(stack)


def later(stack: Stack, by: timedelta) -> None:
    """Moves the rehearsal clock on, for the product and the sandbox alike."""
    shows = datetime.fromisoformat(stack.sandbox.get("clock")["shows"])
    stack.sandbox.post("clock", shows=(shows + by).isoformat(), rate=1.0)


def first_answer(stack: Stack, number: int) -> Json:
    """The clock of the first answer, as the proof has it."""
    proof = json.loads(stack.flask("tickets", "ledger", str(number), "--json"))
    clock: Json = next(clock for clock in proof["clocks"] if clock["name"] == "FR")
    return clock


def test_a_promise_is_told_in_the_owners_zone_missed_breached_and_met_late(rehearsal: Stack) -> None:
    story = Story(rehearsal, 1)
    owner = story.owner("Mia", "Studio Mia", "agency", timezone="America/New_York")

    owner.says("nobody can pay, payments are down for us")
    topic = story.topic_of("Studio Mia 1")
    assert "A person answers by 09:47." in owner.hears("A person answers by")
    assert "a person answers by 15:47 (limit 19:32)" in topic.card()["text"]

    later(rehearsal, timedelta(minutes=16))
    topic.shows("The promised time has passed")
    topic.shows("Promise: LATE")

    later(rehearsal, timedelta(hours=4))
    topic.shows("SLA BREACHED: nobody has answered")
    assert first_answer(rehearsal, topic.number)["state"] == "breached"

    topic.writes("/r Mia, Lena here. Sorry you had to wait.")
    owner.hears("Lena here")
    topic.shows("first answer")
    clock = first_answer(rehearsal, topic.number)
    assert clock["state"] == "met_late"
    assert clock["breached_at"] == clock["limit_due"]
    assert datetime.fromisoformat(clock["detected_at"]) > datetime.fromisoformat(clock["breached_at"])


def test_an_answer_in_time_keeps_the_promise(rehearsal: Stack) -> None:
    story = Story(rehearsal, 1)
    owner = story.owner("Ana", "Reis", "agency")
    owner.says("bookings are down")
    topic = story.topic_of("Reis 1")

    later(rehearsal, timedelta(minutes=5))
    topic.writes("/r Ana, Lena here. We see it.")

    topic.shows("First answer:")
    later(rehearsal, timedelta(hours=5))
    assert first_answer(rehearsal, topic.number)["state"] == "met"
