"""A bride's father, a card that fails, and a studio owner who calls the hotline (script 2.1 by telephone)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.sandbox import WHATSAPP, eventually
from tests.support.stack import Stack, standing

Json = dict[str, Any]
SATURDAY = datetime(2026, 11, 28, 14, 31, tzinfo=UTC)
LENAS, TOMASS = "+34600000521", "+34600000522"
ROTA = "\n".join(
    f'[[person]]\nname = "{name}"\nroles = ["{role}"]\nphone = "{number}"\nverified = true\n'
    for name, role, number in (("Lena", "primary", LENAS), ("Tomas", "backup", TOMASS))
)
SHOOT = "studio,starts_at,ends_at,timezone,title\n{},2026-11-28T14:00,2026-11-28T23:00,Europe/Madrid,Wedding\n"


@pytest.fixture
def saturday(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp(f"saturday-{database_kind}")
    clock = directory / "clock.json"
    clock.write_text(json.dumps({"real": datetime.now(UTC).isoformat(), "shows": SATURDAY.isoformat(), "rate": 1.0}))
    quick: Json = {"twilio": {"voice_seconds": 0.05}, "telegram": {"flood_limits": False}}
    url = fresh(database_kind, directory)
    with standing(
        directory, url, quick, CLOCK_FILE=str(clock), TWILIO_VOICE_FROM=WHATSAPP, RECONCILE_SECONDS="1"
    ) as stack:
        file = directory / "rota.toml"
        file.write_text(ROTA)
        stack.flask("oncall", "import", str(file))
        stack.sandbox.post("twilio/numbers", number=WHATSAPP, voice_url=f"{stack.public}/webhooks/twilio/voice")
        yield stack


def book(stack: Stack, studio: str) -> None:
    file = stack.directory / "shoots.csv"
    file.write_text(SHOOT.format(studio))
    stack.flask("shoots", "import", str(file))


def calls(stack: Stack, number: str) -> list[Json]:
    found: list[Json] = stack.sandbox.get("twilio/calls", address=number)["calls"]
    return found


def said(stack: Stack, number: str, direction: str) -> list[str]:
    """What Twilio said to them in their newest call of this direction."""
    call = [one for one in calls(stack, number) if one["direction"] == direction][-1]
    return [line["say"] for line in call["transcript"] if line["by"] == "twilio" and "say" in line]


def test_the_first_sleeps_the_second_presses_one_and_then_nobody_does(saturday: Stack) -> None:
    saturday.sandbox.post("twilio/phones", number=LENAS, behaviour="voicemail")
    saturday.sandbox.post("twilio/phones", number=TOMASS, behaviour="answer", keys=["1"], talk=1.2)
    story = Story(saturday, 1)
    owner = story.owner("Tolu", "Adeyemi Photo", "agency")
    studio = "Adeyemi Photo 1"
    book(saturday, studio)
    eventually(lambda: "Hotline open" in str(story.group()["topics"]), 15, "the hotline is open")

    saturday.sandbox.post("twilio/call", **{"from": owner.number})
    topic = story.topic_of(studio)
    topic.shows("Tomas talks with Tolu on the telephone since 15:31.")
    topic.shows("Tomas talked with Tolu on the telephone from 15:31 for 0:01.")
    announced, whispered = said(saturday, owner.number, "inbound"), said(saturday, LENAS, "outbound-dial")

    saturday.sandbox.post("twilio/phones", number=TOMASS, behaviour="no-answer")
    words = "the brides father cannot pay and the card fails again and again please call me back"
    saturday.sandbox.post("twilio/call", **{"from": owner.number, "says": words})
    recording = topic.shows("Tolu: voicemail on the hotline, not transcribed")

    assert announced[0] == "StudioVault hotline. One moment, Tolu, we put you through to the person on call."
    assert whispered == [f"StudioVault hotline, a call from {studio}. Press 1 to take it."]
    assert not [line for one in calls(saturday, LENAS) for line in one["transcript"] if "connected" in line]
    assert "your message is recorded" in said(saturday, owner.number, "inbound")[-2]
    assert recording["caption"].endswith(" · 0:06")
    assert (recording["voice"]["mime_type"], recording["voice"]["duration"]) == ("audio/mpeg", 6)
    assert "SEV1" in topic.card()["text"]

    saturday.stop("web")
    saturday.sandbox.post("twilio/call", **{"from": owner.number})
    saturday.start_web()

    topic.shows("Missed call: Tolu called the hotline 15:31", 30)
