"""The group's overview stays pinned and true, and what we say in General survives its being closed or hidden."""

from typing import Any

from tests.support.people import LENA, Story
from tests.support.sandbox import GROUP, eventually

BOT = {"id": 123456}


def general(story: Story) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = next(one for one in story.group()["topics"] if one["name"] == "General")["messages"]
    return found


def overview(story: Story, words: str) -> dict[str, Any]:
    """Waits for the pinned message to hold these words."""

    def found() -> dict[str, Any] | None:
        pinned = story.group()["pinned"]
        return next((one for one in general(story) if one["message_id"] in pinned and words in one["text"]), None)

    told: dict[str, Any] = eventually(found, 20, f"the overview says {words!r}")
    return told


def test_the_overview_is_kept_true_and_made_anew_when_somebody_deletes_it(story: Story) -> None:
    story.owner("Ana", "Reis", "pro").says("uploads fail")
    topic = story.topic_of(f"Reis {story.number}")

    first = overview(story, f"#{topic.number} ")
    story.stack.sandbox.post("telegram/delete", chat_id=GROUP, message_id=first["message_id"])
    topic.resolves()

    second = overview(story, "on duty")
    assert f"#{topic.number} " not in second["text"]
    assert second["message_id"] != first["message_id"]


def test_an_alarm_waits_for_a_closed_general_topic_and_comes_when_it_is_open(story: Story) -> None:
    box, place = story.stack.sandbox, {"chat_id": GROUP, "message_thread_id": 1, "user_id": LENA}
    box.post("telegram/topics", action="close", **place)
    weak = {"can_manage_topics": False, "can_pin_messages": True}
    before = box.last
    box.post("telegram/members", chat_id=GROUP, user=BOT, status="administrator", rights=weak)
    refused = eventually(lambda: [one for one in box.ledger(before, flow="call") if "TOPIC_CLOSED" in str(one)])

    box.post("telegram/topics", action="reopen", **place)

    eventually(lambda: [one for one in general(story) if "may not manage topics" in str(one.get("text"))])
    box.post("telegram/members", chat_id=GROUP, user=BOT, status="administrator", rights={"can_manage_topics": True})
    eventually(lambda: [one for one in general(story) if "Over: Backstop may do" in str(one.get("text"))])
    assert refused
