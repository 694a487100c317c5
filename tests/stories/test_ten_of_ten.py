"""Ten things that lost messages in the group bots people compare us with.

Here: a burst of five lines, 20 new customers at once, an album, an edit. Elsewhere: two first messages at once and a
line doubled (test_main_road); a deleted topic (test_nothing_is_lost); a 429, a 500 and a dropped connection (F12 and
F13 in tests/faults/test_providers.py); one call for a line of a known customer (tests/bot/test_relay.py).
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.support.people import LENA, Story, Topic
from tests.support.sandbox import GROUP, eventually


class Pavel:
    """An owner who writes to the bot on Telegram."""

    def __init__(self, story: Story) -> None:
        self.story, self.user = story, 800000 + story.number
        story.owner("Pavel", "Foto Pavel", "agency", channel="telegram", address=str(self.user))

    def says(self, **what: Any) -> dict[str, Any]:
        said = self.story.stack.sandbox.post("telegram/say", chat_id=self.user, user_id=self.user, **what)
        message: dict[str, Any] = said["message"]
        return message

    def edits(self, message: dict[str, Any], text: str) -> None:
        number = message["message_id"]
        self.story.stack.sandbox.post("telegram/edit", chat_id=self.user, message_id=number, text=text)

    def chat(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.story.stack.sandbox.get(f"telegram/chats/{self.user}")["messages"]
        return found

    def hears(self, words: str) -> dict[str, Any]:
        def heard() -> dict[str, Any] | None:
            return next((message for message in self.chat() if words in str(message.get("text"))), None)

        found: dict[str, Any] = eventually(heard, what=f"Pavel hears {words!r}")
        return found

    def topic(self) -> Topic:
        return self.story.topic_of(f"Foto Pavel {self.story.number}")


def test_a_burst_of_five_lines_of_a_new_customer_is_one_topic_in_order(story: Story) -> None:
    charlie = story.stranger(f"Burst{story.number}")

    for number in range(5):
        charlie.says(f"uploads fail, line {number}")

    topic = story.topic_of(charlie.name)
    topic.shows("line 4")
    assert len(story.topics_of(charlie.name)) == 1
    assert [text[-6:] for text in topic.texts() if text.startswith(charlie.name)] == [f"line {n}" for n in range(1, 5)]


def test_twenty_new_customers_at_once_get_a_topic_each(story: Story) -> None:
    crowd = [story.stranger(f"Crowd{story.number}x{number}x") for number in range(20)]
    for number, one in enumerate(crowd):
        one.number = f"+3471{story.number:05d}{number:02d}"

    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda one: one.says("my gallery is gone"), crowd))

    assert statuses == [[200]] * 20
    for one in crowd:
        story.topic_of(one.name, 30)
        assert len(story.topics_of(one.name)) == 1


def test_an_album_stays_an_album_both_ways_and_its_last_picture_can_be_answered(story: Story) -> None:
    pavel = Pavel(story)
    pavel.says(text="uploads fail")
    topic = pavel.topic()

    pavel.says(album=["screenshot", "screenshot"], caption="both fail")
    pavel.says(text="do you see them?")

    topic.shows("do you see them?")
    pictures = [message for message in topic.messages() if "photo" in message]
    assert len(pictures) == 2
    assert len({message["media_group_id"] for message in pictures}) == 1
    assert topic.texts()[-1] == "Pavel: do you see them?"
    topic.writes("The second one is too large.", reply_to=pictures[1])
    pavel.hears("The second one is too large.")

    box = story.stack.sandbox
    album = ["screenshot", "screenshot"]
    box.post(
        "telegram/say",
        chat_id=GROUP,
        user_id=LENA,
        album=album,
        caption="/r Set it like this.",
        message_thread_id=topic.thread,
    )

    def shown() -> bool:
        ours = [message for message in pavel.chat() if "photo" in message and message["from"]["is_bot"]]
        return len(ours) == 2 and len({message.get("media_group_id") for message in ours}) == 1

    eventually(shown, what="the agents' album at the customer")


def test_an_edit_crosses_in_both_directions(story: Story) -> None:
    pavel = Pavel(story)
    pavel.says(text="uploads fail")
    topic = pavel.topic()
    line = pavel.says(text="it stops at 40%")
    topic.shows("it stops at 40%")

    pavel.edits(line, "it stops at 80%")

    shown = topic.shows("edited: it stops at 80%")
    assert "40%" in shown["reply_to_message"]["text"]
    answer = topic.writes("Try the right button.", reply_to=topic.card())
    heard = pavel.hears("Try the right button.")
    story.stack.sandbox.post(
        "telegram/edit", chat_id=GROUP, message_id=answer["message_id"], text="Try the left button."
    )
    assert pavel.hears("Try the left button.")["message_id"] == heard["message_id"]
