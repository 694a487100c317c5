"""People write, tap, react, come and go; the bot hears what Telegram would let it hear."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from telegram.error import BadRequest, ChatMigrated, Forbidden

from tests.sandbox.telegram_client import GROUP, LENA, PAVEL, TOMAS, Telegram, judge

BUTTONS = {
    "inline_keyboard": [[{"text": "I take it", "callback_data": "v1:take:7"}, {"text": "Help", "url": "https://x.io"}]]
}
BASIC = -4001
WITH_BASIC_GROUP = {
    "telegram": {
        "chats": [
            {
                "id": BASIC,
                "type": "group",
                "title": "Crew",
                "members": [{"id": LENA, "first_name": "Lena", "status": "creator"}],
            }
        ]
    }
}


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_a_strangers_first_message_opens_a_private_chat(sandbox: Any, telegram: Telegram) -> None:
    after = telegram.drained()

    sandbox.post(
        "telegram/say", chat_id=777, user_id=777, first_name="Ida", text="/start hello@studio.example +34600000001"
    )

    update = judge(telegram.updates(offset=after)[-1])
    assert update.message is not None
    assert [entity.type for entity in update.message.entities or []] == ["bot_command", "email", "phone_number"]
    assert telegram.ok("sendMessage", chat_id=777, text="Hi")["chat"]["first_name"] == "Ida"


def test_an_edit_is_an_edited_message_with_its_date(sandbox: Any, telegram: Telegram) -> None:
    said = sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, text="Helo")["message"]
    after = telegram.drained()

    sandbox.post("telegram/edit", chat_id=PAVEL, message_id=said["message_id"], text="Hello")

    update = telegram.updates(offset=after)[-1]
    assert update["edited_message"]["text"] == "Hello"
    assert update["edited_message"]["edit_date"] >= said["date"]


def test_a_tap_is_answered_once(sandbox: Any, telegram: Telegram) -> None:
    message = telegram.ok("sendMessage", chat_id=GROUP, text="Card", reply_markup=BUTTONS)["message_id"]
    after = telegram.drained()
    tap = sandbox.post("telegram/tap", chat_id=GROUP, message_id=message, user_id=TOMAS, text="I take it")

    query = judge(telegram.updates(offset=after)[-1]).callback_query
    before = sandbox.get(f"telegram/taps/{tap['callback_query_id']}")
    telegram.run(telegram.bot.answer_callback_query(tap["callback_query_id"], "Yours", show_alert=True))
    with pytest.raises(BadRequest, match="uery is too old and response timeout expired or query id is invalid"):
        telegram.run(telegram.bot.answer_callback_query(tap["callback_query_id"], "Again"))

    assert query is not None
    assert (query.data, query.from_user.id) == ("v1:take:7", TOMAS)
    assert before == {"answer": None}
    assert sandbox.get(f"telegram/taps/{tap['callback_query_id']}")["answer"]["text"] == "Yours"


def test_a_tap_on_a_missing_button_is_refused_with_the_buttons_there_are(sandbox: Any, telegram: Telegram) -> None:
    message = telegram.ok("sendMessage", chat_id=GROUP, text="Card", reply_markup=BUTTONS)["message_id"]
    body = {"chat_id": GROUP, "message_id": message, "user_id": TOMAS, "data": "v1:other"}

    answer = requests.post(f"{sandbox.base}/sandbox/telegram/tap", json=body, timeout=5)

    assert answer.status_code == 400
    assert "I take it" in answer.json()["error"]


def test_a_callback_query_is_too_old_after_150_seconds(start_sandbox: Any, tmp_path: Any) -> None:
    own = start_sandbox(None, "--clock", str(tmp_path / "clock.json"))
    own.post("clock", shows="2026-11-28T13:00:00+00:00")
    with Telegram(own.base) as telegram:
        message = telegram.ok("sendMessage", chat_id=GROUP, text="Card", reply_markup=BUTTONS)["message_id"]
        tap = own.post("telegram/tap", chat_id=GROUP, message_id=message, user_id=TOMAS, data="v1:take:7")
        own.post("clock", shows="2026-11-28T13:02:31+00:00")

        said = telegram.refused("answerCallbackQuery", callback_query_id=tap["callback_query_id"])
        kinds = [kind for update in telegram.updates() for kind in update]

    assert said == "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert "callback_query" not in kinds


def test_a_reaction_must_be_asked_for(sandbox: Any, telegram: Telegram) -> None:
    message = telegram.ok("sendMessage", chat_id=GROUP, text="Card")["message_id"]
    unasked = sandbox.post("telegram/react", chat_id=GROUP, message_id=message, user_id=TOMAS, emoji="👍")
    after = telegram.drained("message", "message_reaction")

    sandbox.post("telegram/react", chat_id=GROUP, message_id=message, user_id=TOMAS, emoji="👌")

    reaction = judge(telegram.updates(offset=after)[-1]).message_reaction
    assert unasked == {"update_id": None}
    assert reaction is not None
    assert [one.model_dump()["emoji"] for one in reaction.old_reaction] == ["👍"]
    assert [one.model_dump()["emoji"] for one in reaction.new_reaction] == ["👌"]


def test_a_bot_in_privacy_mode_hears_only_commands_and_replies(sandbox: Any, telegram: Telegram) -> None:
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": 123456}, status="member")
    card = telegram.ok("sendMessage", chat_id=GROUP, text="Card")["message_id"]

    def say(text: str, **more: Any) -> Any:
        return sandbox.post("telegram/say", chat_id=GROUP, user_id=TOMAS, text=text, **more)["update_id"]

    assert say("just talking") is None
    assert say("/queue@other_bot") is None
    assert say("/queue") is not None
    assert say("/queue@backstop_sandbox_bot now") is not None
    assert say("a reply", reply_to_message_id=card) is not None


def test_an_anonymous_administrator_writes_as_the_group(sandbox: Any, telegram: Telegram) -> None:
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": LENA}, is_anonymous=True, custom_title="Lead")
    after = telegram.drained()

    sandbox.post("telegram/say", chat_id=GROUP, user_id=LENA, text="From nobody")

    message = judge(telegram.updates(offset=after)[-1]).message
    assert message is not None
    assert message.from_user is not None
    assert message.sender_chat is not None
    assert message.from_user.username == "GroupAnonymousBot"
    assert (message.sender_chat.id, message.author_signature) == (GROUP, "Lead")


def test_somebody_joins_and_leaves(sandbox: Any, telegram: Telegram) -> None:
    after = telegram.drained("message", "chat_member")

    sandbox.post("telegram/members", chat_id=GROUP, user={"id": 503, "first_name": "Mia"}, status="member")
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": 503}, status="left")

    updates = telegram.updates(offset=after)
    kinds = [next(kind for kind in update if kind != "update_id") for update in updates]
    assert kinds == ["message", "chat_member", "message", "chat_member"]
    assert updates[0]["message"]["new_chat_members"][0]["first_name"] == "Mia"
    assert updates[3]["chat_member"]["new_chat_member"]["status"] == "left"
    for update in updates:
        judge(update)


def test_a_kicked_bot_is_told_and_then_forbidden(sandbox: Any, telegram: Telegram) -> None:
    after = telegram.drained()

    sandbox.post("telegram/members", chat_id=GROUP, user={"id": 123456}, status="kicked")

    with pytest.raises(Forbidden, match="bot was kicked from the supergroup chat"):
        telegram.run(telegram.bot.send_message(GROUP, "Hello?"))
    updates = telegram.updates(offset=after)
    assert judge(updates[-1]).my_chat_member is not None
    assert updates[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"


def test_a_group_that_moves_says_where_to(start_sandbox: Any) -> None:
    own = start_sandbox(WITH_BASIC_GROUP)
    with Telegram(own.base) as telegram:
        new = own.post("telegram/migrate", chat_id=BASIC, is_forum=True)["chat_id"]

        with pytest.raises(ChatMigrated) as moved:
            telegram.run(telegram.bot.send_message(BASIC, "Hello?"))

        updates = telegram.updates()
        assert moved.value.new_chat_id == new
        assert [update["message"].get("migrate_to_chat_id") for update in updates] == [new, None]
        assert updates[1]["message"]["migrate_from_chat_id"] == BASIC
        assert judge(updates[0]).message is not None
        assert telegram.ok("createForumTopic", chat_id=new, name="Ticket 1")["message_thread_id"] > 1


@pytest.mark.parametrize(
    "what",
    [
        {"photo": "screenshot", "caption": "Look @lena"},
        {"voice": "voice"},
        {"video": "video"},
        {"document": "document"},
        {"audio": "audio"},
        {"sticker": "sticker"},
        {"animation": "video"},
        {"video_note": "video"},
        {"location": {"latitude": 41.4, "longitude": 2.2}},
        {"contact": {"phone_number": "+34600000001", "first_name": "Tolu"}},
        {"album": ["screenshot", "photo"], "caption": "Two"},
        {"text": "see https://studiovault.example/help and #billing", "quote": "see"},
    ],
)
def test_whatever_people_send_aiogram_knows_every_field(sandbox: Any, telegram: Telegram, what: Any) -> None:
    after = telegram.drained()

    sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, **what)

    updates = telegram.updates(offset=after)
    assert len(updates) == len(what.get("album", [1]))
    for update in updates:
        judge(update)


def test_an_album_comes_as_one_update_per_item(sandbox: Any, telegram: Telegram) -> None:
    after = telegram.drained()

    sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, album=["screenshot", "photo", "video"], caption="Three")

    messages = [update["message"] for update in telegram.updates(offset=after)]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["Three", None, None]


def test_any_update_can_be_queued_unchecked(sandbox: Any, telegram: Telegram) -> None:
    after = telegram.drained()

    sandbox.post("telegram/update", update={"update_id": 5, "message": {"odd": True}})

    update = telegram.updates(offset=after)[-1]
    assert update["message"] == {"odd": True}
    assert update["update_id"] > 5
