"""Texts, edits, deletions, reactions and pins, with Telegram's refusals word for word."""

from collections.abc import Iterator
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, ReplyParameters
from telegram.error import BadRequest, Forbidden

from tests.sandbox.telegram_client import GROUP, LENA, PAVEL, TOMAS, Telegram

BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("I take it", callback_data="v1:take:7")]])


@pytest.fixture(scope="module")
def client(sandbox_process: Any) -> Iterator[Telegram]:
    with Telegram(sandbox_process.base) as client:
        yield client


@pytest.fixture
def telegram(sandbox: Any, client: Telegram) -> Telegram:
    return client


def test_a_text_with_html_and_buttons_comes_back_as_a_message(telegram: Telegram) -> None:
    work = telegram.bot.send_message(PAVEL, "<b>Hello</b> 🎉 there", parse_mode="HTML", reply_markup=BUTTONS)

    message = telegram.run(work)

    assert (message.text, message.chat.id) == ("Hello 🎉 there", PAVEL)
    assert [(e.type, e.offset, e.length) for e in message.entities] == [("bold", 0, 5)]
    assert message.reply_markup == BUTTONS
    assert not message.api_kwargs


def test_a_reply_carries_the_message_and_its_quote(sandbox: Any, telegram: Telegram) -> None:
    asked = sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, text="My upload hangs")["message"]
    reply = ReplyParameters(asked["message_id"], quote="upload")

    message = telegram.run(telegram.bot.send_message(PAVEL, "Which one?", reply_parameters=reply))

    assert message.reply_to_message is not None
    assert message.reply_to_message.text == "My upload hangs"
    assert message.quote is not None
    assert (message.quote.text, message.quote.position) == ("upload", 3)


def test_a_reply_to_nothing_is_refused_unless_allowed(telegram: Telegram) -> None:
    nothing: dict[str, Any] = {"message_id": 99999}
    said = telegram.refused("sendMessage", chat_id=PAVEL, text="Hi", reply_parameters=nothing)

    sent = telegram.ok(
        "sendMessage", chat_id=PAVEL, text="Hi", reply_parameters=nothing | {"allow_sending_without_reply": True}
    )

    assert said == "Bad Request: message to be replied not found"
    assert "reply_to_message" not in sent


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"text": ""}, "Bad Request: message text is empty"),
        ({"text": "   "}, "Bad Request: text must be non-empty"),
        ({"text": "x" * 4097}, "Bad Request: message is too long"),
        ({"text": "Hi", "chat_id": 77}, "Bad Request: chat not found"),
        ({"text": "Hi", "chat_id": ""}, "Bad Request: chat_id is empty"),
        ({"text": "Hi", "chat_id": LENA}, "Forbidden: bot can't initiate conversation with a user"),
        ({"text": "Hi", "parse_mode": "BBCode"}, "Bad Request: unsupported parse_mode"),
        ({"text": "Hi", "reply_markup": "{"}, "Bad Request: can't parse reply keyboard markup JSON object"),
    ],
)
def test_a_wrong_text_is_refused_in_telegrams_words(telegram: Telegram, params: dict[str, Any], said: str) -> None:
    assert telegram.refused("sendMessage", **{"chat_id": PAVEL} | params) == said


def test_callback_data_is_counted_in_bytes(telegram: Telegram) -> None:
    fits = {"inline_keyboard": [[{"text": "ok", "callback_data": "é" * 32}]]}
    too_long = {"inline_keyboard": [[{"text": "ok", "callback_data": "é" * 33}]]}

    telegram.ok("sendMessage", chat_id=PAVEL, text="Hi", reply_markup=fits)

    assert telegram.refused("sendMessage", chat_id=PAVEL, text="Hi", reply_markup=too_long) == (
        "Bad Request: BUTTON_DATA_INVALID"
    )


def test_an_edit_replaces_text_and_takes_the_buttons_away(telegram: Telegram) -> None:
    message = telegram.run(telegram.bot.send_message(PAVEL, "Open", reply_markup=BUTTONS))

    edited = telegram.run(telegram.bot.edit_message_text("Taken", PAVEL, message.message_id))

    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("Taken", None)
    assert edited.edit_date is not None


def test_an_edit_that_changes_nothing_is_refused(telegram: Telegram) -> None:
    message = telegram.run(telegram.bot.send_message(PAVEL, "Open", reply_markup=BUTTONS))

    with pytest.raises(BadRequest, match="exactly the same as a current content and reply markup"):
        telegram.run(telegram.bot.edit_message_text("Open", PAVEL, message.message_id, reply_markup=BUTTONS))


def test_only_the_bots_own_text_can_be_edited(sandbox: Any, telegram: Telegram) -> None:
    theirs = sandbox.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, text="Mine")["message"]["message_id"]

    gone = telegram.refused("editMessageText", chat_id=PAVEL, message_id=99999, text="x")
    foreign = telegram.refused("editMessageText", chat_id=PAVEL, message_id=theirs, text="x")

    assert (gone, foreign) == ("Bad Request: message to edit not found", "Bad Request: message can't be edited")


def test_an_old_message_cannot_be_deleted_for_everyone(start_sandbox: Any, tmp_path: Any) -> None:
    own = start_sandbox(None, "--clock", str(tmp_path / "clock.json"))
    with Telegram(own.base) as telegram:
        message = telegram.ok("sendMessage", chat_id=PAVEL, text="Hi")["message_id"]
        own.post("clock", shows="2099-01-01T00:00:00+00:00")

        said = telegram.refused("deleteMessage", chat_id=PAVEL, message_id=message)

    assert said == "Bad Request: message can't be deleted for everyone"


def test_a_deleted_message_is_gone(sandbox: Any, telegram: Telegram) -> None:
    message = telegram.ok("sendMessage", chat_id=PAVEL, text="Oops")["message_id"]

    telegram.ok("deleteMessage", chat_id=PAVEL, message_id=message)

    assert sandbox.get(f"telegram/chats/{PAVEL}")["messages"] == []
    assert telegram.refused("deleteMessage", chat_id=PAVEL, message_id=message) == (
        "Bad Request: message to delete not found"
    )


def test_others_messages_need_the_right_to_delete(sandbox: Any, telegram: Telegram) -> None:
    said = sandbox.post("telegram/say", chat_id=GROUP, user_id=TOMAS, text="Note")["message"]["message_id"]
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": 123456}, rights={"can_delete_messages": False})

    assert telegram.refused("deleteMessage", chat_id=GROUP, message_id=said) == "Bad Request: message can't be deleted"


def test_the_bot_sets_one_reaction_of_the_fixed_list(sandbox: Any, telegram: Telegram) -> None:
    message = sandbox.post("telegram/say", chat_id=GROUP, user_id=TOMAS, text="Note")["message"]["message_id"]

    telegram.run(telegram.bot.set_message_reaction(GROUP, message, "👀"))
    with pytest.raises(BadRequest, match="Reaction_invalid"):
        telegram.run(telegram.bot.set_message_reaction(GROUP, message, "✅"))
    with pytest.raises(BadRequest, match="Reactions_too_many"):
        telegram.run(telegram.bot.set_message_reaction(GROUP, message, ["👀", "👌"]))

    seen = sandbox.get(f"telegram/chats/{GROUP}")["topics"][0]["messages"][-1]
    assert seen["reactions"] == [{"user_id": 123456, "emoji": "👀"}]


def test_a_pin_is_a_service_message_the_bot_itself_gets(telegram: Telegram) -> None:
    message = telegram.ok("sendMessage", chat_id=GROUP, text="Card")["message_id"]
    after = telegram.drained()

    telegram.run(telegram.bot.pin_chat_message(GROUP, message))

    update = telegram.updates(offset=after)[-1]["message"]
    assert update["pinned_message"]["message_id"] == message
    assert telegram.ok("getChat", chat_id=GROUP)["pinned_message"]["message_id"] == message
    telegram.ok("unpinAllChatMessages", chat_id=GROUP)
    assert "pinned_message" not in telegram.ok("getChat", chat_id=GROUP)


def test_pinning_needs_the_right(sandbox: Any, telegram: Telegram) -> None:
    message = telegram.ok("sendMessage", chat_id=GROUP, text="Card")["message_id"]
    sandbox.post("telegram/members", chat_id=GROUP, user={"id": 123456}, rights={"can_pin_messages": False})

    assert telegram.refused("pinChatMessage", chat_id=GROUP, message_id=message) == (
        "Bad Request: not enough rights to manage pinned messages in the chat"
    )


def test_a_customer_who_blocks_the_bot_gets_nothing(sandbox: Any, telegram: Telegram) -> None:
    after = telegram.drained()
    sandbox.post("telegram/block", user_id=PAVEL, blocked=True)

    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        telegram.run(telegram.bot.send_message(PAVEL, "Hello?"))

    told = telegram.updates(offset=after)[-1]["my_chat_member"]
    assert (told["old_chat_member"]["status"], told["new_chat_member"]["status"]) == ("member", "kicked")


def test_location_and_contact_are_messages(telegram: Telegram) -> None:
    place = telegram.run(telegram.bot.send_location(PAVEL, 41.4, 2.2))
    card = telegram.run(telegram.bot.send_contact(PAVEL, "+34600000001", "Tolu"))

    assert place.location is not None
    assert card.contact is not None
    assert (place.location.latitude, card.contact.first_name) == (41.4, "Tolu")
