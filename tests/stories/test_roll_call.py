"""Friday's roll-call before a weekend hotline, and Saturday's hand-over (script 2.16)."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from tests.support.crew import CREW, at, buttons, general, on_call, private, rung, taps, texted
from tests.support.people import Story
from tests.support.sandbox import GROUP, eventually
from tests.support.stack import Stack

FRIDAY = datetime(2026, 11, 27, 13, 58, tzinfo=UTC)  # 14:58 in Madrid
SHOOT = "studio,starts_at,ends_at,timezone,title\n{},2026-11-28T14:00,2026-11-28T23:00,Europe/Madrid,Wedding\n"
SCRIPT = (
    ('opens = "fri 18:00"', 'opens = "fri 16:00"'),
    (
        'roles = ["primary", "backup", "engineer"]\n\n[inbound]',
        'roles = ["primary", "backup", "engineer", "lead"]\n\n[inbound]',
    ),
)


@pytest.fixture
def friday(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with on_call(tmp_path_factory.mktemp(f"friday-{database_kind}"), database_kind, FRIDAY, SCRIPT) as stack:
        yield stack


def test_priya_has_not_confirmed_marco_has_three_choices_and_on_saturday_tomas_takes_over(friday: Stack) -> None:
    story = Story(friday, 1)
    prado = story.owner("Prado", "Prado Films", "agency")
    file = friday.directory / "shoots.csv"
    file.write_text(SHOOT.format("Prado Films 1"))
    friday.flask("shoots", "import", str(file))

    at(friday, FRIDAY.replace(hour=14, minute=0))
    card = general(story, "Roll-call: hotline 16:00 to Mon 06:00, 1 studio with 1 shoot")
    assert "Confirm by 15:30, each with one tap" in card["text"]
    assert buttons(card) == ["I am here", "I can't", "I stand in"]
    for name in ("Lena", "Tomas", "Marco"):
        taps(friday, name, GROUP, card, "I am here")
        general(story, f"✅ {name}, ")
    assert "🔴 Priya, engineer: has not confirmed" in general(story, "✅ Marco, lead: is here (15:00)")["text"]
    eventually(lambda: rung(friday, "Priya"), what="Priya's telephone")
    quiet = len(rung(friday, "Marco"))

    at(friday, FRIDAY.replace(hour=14, minute=30))
    asked = private(friday, "Marco", "Priya (engineer) has not confirmed")
    assert buttons(asked) == ["Ring Priya", "Put Tomas in", "I take it", "I have read it"]
    said = eventually(lambda: rung(friday, "Marco")[quiet:], what="Marco's telephone")
    assert said[0].endswith("Press 4 when you have heard this. 1: Ring Priya. 2: Put Tomas in. 3: I take it.")
    before = len(rung(friday, "Priya"))
    taps(friday, "Marco", CREW["Marco"][2], asked, "Ring Priya")
    private(friday, "Marco", "Priya is rung now as engineer.")
    eventually(lambda: len(rung(friday, "Priya")) > before, what="Priya is rung again")

    at(friday, FRIDAY.replace(hour=14, minute=41))
    code = next(
        word
        for word in texted(friday, "Priya", "you are on as engineer").split()
        if word[-1] == "t" and word[0].isdigit()
    )
    friday.sandbox.post(
        "twilio/say", **{"from": CREW["Priya"][1], "to": "+15550001000", "channel": "sms", "body": code}
    )
    texted(friday, "Priya", "Thank you, Priya: you are on as engineer.")
    done = general(story, "The crew is complete. Test pages have reached all.")
    assert "✅ Priya, engineer: is here (15:41)" in done["text"]
    assert done["message_id"] == card["message_id"]

    at(friday, FRIDAY.replace(hour=15, minute=0))
    general(story, "Hotline open: Prado Films 1 until Mon 06:00")
    saturday = datetime(2026, 11, 28, 18, 58, tzinfo=UTC)
    at(friday, saturday)
    prado.says("one of our uploads is slow")
    topic = story.topic_of("Prado Films 1")
    topic.taps("I take it")
    topic.writes("/next 21:15")
    prado.hears("Next update here by 21:15.")
    topic.writes("/off @tomas")
    offered = topic.shows("Lena goes off duty and hands you")
    taps(friday, "Tomas", GROUP, offered, "I take over 1")
    prado.hears("Tomas takes over from here and knows everything so far. The next update stays 21:15.")
    topic.shows("Owner: Tomas")
