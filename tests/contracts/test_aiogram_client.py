"""aiogram, as a second client nobody here wrote, works with the sandbox as with Telegram, errors included."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup, ReactionTypeEmoji, Update

from tests.contracts.conftest import SMALL
from tests.sandbox.telegram_client import GROUP, LENA, PAVEL, PIXEL, TOKEN, unknown_fields
from tests.support.sandbox import Sandbox

T = TypeVar("T")
BUTTONS = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="I take it", callback_data="take")]])


@pytest.fixture
def talk(box: Sandbox) -> Callable[..., Any]:
    """``talk(work)`` awaits ``work(bot)``."""

    def run(work: Callable[[Bot], Awaitable[T]], token: str = TOKEN) -> T:
        async def with_bot() -> T:
            session = AiohttpSession(api=TelegramAPIServer.from_base(box.base))
            async with Bot(token, session=session) as bot:
                return await work(bot)

        return asyncio.run(with_bot())

    return run


def test_a_photo_is_sent_shown_changed_and_downloaded(talk: Callable[..., Any]) -> None:
    async def work(bot: Bot) -> Any:
        sent = await bot.send_photo(GROUP, BufferedInputFile(PIXEL, "a.png"), caption="<b>Tolu</b>", parse_mode="HTML")
        changed = await bot.edit_message_caption(chat_id=GROUP, message_id=sent.message_id, caption="Tolu: the total")
        file: Any = await bot.download(sent.photo[-1])  # type: ignore[index]  # it has one
        return sent, changed, file.read()

    sent, changed, data = talk(work)

    assert (sent.caption, sent.caption_entities[0].type, changed.caption) == ("Tolu", "bold", "Tolu: the total")
    assert data == PIXEL
    assert unknown_fields([sent, changed]) == []


def test_a_card_in_a_topic_is_edited_and_reacted_to(talk: Callable[..., Any]) -> None:
    async def work(bot: Bot) -> Any:
        topic = await bot.create_forum_topic(GROUP, "#7 Tolu")
        where = topic.message_thread_id
        card = await bot.send_message(GROUP, "Owner: nobody yet", message_thread_id=where, reply_markup=BUTTONS)
        edited = await bot.edit_message_text("Owner: Lena", chat_id=GROUP, message_id=card.message_id)
        seen = await bot.set_message_reaction(GROUP, card.message_id, [ReactionTypeEmoji(emoji="👌")])
        closed = await bot.close_forum_topic(GROUP, where)
        return topic, card, edited, seen, closed

    topic, card, edited, seen, closed = talk(work)

    assert (card.message_thread_id, card.is_topic_message) == (topic.message_thread_id, True)
    assert (edited.text, edited.reply_markup, seen, closed) == ("Owner: Lena", None, True, True)
    assert unknown_fields([topic, card, edited]) == []


def test_a_tap_is_heard_and_answered_once(box: Sandbox, talk: Callable[..., Any]) -> None:
    async def work(bot: Bot) -> list[Update]:
        await bot.get_updates(allowed_updates=["callback_query"])
        card = await bot.send_message(GROUP, "card", reply_markup=BUTTONS)
        box.post("telegram/tap", chat_id=GROUP, message_id=card.message_id, user_id=LENA, text="I take it")
        heard = await bot.get_updates(allowed_updates=["callback_query"])
        await bot.answer_callback_query(heard[-1].callback_query.id, "It is yours")  # type: ignore[union-attr]
        with pytest.raises(TelegramBadRequest, match="query is too old"):
            await bot.answer_callback_query(heard[-1].callback_query.id)  # type: ignore[union-attr]
        return heard

    heard = talk(work)

    query = heard[-1].callback_query
    assert (query.data, query.from_user.id) == ("take", LENA)
    assert box.get(f"telegram/taps/{query.id}")["answer"]["text"] == "It is yours"
    assert unknown_fields(heard) == []


def test_too_many_messages_in_a_group_are_a_retry_after(talk: Callable[..., Any]) -> None:
    async def work(bot: Bot) -> None:
        for number in range(21):
            await bot.send_message(GROUP, f"line {number}")

    with pytest.raises(TelegramRetryAfter) as limited:
        talk(work)

    assert 0 < limited.value.retry_after <= 60


def test_a_group_that_moved_names_its_new_id(box: Sandbox, talk: Callable[..., Any]) -> None:
    moved = box.post("telegram/migrate", chat_id=SMALL)["chat_id"]

    with pytest.raises(TelegramMigrateToChat) as told:
        talk(lambda bot: bot.send_message(SMALL, "Hello"))

    assert told.value.migrate_to_chat_id == moved


def test_a_customer_who_blocked_us_is_forbidden(box: Sandbox, talk: Callable[..., Any]) -> None:
    box.post("telegram/say", chat_id=PAVEL, user_id=PAVEL, text="Hello")
    box.post("telegram/block", user_id=PAVEL, blocked=True)

    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        talk(lambda bot: bot.send_message(PAVEL, "Hello"))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda bot: bot.send_message(GROUP, "x", message_thread_id=999), "message thread not found"),
        (lambda bot: bot.send_message(GROUP, "<b>x", parse_mode="HTML"), "can't parse entities"),
        (lambda bot: bot.send_message(GROUP, "x" * 4097), "message is too long"),
        (lambda bot: bot.send_message(-100404, "x"), "chat not found"),
    ],
    ids=["topic", "markup", "length", "chat"],
)
def test_what_telegram_refuses_is_refused_in_its_words(
    talk: Callable[..., Any], call: Callable[[Bot], Awaitable[Any]], words: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        talk(call)


def test_a_wrong_token_is_unauthorized(talk: Callable[..., Any]) -> None:
    with pytest.raises(TelegramUnauthorizedError):
        talk(lambda bot: bot.get_me(), "123456:other")
