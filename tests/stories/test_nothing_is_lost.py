"""One HTTP 500, one 429, one dropped connection, a killed worker: every line arrives, and once."""

import signal
import time
from typing import Any

import pytest

from tests.support.people import LENA, Story
from tests.support.sandbox import GROUP, eventually

GROUP_SEND = {"provider": "telegram", "method": "sendMessage", "destination": str(GROUP)}


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "status", "status": 500},
        {"action": "status", "status": 429, "retry_after": 1},
        {"action": "drop_before"},
    ],
    ids=["500", "429", "dropped"],
)
def test_a_line_survives_a_fault_at_telegram(story: Story, fault: dict[str, Any]) -> None:
    owner = story.owner("Ana", "Reis", "pro")
    owner.says("uploads fail")
    topic = story.topic_of(f"Reis {story.number}")
    story.stack.sandbox.post("faults", **fault, **GROUP_SEND)

    owner.says("first after the fault")
    owner.says("second after the fault")

    topic.shows("second after the fault", 20)
    relayed = [text for text in topic.texts() if "after the fault" in text]
    assert relayed == ["Ana: first after the fault", "Ana: second after the fault"]


def test_an_answer_whose_acceptance_was_never_told_is_looked_up_and_not_sent_twice(story: Story) -> None:
    owner = story.owner("Kim", "Lund", "pro")
    owner.says("booking page is blank")
    topic = story.topic_of(f"Lund {story.number}")
    owner.hears("A person answers by", 25)
    dropped = {"action": "drop_after_accept", "provider": "twilio", "method": "Messages.create"}
    story.stack.sandbox.post("faults", **dropped, destination=f"whatsapp:{owner.number}")

    reply = topic.writes("/r Kim, Lena here. Looking now.")

    eventually(lambda: topic.reaction(reply) == "👌", 20, "the reply shows as delivered")
    assert owner.heard().count("Kim, Lena here. Looking now.") == 1


def test_a_killed_worker_loses_nothing(story: Story) -> None:
    owner = story.owner("Eva", "Novak", "agency")
    owner.says("galleries do not load")
    topic = story.topic_of(f"Novak {story.number}")

    story.stack.stop("worker", signal.SIGKILL)
    for number in range(5):
        assert owner.says(f"while you were gone {number}") == [200]
    story.stack.start_worker()

    topic.shows("while you were gone 4", 40)
    relayed = [text for text in topic.texts() if "while you were gone" in text]
    assert relayed == [f"Eva: while you were gone {number}" for number in range(5)]


def test_a_stopped_worker_finishes_and_leaves_cleanly(story: Story) -> None:
    began = time.monotonic()

    code = story.stack.stop("worker")
    took = time.monotonic() - began
    story.stack.start_worker()

    assert code == 0
    assert took < 20


def test_a_deleted_topic_is_opened_anew_with_the_lines_that_waited(story: Story) -> None:
    owner = story.owner("Olga", "Weiss", "agency")
    owner.says("galleries do not load")
    gone = story.topic_of(f"Weiss {story.number}")
    story.stack.sandbox.post(
        "telegram/topics", chat_id=GROUP, message_thread_id=gone.thread, user_id=LENA, action="delete"
    )

    owner.says("line one")
    owner.says("line two")

    topic = story.topic_of(f"Weiss {story.number}", 30)
    topic.shows("line two", 30)
    assert topic.thread != gone.thread
    assert [text for text in topic.texts() if text.startswith("Olga: line")] == ["Olga: line one", "Olga: line two"]
    topic.writes("Olga, Lena here.", reply_to=topic.card())
    owner.hears("Olga, Lena here.")


def test_a_refused_topic_line_goes_to_the_group_under_its_number(story: Story) -> None:
    owner = story.owner("Hana", "Sato", "agency")
    owner.says("galleries do not load")
    topic = story.topic_of(f"Sato {story.number}")
    story.stack.sandbox.post("faults", action="status", status=400, **GROUP_SEND)

    owner.says("still here, anybody?")

    def general() -> bool:
        root = next(one for one in story.group()["topics"] if one["name"] == "General")
        texts = [str(message.get("text")) for message in root["messages"]]
        return any(text == f"#{topic.number} Hana: still here, anybody?" for text in texts)

    eventually(general, 20, "the line in the group itself")
