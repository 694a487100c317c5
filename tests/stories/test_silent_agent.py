"""An agent promises an update and falls silent: the ladder climbs to the lead (script 2.7)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.crew import CREW, at, buttons, on_call, private, rung, taps, texted
from tests.support.people import Story
from tests.support.sandbox import eventually
from tests.support.stack import Stack

WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)  # 10:00 in Madrid
SCRIPT = (('holding = "30 min"', 'holding = "10 min"'),)


@pytest.fixture
def wednesday(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with on_call(tmp_path_factory.mktemp(f"wednesday-{database_kind}"), database_kind, WEDNESDAY, SCRIPT) as stack:
        yield stack


def test_lena_falls_silent_tomas_is_asked_and_marco_is_rung_and_answers(wednesday: Stack) -> None:
    story = Story(wednesday, 1)
    dana = story.owner("Dana", "Sprucewood Studio", "agency")
    dana.says("contracts can't be signed, the sign button does nothing on phones")
    topic = story.topic_of("Sprucewood Studio 1")
    dana.hears("A person answers by")
    topic.writes("/sev 2 a computer works")
    topic.taps("I take it")
    dana.hears("You're with Lena now.")

    at(wednesday, WEDNESDAY.replace(minute=2))
    topic.writes("/r Dana, Lena here. I can reproduce it: I'm checking with engineering.")
    topic.writes("/next 10:30")
    dana.hears("Next update here by 10:30.")

    at(wednesday, WEDNESDAY.replace(minute=20, second=1))
    nudge = private(
        wednesday, "Lena", f"#{topic.number} Dana: an update is promised by 10:30. Draft: “We are still on it."
    )
    assert buttons(nudge) == ["Send it", "I'll write", "Give to Tomas"]

    at(wednesday, WEDNESDAY.replace(minute=25, second=1))
    asked = private(wednesday, "Tomas", "the update promised by 10:30 has not come yet. Can you step in?")
    assert buttons(asked) == ["I take it"]
    before = len(dana.heard())

    at(wednesday, WEDNESDAY.replace(minute=30, second=1))
    held = dana.hears("It's 10:30, Dana.")
    topic.shows("The bot has asked for patience, once.")
    page = texted(wednesday, "Marco", "PROMISE MISSED")
    assert held.endswith("I've asked our support lead to step in: you hear from a person by 10:40.")
    assert page.startswith(f"PROMISE MISSED #{topic.number} Sprucewood Studio 1:")
    assert rung(wednesday, "Marco") == []
    assert len(dana.heard()) == before + 1

    at(wednesday, WEDNESDAY.replace(minute=33, second=1))
    eventually(lambda: rung(wednesday, "Marco"), what="Marco's telephone")

    at(wednesday, WEDNESDAY.replace(minute=36, second=30))
    taps(wednesday, "Marco", CREW["Marco"][2], private(wednesday, "Marco", "PROMISE MISSED"), f"I take #{topic.number}")
    topic.shows("Marco has it 10:36.")
    dana.hears("You're with Marco now.")
    topic.writes("/r Dana, Marco here, I lead support. Sorry, we left you waiting.", agent=CREW["Marco"][2])
    dana.hears("Marco here, I lead support")
    called = len(rung(wednesday, "Marco"))

    at(wednesday, WEDNESDAY.replace(minute=45))
    topic.shows("Owner: Marco")
    assert len([text for text in dana.heard() if "promised you news" in text]) == 1
    assert (len(rung(wednesday, "Marco")), rung(wednesday, "Lena")) == (called, [])
