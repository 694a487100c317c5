"""What becomes of the agents' group does not reach the customers, and what they say does not get lost."""

import itertools
from dataclasses import replace
from typing import Any

import pytest

from bot import groups
from bot.shell import Desk
from channels.arranging import ReopenTopic
from channels.wire import (
    OpenTopic,
    SendText,
    TransportError,
)
from models import Alarm, Delivery, Group, Topic
from tests.bot.house import CHARLIE, GROUP, LENA, House, Json
from tests.bot.test_attachments import opened_on_telegram
from tests.bot.test_watch import passes

NEW = -1002000000009
FALLBACK = "+34600000099"
BOT: Json = {"id": 123456, "is_bot": True, "first_name": "Backstop"}
CHAT: Json = {"id": GROUP, "type": "supergroup", "title": "Desk", "is_forum": True}
RIGHTS = dict.fromkeys(
    (
        *("can_be_edited", "is_anonymous", "can_manage_chat", "can_change_info", "can_delete_messages"),
        *("can_invite_users", "can_restrict_members", "can_promote_members", "can_manage_video_chats"),
        *("can_post_stories", "can_edit_stories", "can_delete_stories", "can_pin_messages"),
    ),
    True,
)


def becomes(house: House, status: str, **rights: Any) -> None:
    """Somebody changes what the bot is in the group."""
    now: Json = {"user": BOT, "status": status} | ({**RIGHTS, **rights} if status == "administrator" else {})
    now |= {"until_date": 0} if status == "kicked" else {}
    moment = int(house.clock.now().timestamp())
    old = {"user": BOT, "status": "member"}
    house.updates(
        my_chat_member={"chat": CHAT, "from": LENA, "date": moment, "old_chat_member": old, "new_chat_member": now}
    )
    house.works()


def serves(house: House, chat: int = GROUP, **content: Any) -> None:
    """A service message in the group."""
    moment = int(house.clock.now().timestamp())
    house.updates(message={"message_id": 9, "date": moment, "chat": CHAT | {"id": chat}, "from": LENA, **content})
    house.works()


def moves(house: House) -> None:
    """From now on the old id is refused with the new one, as Telegram does."""
    refusal = TransportError("the group became a supergroup", code=f"migrated:{NEW}")
    house.telegram.when(lambda call: getattr(call, "to", "") == str(GROUP), refusal, 99)


def shown_in(house: House, chat: int) -> list[str]:
    return [call.text for call in house.telegram.calls if isinstance(call, SendText) and call.to == str(chat)]


def test_a_group_that_moved_is_followed_by_itself_and_loses_no_line(house: House) -> None:
    house.opened("uploads fail")
    moves(house)

    house.says("it stops at 40%")
    house.works()

    assert house.shell.desk.group == NEW
    assert any("Tolu: it stops at 40%" in text for text in shown_in(house, NEW))
    assert [(group.chat_id, group.moved_to) for group in house.rows(Group)] == [(GROUP, NEW)]
    assert f"TELEGRAM_AGENT_CHAT_ID={NEW}" in house.one(Alarm).words


def test_the_open_tickets_get_topics_where_the_group_went_with_what_was_said(house: House) -> None:
    house.opened("uploads fail")
    house.says("it stops at 40%")
    house.works()
    serves(house, migrate_to_chat_id=NEW)

    groups.follow(house.shell)
    groups.follow(house.shell)
    house.works()

    topics = [call for call in house.telegram.calls if isinstance(call, OpenTopic) and call.to == str(NEW)]
    assert len(topics) == 1
    assert any("So far in this ticket:" in text and "it stops at 40%" in text for text in shown_in(house, NEW))
    (topic,) = house.rows(Topic)
    written = house.writes("/r Which browser?", topic.thread_id, chat=NEW)
    house.works()
    assert house.heard() == ["Which browser?"]
    assert written


def test_another_process_learns_of_the_move(house: House) -> None:
    house.opened("uploads fail")
    serves(house, migrate_to_chat_id=NEW)
    house.shell.desk.moved.clear()
    house.shell.desk.known.discard(NEW)

    groups.load(house.shell)

    assert (house.shell.desk.group, NEW in house.shell.desk.known) == (NEW, True)


def test_open_tickets_are_rebuilt_in_a_new_group_sev1_first_and_once(house: House) -> None:
    house.opened("a question about my invoice")
    house.studio("Other", "Charlie", CHARLIE)
    house.says("PAYMENT NOT WORKING", CHARLIE)
    house.works()
    shell = replace(house.shell, desk=Desk(NEW, house.shell.desk.known | {NEW}))
    again = House(shell)

    begun = [groups.rebuild(shell), groups.rebuild(shell)]
    again.works()

    assert begun == [2, 0]
    names = [call.name for call in house.telegram.calls if isinstance(call, OpenTopic) and call.to == str(NEW)]
    assert ["URGENT" in name for name in names] == [True, False]
    assert groups.rebuild(shell) == 0


def test_a_deleted_topic_is_opened_anew_with_what_was_said_in_it(house: House) -> None:
    house.opened("uploads fail")
    house.says("it stops at 40%")
    house.works()
    house.writes("the CDN again", house.topic().thread_id)
    house.works()
    gone = TransportError("the topic is gone", code="topic_gone", permanent=True)
    house.telegram.when(lambda call: getattr(call, "text", "") == "Tolu: anybody?", gone)

    house.says("anybody?")
    house.works()

    card, history, line = house.shown(house.topic().thread_id)
    assert "Why:" in card
    assert history.splitlines() == [
        "So far in this ticket:",
        "14:00 Tolu: it stops at 40%",
        "14:00 Lena (note): the CDN again",
    ]
    assert line == "Tolu: anybody?"


def test_a_topic_deleted_before_it_told_what_was_said_tells_it_once_in_the_next(house: House) -> None:
    house.opened("uploads fail")
    house.says("it stops at 40%")
    house.works()
    gone = TransportError("the topic is gone", code="topic_gone", permanent=True)
    house.telegram.when(lambda call: getattr(call, "text", "") == "Tolu: anybody?", gone)
    first = itertools.count()
    house.telegram.when(lambda call: "Why:" in getattr(call, "text", "") and next(first) == 0, gone)

    house.says("anybody?")
    house.works()

    told = [text for text in house.shown(house.topic().thread_id) if text.startswith("So far")]
    assert told == ["So far in this ticket:\n14:00 Tolu: it stops at 40%"]


def test_a_line_whose_edit_waits_when_its_topic_goes_is_in_the_history(house: House) -> None:
    thread = opened_on_telegram(house)
    line = house.texts("it stops at 40%")
    house.works()
    gone = TransportError("the topic is gone", code="topic_gone", permanent=True)
    house.telegram.when(lambda call: "edited:" in getattr(call, "text", ""), gone)

    house.edits("it stops at 80%", line)
    house.works()

    assert house.topic().thread_id != thread
    _, history, edit = house.shown(house.topic().thread_id)
    assert history.splitlines() == ["So far in this ticket:", "14:00 Pavel: it stops at 80%"]
    assert edit == "Pavel: edited: it stops at 80%"


def test_a_closed_topic_is_opened_again_by_the_next_line(house: House) -> None:
    thread = house.opened("uploads fail")
    serves(house, message_thread_id=thread, is_topic_message=True, forum_topic_closed={})

    house.says("it stops at 40%")
    house.says("and at 80%")
    house.works()

    last = house.telegram.calls[-3:]
    assert isinstance(last[0], ReopenTopic)
    assert (last[0].thread, [call.text for call in last[1:]]) == (thread, ["Tolu: it stops at 40%", "Tolu: and at 80%"])
    assert not house.heard()


def test_a_bot_that_lost_what_it_needs_raises_an_alarm_until_it_has_it_again(house: House) -> None:
    seen = []
    for status, rights in (("kicked", {}), ("member", {}), ("administrator", {"can_manage_topics": False})):
        becomes(house, status, **rights)
        seen.append(house.one(Alarm).words)
    becomes(house, "administrator", can_manage_topics=True)

    assert ["removed" in seen[0], "privacy" in seen[1], "may not manage topics" in seen[2]] == [True, True, True]
    assert house.one(Alarm).cleared_at is not None


@pytest.mark.parametrize(("status", "says"), [("kicked", "removed from"), ("member", "privacy mode")])
def test_a_bot_that_is_kicked_or_demoted_is_told_beside_the_group_and_in_it(
    house: House, status: str, says: str
) -> None:
    outside = House(replace(house.shell, alarm_to=FALLBACK))

    becomes(outside, status)

    texts = [call for call in outside.twilio.calls if isinstance(call, SendText) and call.to == FALLBACK]
    assert [says in text.text for text in texts] == [True]
    assert any(says in text for text in outside.shown(None))


OUT = "Forbidden: bot was kicked from the supergroup chat"


def test_what_a_bot_that_was_thrown_out_could_not_post_waits_and_then_goes_into_its_topic(house: House) -> None:
    thread = house.opened("uploads fail")
    house.telegram.when(lambda _: True, TransportError(OUT, permanent=True, code=OUT), 6)

    house.says("it stops at 40%")
    house.works()
    house.says("my card was refused twice", "+34600000077")
    house.works()
    for _ in range(6):
        passes(house, 15)

    assert house.shown(thread)[-1] == "Tolu: it stops at 40%"
    assert not any("it stops at 40%" in text for text in house.shown(None))
    assert house.last(Topic).thread_id is not None
    assert [row.kind for row in house.rows(Delivery) if row.state in ("queued", "failed")] == []


def test_a_ticket_whose_topic_the_bot_might_not_open_gets_one_when_it_may(house: House) -> None:
    becomes(house, "administrator", can_manage_topics=False)
    lacks = "Bad Request: not enough rights to create a topic"
    house.telegram.when(OpenTopic, TransportError(lacks, permanent=True, code=lacks))
    house.says("uploads fail")
    house.works()
    before = house.one(Topic).thread_id

    becomes(house, "administrator", can_manage_topics=True)
    thread = house.one(Topic).thread_id
    house.says("it stops at 40%")
    house.works()

    assert (before, thread is not None) == (None, True)
    assert any("#1 upload" in text for text in house.shown(None))
    assert [text for text in house.shown(thread) if "uploads fail" in text]
    assert house.shown(thread)[-1].endswith(": it stops at 40%")


def test_an_agents_answer_in_a_closed_topic_goes_out_and_the_next_line_opens_it(house: House) -> None:
    thread = house.opened("uploads fail")
    serves(house, message_thread_id=thread, is_topic_message=True, forum_topic_closed={})
    house.writes("/r Which browser?", thread)
    house.works()

    house.says("Firefox")
    house.works()

    assert house.heard() == ["Which browser?"]
    assert sum(isinstance(call, ReopenTopic) for call in house.telegram.calls) == 1
    assert house.shown(thread)[-1] == "Tolu: Firefox"


def test_service_messages_reach_no_customer(house: House) -> None:
    thread = house.opened("uploads fail")
    before = len(house.twilio.calls)

    contents: tuple[Json, ...] = (
        {"forum_topic_closed": {}},
        {"forum_topic_reopened": {}},
        {"pinned_message": {"message_id": 3, "date": 1, "chat": CHAT, "text": "x"}},
        {"new_chat_title": "Support"},
        {"new_chat_members": [LENA]},
        {"forum_topic_edited": {"name": "x"}},
    )
    for content in contents:
        serves(house, message_thread_id=thread, is_topic_message=True, **content)

    assert len(house.twilio.calls) == before
