"""A worker that is stopped and a topic that is deleted lose nothing; tests/faults has what is not so orderly."""

import time

from tests.support.people import LENA, Story
from tests.support.sandbox import GROUP


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
