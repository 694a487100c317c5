"""Payments down on Saturday at a wedding, from the first words to the last check (script 2.1)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.crew import CREW, at, buttons, general, on_call, private, rung, taps, texted
from tests.support.people import Owner, Story, Topic
from tests.support.sandbox import GROUP, WHATSAPP, eventually
from tests.support.stack import Stack

SATURDAY = datetime(2026, 11, 28, 13, 31, 30, tzinfo=UTC)  # 14:31:30 in Madrid
SHOOT = "studio,starts_at,ends_at,timezone,title\n{},2026-11-28T13:00,2026-11-28T23:00,Europe/Madrid,Wedding\n"


@pytest.fixture
def saturday(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with on_call(tmp_path_factory.mktemp(f"wedding-{database_kind}"), database_kind, SATURDAY) as stack:
        yield stack


def test_the_card_fails_lena_answers_priya_finds_it_and_tolu_says_it_works(saturday: Stack) -> None:
    story = Story(saturday, 1)
    tolu = story.owner("Tolu", "Adeyemi Photo", "agency")
    file = saturday.directory / "shoots.csv"
    file.write_text(SHOOT.format("Adeyemi Photo 1"))
    saturday.flask("shoots", "import", str(file))
    general(story, "Hotline open: Adeyemi Photo 1")

    at(saturday, SATURDAY.replace(minute=32, second=1))
    tolu.says("PAYMENT NOT WORKING brides dad card failed twice")
    tolu.says(media=["screenshot"])
    receipt = tolu.hears("A person answers by 14:37.")
    topic = story.topic_of("Adeyemi Photo 1")
    assert receipt.startswith('Got it, Tolu: "PAYMENT NOT WORKING brides dad card failed twice", with 1 picture.')
    assert "Please don't run the card again, it could charge twice." in receipt
    assert "SEV1" in topic.card()["text"]
    assert texted(saturday, "Lena", "URGENT").startswith(f"URGENT #{topic.number} Adeyemi Photo 1: PAYMENT NOT WORKING")
    page = texted(saturday, "Priya", "ENGINEERING")
    assert page.endswith(f"(since 14:32, shoot now). Reply {topic.number}e to take it.")
    assert "Shoot now: yes, until 23:00" in topic.shows("for engineers")["text"]
    eventually(lambda: paged(saturday, "Priya"), what="Priya's telephone")

    at(saturday, SATURDAY.replace(minute=33, second=20))
    topic.taps("I take it")
    tolu.hears("You're with Lena now. Lena has everything you sent.")
    at(saturday, SATURDAY.replace(minute=35, second=40))
    topic.writes("/r Tolu, Lena here. Keep shooting: I've set the invoice to pay after the event.")
    tolu.hears("pay after the event")
    topic.writes("/next 14:50")
    tolu.hears("Next update here by 14:50.")
    at(saturday, SATURDAY.replace(minute=36, second=10))
    replies(saturday, "Priya", f"{topic.number}e")
    topic.shows("Priya has it 14:36.")

    assert mended(saturday, tolu, topic) == 1
    assert [paged(saturday, name) for name in ("Lena", "Tomas", "Marco")] == [[], [], []]


def mended(saturday: Stack, tolu: Owner, topic: Topic) -> int:
    """Priya finds the cause and mends it; how often her telephone rang for the ticket."""
    at(saturday, SATURDAY.replace(minute=45, second=1))
    asked = private(saturday, "Priya", f"#{topic.number}: one line for customers, due 14:50.")
    assert buttons(asked) == ["No change", "Found cause", "Fix is out"]
    topic.writes("found cause: our payment partner refuses requests from us", agent=CREW["Priya"][2])
    draft = topic.shows("Priya: found cause. Ready to send:")
    assert not heard(tolu, "payment partner")
    at(saturday, SATURDAY.replace(minute=49, second=30))
    taps(saturday, "Lena", GROUP, draft, "Send it")
    tolu.hears("We have found the cause: our payment partner refuses requests from us. We are working on the fix")
    assert tolu.heard()[-1].endswith("Next update here by 15:04.")

    at(saturday, SATURDAY.replace(hour=14, minute=2, second=0))
    again = private(saturday, "Priya", f"#{topic.number}: one line for customers, due 15:04.")
    taps(saturday, "Priya", CREW["Priya"][2], again, "Fix is out")
    check = topic.shows("Check that it works before the customer hears it.")
    assert buttons(check) == ["It works: send it", "Still broken"]
    assert not heard(tolu, "works again")
    at(saturday, SATURDAY.replace(hour=14, minute=4, second=2))
    taps(saturday, "Lena", GROUP, check, "It works: send it")
    assert "Does yours work again?" in tolu.hears("It works again on our side.")

    at(saturday, SATURDAY.replace(hour=14, minute=10))
    tolu.says("1")
    tolu.hears("Good to hear, Tolu.")
    eventually(lambda: "resolved" in topic.card()["text"].lower(), what="the card says resolved")
    assert not heard(tolu, "How did we handle it")
    at(saturday, SATURDAY.replace(hour=22, minute=0, second=1))
    tolu.hears("You told us it was solved. How did we handle it")
    return len(paged(saturday, "Priya"))


def paged(stack: Stack, name: str) -> list[str]:
    """Calls for a ticket, not for the roll-call that was late."""
    return [words for words in rung(stack, name) if "ticket" in words]


def replies(stack: Stack, name: str, body: str) -> None:
    said: dict[str, Any] = {"from": CREW[name][1], "to": WHATSAPP, "channel": "sms", "body": body}
    stack.sandbox.post("twilio/say", **said)


def heard(owner: Owner, words: str) -> bool:
    return any(words in text for text in owner.heard())
