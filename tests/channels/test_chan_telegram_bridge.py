"""What else crosses the bridge on Telegram: albums, quotes, edits, reactions, and kinds nothing else can show."""

from typing import Any

import pytest

from channels.arranging import NameTopic, ReopenTopic
from channels.telegram import Telegram
from channels.wire import (
    Delete,
    EditText,
    SendAlbum,
    SendMedia,
)
from conversations.events import DeskEdited, DeskReacted, Edited, Media, Reacted, Unused
from conversations.group_events import GroupMoved, Person, TopicClosed
from tests.channels.loopback import Provider, told
from tests.channels.test_chan_telegram_calls import DONE, SENT, refusal, refused, server, telegram
from tests.channels.test_chan_telegram_parse import (
    AGENT,
    CARMEN,
    CUSTOMER,
    FILE,
    FORUM,
    GROUP,
    LENA,
    NOON,
    PRIVATE,
    customers,
    desks,
    parsed,
)

__all__ = ["server", "telegram"]
PHOTO = [{**FILE, "width": 9, "height": 9, "file_size": 7}]
MESSAGE = {"date": NOON, "chat": {"id": 4001, "type": "private"}, "text": "x"}


def reaction(emoji: str, **more: Any) -> Any:
    new = [{"type": "emoji", "emoji": emoji}] if emoji else []
    return parsed(
        "message_reaction", **{"date": NOON, "message_id": 3, "old_reaction": [], "new_reaction": new, **more}
    )


def test_a_picture_of_an_album_names_its_album_and_its_size() -> None:
    heard = parsed(**customers(photo=PHOTO, media_group_id="G1"))

    assert heard.media == (Media("picture", "F1", "image/jpeg", size=7, album="G1"),)


@pytest.mark.parametrize(
    ("sticker", "content_type"),
    [
        ({"is_animated": False, "is_video": False}, "image/webp"),
        ({"is_animated": True, "is_video": False}, "application/x-tgsticker"),
        ({"is_animated": False, "is_video": True}, "video/webm"),
    ],
)
def test_a_stickers_type_is_told_by_its_kind(sticker: dict[str, bool], content_type: str) -> None:
    heard = parsed(**customers(sticker={**FILE, "width": 1, "height": 1, "type": "regular", **sticker}))

    assert heard.media[0].content_type == content_type


def test_a_dice_is_a_line_of_a_kind_we_cannot_show_and_a_service_message_is_none() -> None:
    dice = parsed(**customers(dice={"emoji": "🎲", "value": 4}))
    service = parsed(**customers(pinned_message=customers(text="x")))

    assert dice.media == (Media("unsupported", "", name="dice"),)
    assert isinstance(service, Unused)


def test_a_reply_of_a_customer_names_what_it_quotes() -> None:
    assert parsed(**customers(text="yes", reply_to_message=customers(text="y"))).quotes == "31"


def test_an_edit_is_the_line_as_it_now_reads() -> None:
    theirs = parsed("edited_message", **customers(text="it works", edit_date=NOON))
    agents = parsed("edited_message", **desks(text="corrected", edit_date=NOON))

    assert isinstance(theirs, Edited)
    assert (theirs.line.provider_id, theirs.line.text) == ("31", "it works")
    assert isinstance(agents, DeskEdited)
    assert (agents.said.message, agents.said.text) == (77, "corrected")


def test_a_place_that_moves_is_no_edit() -> None:
    live = customers(location={"latitude": 1.0, "longitude": 2.0, "live_period": 900}, edit_date=NOON)

    assert isinstance(parsed("edited_message", **live), Unused)


def test_a_reaction_is_the_customers_or_the_agents() -> None:
    assert reaction("👍", chat=PRIVATE, user=CUSTOMER) == Reacted("telegram", str(CARMEN), "3", "👍")
    assert reaction("", chat=PRIVATE, user=CUSTOMER) == Reacted("telegram", str(CARMEN), "3", "")
    agents = reaction("🔥", chat=FORUM, user=AGENT)
    assert isinstance(agents, DeskReacted)
    assert (agents.chat, agents.message, agents.person.name, agents.emoji) == (GROUP, 3, "Lena", "🔥")
    assert reaction("🔥", chat=FORUM, actor_chat=FORUM).person.anonymous


def test_a_reaction_of_a_kind_bots_cannot_set_has_no_emoji() -> None:
    custom = [{"type": "custom_emoji", "custom_emoji_id": "5"}]

    assert reaction("", chat=FORUM, user=AGENT, new_reaction=custom).emoji is None
    assert reaction("", chat=PRIVATE, user=CUSTOMER, new_reaction=custom).emoji is None


def test_an_album_goes_as_one_call_and_every_picture_gets_its_number(server: Provider, telegram: Telegram) -> None:
    sent = [{"message_id": number, **MESSAGE} for number in (5, 6)]
    server.answers(told(200, {"ok": True, "result": sent}))
    items = (SendMedia("-100", "picture", ref="F1", caption="two"), SendMedia("-100", "video", data=b"the film"))

    receipt = telegram.send(SendAlbum("-100", items, thread=7, reply_to=3), 1)

    assert (receipt.provider_id, receipt.others) == ("5", ("6",))
    assert server.asked[0].path.endswith("sendMediaGroup")
    assert b"the film" in server.asked[0].body
    assert b"attach://" in server.asked[0].body


def test_an_answer_is_changed_taken_away_and_quotes_what_it_answers(server: Provider, telegram: Telegram) -> None:
    server.answers(SENT)
    telegram.send(EditText("4001", 5, "a < b", html=False), 1)
    telegram.send(EditText("4001", 5, "under it", caption=True), 1)
    telegram.send(SendMedia("4001", "picture", ref="F1", reply_to=31), 1)
    changed, caption, quoted = server.asked
    server.answers(DONE)
    telegram.send(Delete("4001", 5), 1)

    assert "parse_mode" not in changed.form
    assert caption.path.endswith("editMessageCaption")
    assert "31" in quoted.form["reply_parameters"][0]
    assert server.asked[0].path.endswith("deleteMessage")


def test_what_is_gone_already_is_taken_away(server: Provider, telegram: Telegram) -> None:
    server.answers(refusal(400, "Bad Request: message to delete not found"))
    telegram.send(Delete("4001", 5), 1)
    server.answers(refusal(400, "Bad Request: message can't be deleted"))

    assert refused(telegram, Delete("4001", 5)).permanent


def test_a_topic_that_is_open_already_is_opened(server: Provider, telegram: Telegram) -> None:
    server.answers(refusal(400, "Bad Request: TOPIC_NOT_MODIFIED"))

    telegram.send(ReopenTopic("-100", 7), 1)

    assert server.asked[0].path.endswith("reopenForumTopic")


def test_a_topic_that_has_the_name_already_is_named(server: Provider, telegram: Telegram) -> None:
    server.answers(refusal(400, "Bad Request: TOPIC_NOT_MODIFIED"))

    telegram.send(NameTopic("-100", 7, "URGENT #1 payment"), 1)

    assert server.asked[0].path.endswith("editForumTopic")


@pytest.mark.parametrize(
    ("kind", "value", "event"),
    [
        ("message", desks(migrate_to_chat_id=-1009), GroupMoved(GROUP, -1009)),
        (
            "message",
            desks(forum_topic_closed={}),
            TopicClosed(GROUP, 7, closed=True, person=Person(LENA, "Lena", "lena_sv")),
        ),
        (
            "message",
            desks(forum_topic_reopened={}),
            TopicClosed(GROUP, 7, closed=False, person=Person(LENA, "Lena", "lena_sv")),
        ),
    ],
)
def test_what_becomes_of_a_group_is_heard(kind: str, value: dict[str, Any], event: object) -> None:
    assert parsed(kind, **value) == event
