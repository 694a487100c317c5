"""The Telegram channel: the plain Bot of python-telegram-bot, its calls and its files."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import assert_never

from telegram import (
    Bot,
    BotCommandScopeChat,
    BotCommandScopeChatAdministrators,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    ReplyParameters,
)
from telegram.error import BadRequest

from channels.findings import Expected, Finding
from channels.meanings import Meaning, Review
from channels.telegram import parse
from channels.telegram.check import check
from channels.telegram.errors import meaning, translated
from channels.telegram.loop import BotLoop
from channels.wire import (
    AnswerTap,
    Call,
    EditText,
    Envelope,
    Fetch,
    File,
    Forged,
    Missed,
    OpenTopic,
    Option,
    React,
    Receipt,
    Request,
    SendMedia,
    SendTemplate,
    SendText,
    TransportError,
)
from conversations.events import Parsed

# Reactions must be asked for, and the bot must be an administrator (core.telegram.org/bots/api#update).
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction")
_ROW = 3  # buttons side by side that stay readable on a phone
Menu = tuple[tuple[str, str], ...]  # (name, one line) of each command


@dataclass(frozen=True, slots=True)
class Account:
    """``secret`` is what Telegram repeats in every webhook; ``groups`` are the agent groups' chat ids."""

    token: str
    secret: str
    api_base: str
    groups: frozenset[int]
    timeout: float = 10.0


class Telegram:
    """Customers' private chats and the agents' groups, both directions."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._name = account.token.partition(":")[0]
        self._loop = BotLoop(account.token, account.api_base, account.timeout)

    def verify(self, request: Request) -> None:
        told = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(told.encode(errors="replace"), self._account.secret.encode()):
            raise Forged("the X-Telegram-Bot-Api-Secret-Token does not match")

    def identify(self, request: Request) -> Envelope:
        return parse.identify(request, self._name)

    def parse(self, request: Request) -> Parsed:
        return parse.parse(request, self._account.groups)

    def open(self) -> None:
        self._loop.open()

    def send(self, call: Call, delivery_id: int) -> Receipt:
        with translated():
            return self._loop.run(partial(_made, call=call))

    def find(self, call: Call, since: datetime) -> list[Receipt]:
        """Telegram cannot be asked what it took."""
        return []

    def standing(self, chat: int, person: int) -> str:
        async def looked(bot: Bot) -> str:
            return parse.standing(await bot.get_chat_member(chat, person))

        with translated():
            return self._loop.run(looked)

    def missed(self, to: str, since: datetime) -> list[Missed]:
        """Telegram keeps no list, and posts what we did not take again for 24 hours."""
        return []

    def recover(self, missed: Missed) -> Request:
        return missed.request

    def explain(self, code: str) -> Meaning:
        return meaning(code)

    def review(self, sid: str) -> Review:
        raise TransportError("Telegram has no templates", permanent=True)

    def check(self, expected: Expected) -> list[Finding]:
        return self._loop.run(partial(check, groups=self._account.groups, expected=expected, updates=UPDATES))

    def connect(self, url: str, agents: Menu, leads: Menu) -> None:
        """Sets webhook, update kinds and the groups' command menus; setting the same again changes nothing.

        Customers have no menu: a person is one word away.
        """

        async def connected(bot: Bot) -> None:
            await bot.set_webhook(url, secret_token=self._account.secret, allowed_updates=list(UPDATES))
            await bot.delete_my_commands()
            for group in sorted(self._account.groups):
                await bot.set_my_commands(agents, scope=BotCommandScopeChat(group))
                await bot.set_my_commands(leads, scope=BotCommandScopeChatAdministrators(group))

        with translated():
            self._loop.run(connected)

    def close(self) -> None:
        self._loop.close()


async def _made(bot: Bot, call: Call) -> Receipt:
    match call:
        case SendText():
            return await _text(bot, call)
        case SendMedia():
            return await _media(bot, call)
        case OpenTopic(to, name):
            topic = await bot.create_forum_topic(to, name)
            return Receipt(str(topic.message_thread_id))
        case EditText():
            await _edit(bot, call)
        case React(to, message, emoji):
            await bot.set_message_reaction(to, message, emoji or None)
        case AnswerTap(query, text):
            await bot.answer_callback_query(query, text or None)
        case Fetch(media):
            found = await bot.get_file(media.ref)
            return Receipt(file=File(bytes(await found.download_as_bytearray()), media.content_type))
        case SendTemplate():
            raise TransportError("Telegram has no templates", permanent=True)
        case _:
            assert_never(call)
    return Receipt()


async def _text(bot: Bot, call: SendText) -> Receipt:
    sent = await bot.send_message(
        call.to,
        call.text,
        parse_mode="HTML" if call.html else None,
        message_thread_id=call.thread,
        reply_markup=_buttons(call.options),
        reply_parameters=ReplyParameters(call.reply_to, allow_sending_without_reply=True) if call.reply_to else None,
        disable_notification=call.silent or None,
    )
    return Receipt(str(sent.message_id))


async def _edit(bot: Bot, call: EditText) -> None:
    """An edit that changes nothing is an edit done."""
    try:
        await bot.edit_message_text(
            call.text, call.to, call.message, parse_mode="HTML", reply_markup=_buttons(call.options)
        )
    except BadRequest as error:
        if "message is not modified" not in str(error).casefold():
            raise


async def _media(bot: Bot, call: SendMedia) -> Receipt:
    """Pictures as pictures, the rest as documents: shown as files, never run."""
    content = InputFile(call.data, filename=call.name or "file") if call.data else call.ref
    caption = call.caption or None
    match call.kind:
        case "picture":
            sent = await bot.send_photo(call.to, content, caption=caption, message_thread_id=call.thread)
        case "voice":
            sent = await bot.send_voice(call.to, content, caption=caption, message_thread_id=call.thread)
        case "video":
            sent = await bot.send_video(call.to, content, caption=caption, message_thread_id=call.thread)
        case "audio":
            sent = await bot.send_audio(call.to, content, caption=caption, message_thread_id=call.thread)
        case "sticker":
            sent = await bot.send_sticker(call.to, content, message_thread_id=call.thread)
        case _:
            sent = await bot.send_document(call.to, content, caption=caption, message_thread_id=call.thread)
    return Receipt(str(sent.message_id))


def _buttons(options: tuple[Option, ...]) -> InlineKeyboardMarkup | None:
    """Rows of three; the shell gives whole callback data as keys, at most 64 bytes."""
    if not options:
        return None
    buttons = [InlineKeyboardButton(option.label, callback_data=option.key) for option in options]
    return InlineKeyboardMarkup([buttons[start : start + _ROW] for start in range(0, len(buttons), _ROW)])
