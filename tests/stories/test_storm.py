"""Twenty-five studios at once, Telegram's limits on: SEV1 at once, one digest, and Telegram never says "too many"."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.databases import fresh
from tests.support.people import LENA, Story
from tests.support.sandbox import GROUP, eventually
from tests.support.stack import SHIPPED, standing

URGENT = "PAYMENT NOT WORKING, card failed twice"


def texts(story: Story) -> list[dict[str, Any]]:
    """Every message of General as it is now."""
    (general,) = [topic for topic in story.group()["topics"] if topic["message_thread_id"] == 1]
    found: list[dict[str, Any]] = general["messages"]
    return found


def digests(story: Story) -> list[dict[str, Any]]:
    return [one for one in texts(story) if "wait for a topic" in one.get("text", "")]


def seconds_to_card(story: Story) -> float:
    """From Zoe's words to her card, as the providers have it: what these tests wait for is no part of it."""
    told = [entry for entry in story.stack.sandbox.ledger() if URGENT in str(entry["request"])]
    written = next(entry for entry in told if entry["flow"] == "person")
    card = next(entry for entry in told if entry["action"] == "sendMessage" and entry["outcome"] == 200)
    return (datetime.fromisoformat(card["real"]) - datetime.fromisoformat(written["real"])).total_seconds()


def test_a_storm_is_one_digest_and_no_call_too_many(tmp_path: Path, database_kind: str) -> None:
    with standing(tmp_path, fresh(database_kind, tmp_path), None, SHIPPED) as stack:
        stack.start_worker("second")  # one bucket for both
        story = Story(stack, 1)
        crowd = [Story(stack, number).stranger(f"Studio{number}") for number in range(1, 26)]

        with ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda owner: owner.says("my gallery colours look a bit odd"), crowd))
        Story(stack, 99).stranger("Zoe").says(URGENT)

        urgent = story.topic_of("Zoe")
        assert "URGENT" in urgent.name
        assert seconds_to_card(story) <= 3
        digest = eventually(
            lambda: next((one for one in texts(story) if "wait for a topic" in one.get("text", "")), None), 10
        )
        waiting = digest["reply_markup"]["inline_keyboard"][0][0]["text"]
        tap = stack.sandbox.post(
            "telegram/tap", chat_id=GROUP, message_id=digest["message_id"], user_id=LENA, text=waiting
        )
        told = eventually(lambda: stack.sandbox.get(f"telegram/taps/{tap['callback_query_id']}")["answer"])
        assert told["text"].startswith(waiting.removeprefix("Open ") + " opens n")
        calls = stack.sandbox.ledger(provider="telegram", flow="call")
        assert [call["action"] for call in calls if call["outcome"] == 429] == []
        assert len(digests(story)) == 1
