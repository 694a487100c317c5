"""Several studios report the same outage (script 2.6): one incident, one card, one page, each studio by itself."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.databases import fresh
from tests.support.people import LENA, Owner, Story
from tests.support.sandbox import GROUP, eventually
from tests.support.stack import Stack, standing

Json = dict[str, Any]
PRIYAS = "+34600000514"
ROTA = f'[[person]]\nname = "Priya"\nroles = ["primary", "engineer"]\nphone = "{PRIYAS}"\nverified = true\n'
FIRST = (
    "Galleries don't load right now, for you and other studios. It's our side; your photos are safe. "
    "Engineers are on it. You can still upload and shoot as normal."
)


@pytest.fixture
def saturday(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp(f"incident-{database_kind}")
    quick: Json = {"telegram": {"flood_limits": False}}
    with standing(directory, fresh(database_kind, directory), quick, bursts=("1 s", "3 s")) as stack:
        file = directory / "rota.toml"
        file.write_text(ROTA)
        stack.flask("oncall", "import", str(file))
        yield stack


def general(story: Story) -> list[Json]:
    (found,) = [topic for topic in story.group()["topics"] if topic["message_thread_id"] == 1]
    messages: list[Json] = found["messages"]
    return messages


def card(story: Story, words: str, seconds: float = 20) -> Json:
    """Waits until the incident's card says so."""

    def found() -> Json | None:
        return next((one for one in general(story) if words in one.get("text", "") and "🔥" in one["text"]), None)

    shown: Json = eventually(
        found, seconds, f"a card with {words!r}; there is {[m.get('text') for m in general(story)]}"
    )
    return shown


def asks(story: Story, words: str) -> None:
    story.stack.sandbox.post("telegram/say", chat_id=GROUP, user_id=LENA, text=f"/incident {words}")


def texts(stack: Stack) -> list[str]:
    found = stack.sandbox.get("twilio/messages", address=PRIYAS)["messages"]
    return [message["body"] for message in found if message["direction"] != "inbound"]


def test_three_studios_one_outage_from_the_first_words_to_the_all_clear(saturday: Stack) -> None:
    story = Story(saturday, 1)
    ben, ines, kofi = (
        Story(saturday, number).owner(name, f"{name} Photo", "pro", channel=channel)
        for number, name, channel in ((1, "Ben", "whatsapp"), (2, "Ines", "whatsapp"), (3, "Kofi", "sms"))
    )
    ben.says("galleries don't load for my clients")
    ines.says("all my galleries are blank")
    kofi.says("gallery 502?")

    proposed = card(story, "Looks like ONE incident: delivery: galleries")
    assert [row["text"] for line in proposed["reply_markup"]["inline_keyboard"] for row in line] == [
        "Group, SEV1",
        "Group, SEV2",
        "Not the same",
    ]
    for owner in (ben, ines, kofi):
        owner.hears("A person answers by")
    saturday.sandbox.post(
        "telegram/tap", chat_id=GROUP, message_id=proposed["message_id"], user_id=LENA, text="Group, SEV1"
    )
    grouped = card(story, "SEV1, by Lena")
    assert grouped["message_id"] == proposed["message_id"]
    eventually(lambda: texts(saturday), 15, "one page")

    asks(story, f"1 status 15m {FIRST}")
    told = {owner.name: owner.hears(FIRST) for owner in (ben, ines, kofi)}
    assert all("Next update here by" in text for text in told.values())

    olga = Story(saturday, 4).owner("Olga", "Olga Photo", "pro")
    olga.says("my client can't open the gallery")
    assert olga.hears("Is it the same for you?").startswith('Thanks, Olga: "my client can\'t open the gallery".')
    olga.says("Yes, the same")
    olga.hears("Then you're on the list, Olga: you get each update here, the next by")
    card(story, "4 studios, 4 tickets")

    asks(story, "1 clear Most galleries open again since 11:54. We watch it until 12:30.")
    for owner in (ben, ines, kofi, olga):
        owner.hears("We watch it until 12:30. Does yours work again?")
    ines.says("2")
    ines.hears("Thanks, Ines. We look at yours now, on its own: a person writes by")
    story.topics_of("Ines")[0].shows("has left I-1 (still not)")
    olga.says("1")
    olga.hears("Good to hear.")

    asks(story, "1 close ours All clear at 12:30. No photos lost, no orders lost.")
    for owner in (ben, kofi):
        owner.hears("All clear at 12:30. No photos lost, no orders lost.")
        owner.hears("Was it solved?")
    card(story, "over")
    assert "All clear" not in str([*ines.heard(), *olga.heard()])
    assert once(FIRST, ben, ines, kofi) == [1, 1, 1]
    assert len([text for text in texts(saturday) if text.startswith("URGENT")]) == 1


def once(words: str, *owners: Owner) -> list[int]:
    return [sum(words in text for text in owner.heard()) for owner in owners]
