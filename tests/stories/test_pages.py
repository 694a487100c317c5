"""Somebody wakes up: telephones ring by the ladder until a key is pressed (scripts 2.1 and 2.7)."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.sandbox import WHATSAPP, eventually
from tests.support.stack import Stack, standing

Json = dict[str, Any]
SATURDAY = datetime(2026, 11, 28, 14, 32, tzinfo=UTC)
LENAS, TOMASS = "+34600000511", "+34600000512"
ROTA = "\n".join(
    f'[[person]]\nname = "{name}"\nroles = ["{role}"]\nphone = "{number}"\nverified = true\n'
    for name, role, number in (("Lena", "primary", LENAS), ("Tomas", "backup", TOMASS))
)


@pytest.fixture
def night(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp(f"night-{database_kind}")
    clock = directory / "clock.json"
    clock.write_text(json.dumps({"real": datetime.now(UTC).isoformat(), "shows": SATURDAY.isoformat(), "rate": 1.0}))
    quick: Json = {"twilio": {"voice_seconds": 0.05}}
    url = fresh(database_kind, directory)
    with standing(directory, url, quick, CLOCK_FILE=str(clock), TWILIO_VOICE_FROM=WHATSAPP) as stack:
        file = directory / "rota.toml"
        file.write_text(ROTA)
        stack.flask("oncall", "import", str(file))
        yield stack


def later(stack: Stack, minutes: float) -> None:
    shows = datetime.fromisoformat(stack.sandbox.get("clock")["shows"])
    stack.sandbox.post("clock", shows=(shows + timedelta(minutes=minutes)).isoformat(), rate=1.0)


def calls(stack: Stack, number: str) -> list[Json]:
    found: list[Json] = stack.sandbox.get("twilio/calls", address=number)["calls"]
    return found


def texts(stack: Stack, number: str) -> list[str]:
    found = stack.sandbox.get("twilio/messages", address=number)["messages"]
    return [message["body"] for message in found if message["direction"] != "inbound"]


def test_the_primary_sleeps_the_backup_presses_four_and_every_telephone_is_silent(night: Stack) -> None:
    night.sandbox.post("twilio/phones", number=LENAS, behaviour="voicemail")
    night.sandbox.post("twilio/phones", number=TOMASS, behaviour="answer", keys=["7", "4"])
    story = Story(night, 1)
    owner = story.owner("Tolu", "Adeyemi Photo", "agency")

    owner.says("PAYMENT NOT WORKING brides dad card failed twice")
    topic = story.topic_of("Adeyemi Photo 1")
    assert eventually(lambda: texts(night, LENAS), 15, "a text to the primary")[0].startswith("URGENT #")

    later(night, 2)
    eventually(lambda: calls(night, LENAS), 15, "a call to the primary")
    later(night, 3)
    eventually(lambda: calls(night, TOMASS), 15, "a call to the backup")
    topic.shows("Tomas has it 15:37.")
    said = [line["say"] for line in calls(night, TOMASS)[0]["transcript"] if "say" in line]
    rung = (len(calls(night, LENAS)), len(texts(night, LENAS)))
    later(night, 6)
    time.sleep(1)  # two ticks, in which a ladder that still climbed would ring

    assert said[0].endswith("Press 4 to take it, 5 to pass it on.")
    assert said[-1].endswith("is yours.")
    assert "Tomas has it" in topic.card()["text"]
    assert (len(calls(night, LENAS)), len(texts(night, LENAS))) == rung
