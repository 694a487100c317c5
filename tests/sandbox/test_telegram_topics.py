"""Forum topics: made, changed and lost, by the bot and behind its back."""

from collections.abc import Iterator
from typing import Any

import pytest
from telegram.constants import ForumIconColor
from telegram.error import BadRequest

from tests.sandbox.telegram_client import GROUP, LENA, PAVEL, TOMAS, Telegram


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_a_topic_is_made_and_written_to(telegram: Telegram) -> None:
    made = telegram.run(telegram.bot.create_forum_topic(GROUP, "Ticket 1", icon_color=ForumIconColor.RED))

    message = telegram.run(telegram.bot.send_message(GROUP, "Card", message_thread_id=made.message_thread_id))

    assert (made.name, made.icon_color) == ("Ticket 1", ForumIconColor.RED)
    assert (message.message_thread_id, message.is_topic_message) == (made.message_thread_id, True)
    assert message.reply_to_message is not None
    assert message.reply_to_message.forum_topic_created is not None


def test_the_bot_gets_the_service_messages_it_caused(telegram: Telegram) -> None:
    after = telegram.drained()

    topic = telegram.topic()
    telegram.ok("editForumTopic", chat_id=GROUP, message_thread_id=topic, name="Ticket 1 done")
    telegram.ok("closeForumTopic", chat_id=GROUP, message_thread_id=topic)

    told = [update["message"] for update in telegram.updates(offset=after)]
    assert told[0]["forum_topic_created"] == {"name": "Ticket 1", "icon_color": 7322096}
    assert told[1]["forum_topic_edited"] == {"name": "Ticket 1 done"}
    assert told[2]["forum_topic_closed"] == {}
    assert {message["from"]["id"] for message in told} == {123456}


def test_general_has_no_thread_id_and_refuses_one(sandbox: Any, telegram: Telegram) -> None:
    said = sandbox.post("telegram/say", chat_id=GROUP, user_id=TOMAS, text="Hi all")["message"]
    sent = telegram.ok("sendMessage", chat_id=GROUP, text="Hello")

    refused = telegram.refused("sendMessage", chat_id=GROUP, text="Hello", message_thread_id=1)

    assert "message_thread_id" not in said
    assert "message_thread_id" not in sent
    assert "is_topic_message" not in sent
    assert refused == "Bad Request: message thread not found"


def test_a_plain_message_of_a_person_quotes_the_topic_itself(sandbox: Any, telegram: Telegram) -> None:
    topic = telegram.topic()

    said = sandbox.post("telegram/say", chat_id=GROUP, user_id=TOMAS, text="A note", message_thread_id=topic)["message"]

    assert said["is_topic_message"] is True
    assert said["reply_to_message"]["message_id"] == topic
    assert said["reply_to_message"]["forum_topic_created"]["name"] == "Ticket 1"


def test_a_topic_deleted_behind_the_bots_back_refuses_everything(sandbox: Any, telegram: Telegram) -> None:
    topic = telegram.topic()
    sandbox.post("telegram/topics", chat_id=GROUP, message_thread_id=topic, user_id=LENA, action="delete")

    assert telegram.refused("sendMessage", chat_id=GROUP, text="x", message_thread_id=topic) == (
        "Bad Request: message thread not found"
    )
    assert telegram.refused("closeForumTopic", chat_id=GROUP, message_thread_id=topic) == "Bad Request: TOPIC_DELETED"
    assert telegram.refused("closeForumTopic", chat_id=GROUP, message_thread_id=9999) == (
        "Bad Request: TOPIC_ID_INVALID"
    )


def test_a_closed_topic_refuses_a_bot_without_the_right(sandbox: Any, telegram: Telegram) -> None:
    topic = telegram.topic()
    sandbox.post("telegram/topics", chat_id=GROUP, message_thread_id=topic, user_id=LENA, action="close")
    telegram.ok("sendMessage", chat_id=GROUP, text="as administrator", message_thread_id=topic)
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": 123456}, rights={"can_manage_topics": False})

    refused = telegram.refused("sendMessage", chat_id=GROUP, text="x", message_thread_id=topic)

    assert refused == "Bad Request: TOPIC_CLOSED"
    assert telegram.refused("createForumTopic", chat_id=GROUP, name="x") == (
        "Bad Request: not enough rights to create a topic"
    )


def test_closing_twice_changes_nothing_and_says_so(telegram: Telegram) -> None:
    topic = telegram.topic()
    telegram.ok("closeForumTopic", chat_id=GROUP, message_thread_id=topic)

    with pytest.raises(BadRequest, match="Topic_not_modified"):
        telegram.run(telegram.bot.close_forum_topic(GROUP, topic))

    telegram.ok("reopenForumTopic", chat_id=GROUP, message_thread_id=topic)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"name": ""}, "Bad Request: TOPIC_TITLE_EMPTY"),
        ({"name": "x" * 129}, "Bad Request: TOPIC_TITLE_TOO_LONG"),
        ({"name": "x", "icon_color": 5}, "Bad Request: TOPIC_ICON_COLOR_INVALID"),
        ({"name": "x", "icon_custom_emoji_id": "7"}, "Bad Request: DOCUMENT_INVALID"),
        ({"name": "x", "chat_id": PAVEL}, "Bad Request: the chat is not a forum"),
    ],
)
def test_a_wrong_topic_is_refused(telegram: Telegram, params: dict[str, Any], said: str) -> None:
    assert telegram.refused("createForumTopic", **{"chat_id": GROUP} | params) == said


def test_an_icon_comes_from_the_list_and_an_empty_one_removes_it(telegram: Telegram) -> None:
    icon = telegram.run(telegram.bot.get_forum_topic_icon_stickers())[0].custom_emoji_id
    topic = telegram.ok("createForumTopic", chat_id=GROUP, name="x", icon_custom_emoji_id=icon)

    telegram.ok("editForumTopic", chat_id=GROUP, message_thread_id=topic["message_thread_id"], icon_custom_emoji_id="")

    told = telegram.updates()[-1]["message"]["forum_topic_edited"]
    assert topic["icon_custom_emoji_id"] == icon
    assert told == {"icon_custom_emoji_id": ""}


def test_general_is_renamed_closed_and_hidden(telegram: Telegram) -> None:
    bot = telegram.bot

    telegram.run(bot.edit_general_forum_topic(GROUP, "Lobby"))
    telegram.run(bot.close_general_forum_topic(GROUP))
    telegram.run(bot.reopen_general_forum_topic(GROUP))
    telegram.run(bot.hide_general_forum_topic(GROUP))
    telegram.run(bot.unhide_general_forum_topic(GROUP))

    kinds = [kind for update in telegram.updates() for kind in update["message"] if "forum" in kind]
    assert kinds == [
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
    ]


def test_a_people_made_topic_is_told_to_the_bot(sandbox: Any, telegram: Telegram) -> None:
    after = telegram.drained()

    made = sandbox.post("telegram/topics", chat_id=GROUP, user_id=LENA, action="create", name="Lunch")
    sandbox.post(
        "telegram/topics",
        chat_id=GROUP,
        user_id=LENA,
        action="edit",
        name="Dinner",
        message_thread_id=made["message_thread_id"],
    )

    told = [update["message"] for update in telegram.updates(offset=after)]
    assert told[0]["from"]["id"] == LENA
    assert told[1]["forum_topic_edited"] == {"name": "Dinner"}


def test_deleting_a_topic_takes_its_messages(sandbox: Any, telegram: Telegram) -> None:
    topic = telegram.topic()
    telegram.ok("sendMessage", chat_id=GROUP, text="Card", message_thread_id=topic)

    telegram.ok("deleteForumTopic", chat_id=GROUP, message_thread_id=topic)

    left = [(one["message_thread_id"], one["messages"]) for one in sandbox.get(f"telegram/chats/{GROUP}")["topics"]]
    assert left == [(1, [])]
