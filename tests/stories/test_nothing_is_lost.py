"""A worker that is stopped and a topic that is deleted lose nothing; tests/faults has what is not so orderly."""

import signal
import time

from sqlalchemy import create_engine, select

from models import Delivery
from tests.support.people import LENA, Story
from tests.support.sandbox import GROUP, eventually


def test_a_stopped_worker_finishes_and_leaves_cleanly(story: Story) -> None:
    began = time.monotonic()

    code = story.stack.stop("worker")
    took = time.monotonic() - began
    story.stack.start_worker()

    assert code == 0
    assert took < 20


def test_a_worker_told_to_stop_ends_the_call_under_way_and_begins_nothing_new(story: Story) -> None:
    owner = story.owner("Mara", "Lind", "agency")
    owner.says("galleries do not load")
    topic = story.topic_of(f"Lind {story.number}")
    owner.hears("A person answers by")
    box, worker = story.stack.sandbox, story.stack.processes.pop("worker")
    before = box.last
    box.post("faults", action="latency", provider="twilio", method="Messages.create", seconds=2.5)
    reply = topic.writes("/r Lena answers slowly")
    eventually(lambda: box.ledger(before, flow="fault"), what="the slow call is under way")
    time.sleep(0.5)  # the card has its edit

    signalled = box.last
    worker.send_signal(signal.SIGTERM)
    owner.says("said after the signal")
    code = worker.wait(20)
    calls = [(one["action"], one["outcome"]) for one in box.ledger(signalled, flow="call")]
    states = states_of(story, "Lena answers slowly")
    story.stack.start_worker()

    assert code == 0
    assert calls == [("Messages.create", 201)]
    assert states == ["accepted"]
    topic.shows("said after the signal")
    eventually(lambda: topic.reaction(reply) in ("👀", "👌"), what="the tick of the answer")
    assert owner.heard().count("Lena answers slowly") == 1


def states_of(story: Story, words: str) -> list[str]:
    """The states of the rows that carry these words, while nobody works."""
    engine = create_engine(story.stack.environment["DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        rows = connection.execute(select(Delivery.payload, Delivery.state).where(Delivery.kind == "SendText"))
        found = [state for payload, state in rows if payload["text"] == words]
    engine.dispose()
    return found


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
