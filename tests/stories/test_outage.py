"""The web process was down: what was written meanwhile is found in Twilio's own list (script 2.17)."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from models import Watermark
from tests.support.databases import fresh
from tests.support.people import Story
from tests.support.sandbox import eventually
from tests.support.stack import Stack, standing

SATURDAY = datetime(2026, 11, 28, 14, 2, tzinfo=UTC)


@pytest.fixture
def rehearsal(database_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    directory = tmp_path_factory.mktemp(f"outage-{database_kind}")
    clock = directory / "clock.json"
    now = datetime.now(UTC)
    clock.write_text(json.dumps({"real": now.isoformat(), "shows": SATURDAY.isoformat(), "rate": 1.0}))
    with standing(directory, fresh(database_kind, directory), CLOCK_FILE=str(clock), RECONCILE_SECONDS="1") as stack:
        eventually(lambda: compared(stack), 20, "the first comparison: what was written before it counts as known")
        yield stack


def compared(stack: Stack) -> bool:
    with stack.shell() as shell, shell.db.reading() as session:
        return session.get(Watermark, "twilio") is not None


def test_lines_written_while_the_web_was_down_are_found_once_and_owned_up_to_once(rehearsal: Stack) -> None:
    story = Story(rehearsal, 1)
    owner = story.owner("Mia", "Studio Mia", "agency")
    tolu = Story(rehearsal, 2).owner("Tolu", "Adeyemi Photo", "agency")
    rehearsal.stop("web")
    for body, media in (("uploads fail since noon", []), ("this is what I see", ["screenshot"])):
        assert owner.says(body, media=media) == [None]
    assert tolu.says("nobody of us can log in, the whole team is locked out") == [None]

    rehearsal.sandbox.post("clock", shows=(SATURDAY + timedelta(minutes=29)).isoformat(), rate=1.0)
    rehearsal.start_web()

    topic = story.topic_of("Studio Mia 1", 20)
    assert "Recovered: written 15:02, found 15:31 after an outage" in topic.card()["text"]
    topic.shows("(written 15:02, found 15:31 after an outage):\nthis is what I see")
    eventually(lambda: any("photo" in message for message in topic.messages()), 10, "the picture")
    told = owner.hears("reached us only at 15:31, our fault")
    assert told.startswith('Your message from 15:02 reached us only at 15:31, our fault: "uploads fail since noon"')
    late = tolu.hears("reached us only at 15:31, our fault")
    assert late.endswith("A person answers by 15:46.")
    assert "SEV1" in Story(rehearsal, 2).topic_of("Adeyemi Photo 2").card()["text"]
    general = next(one for one in story.group()["topics"] if one["message_thread_id"] == 1)
    assert "3 messages of customers were found in Twilio's own list" in str(general["messages"])
    shown = json.loads(rehearsal.flask("tickets", "show", str(topic.number), "--json"))
    assert len(rehearsal.flask("tickets", "list").splitlines()) == 2
    assert [said["text"] for said in shown["messages"] if said["author"] == "customer"] == [
        "uploads fail since noon",
        "this is what I see",
    ]
    assert (owner.heard(), tolu.heard()) == ([told], [late])
