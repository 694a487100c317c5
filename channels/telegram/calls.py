"""Each call of ours as the Bot's method."""

from typing import assert_never

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    ReplyParameters,
)
from telegram.error import BadRequest

from channels.arranging import CloseTopic, NameTopic, PinMessage, ReopenTopic
from channels.telephone import HangUp, RingUp
from channels.wire import (
    AnswerTap,
    Call,
    Delete,
    EditText,
    Fetch,
    File,
    OpenTopic,
    Option,
    React,
    Receipt,
    SendAlbum,
    SendMedia,
    SendTemplate,
    SendText,
    TransportError,
)

_ROW = 3  # buttons side by side that stay readable on a phone


async def made(bot: Bot, call: Call) -> Receipt:
    match call:
        case SendText():
            return await _text(bot, call)
        case SendMedia():
            return await _media(bot, call)
        case SendAlbum():
            return await _album(bot, call)
        case OpenTopic() | ReopenTopic() | CloseTopic() | NameTopic():
            return await _topic(bot, call)
        case PinMessage(to, message):
            await bot.pin_chat_message(to, message, disable_notification=True)
        case EditText():
            await _edit(bot, call)
        case Delete(to, message):
            await _delete(bot, to, message)
        case React(to, message, emoji):
            await bot.set_message_reaction(to, message, emoji or None)
        case AnswerTap(query, text):
            await bot.answer_callback_query(query, text or None)
        case Fetch(media):
            found = await bot.get_file(media.ref)
            return Receipt(file=File(bytes(await found.download_as_bytearray()), media.content_type))
        case SendTemplate() | RingUp() | HangUp():
            raise TransportError("Telegram has no templates, and a bot cannot call", permanent=True)
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
        reply_parameters=_quoted(call.reply_to),
        disable_notification=call.silent or None,
    )
    return Receipt(str(sent.message_id))


async def _edit(bot: Bot, call: EditText) -> None:
    """An edit that changes nothing is an edit done."""
    mode = "HTML" if call.html else None
    try:
        if call.caption:
            await bot.edit_message_caption(call.to, call.message, caption=call.text, parse_mode=mode)
        else:
            markup = _buttons(call.options)
            await bot.edit_message_text(call.text, call.to, call.message, parse_mode=mode, reply_markup=markup)
    except BadRequest as error:
        if "message is not modified" not in str(error).casefold():
            raise


async def _topic(bot: Bot, call: OpenTopic | ReopenTopic | CloseTopic | NameTopic) -> Receipt:
    """A topic that is open already is open, a closed one closed, and one of that name has it."""
    if isinstance(call, OpenTopic):
        topic = await bot.create_forum_topic(call.to, call.name)
        return Receipt(str(topic.message_thread_id))
    try:
        if isinstance(call, NameTopic):
            await bot.edit_forum_topic(call.to, call.thread, call.name)
        else:
            turn = bot.reopen_forum_topic if isinstance(call, ReopenTopic) else bot.close_forum_topic
            await turn(call.to, call.thread)
    except BadRequest as error:
        if "topic_not_modified" not in str(error).casefold():
            raise
    return Receipt()


async def _delete(bot: Bot, to: str, message: int) -> None:
    """What is gone already is taken away."""
    try:
        await bot.delete_message(to, message)
    except BadRequest as error:
        if "message to delete not found" not in str(error).casefold():
            raise


async def _media(bot: Bot, call: SendMedia) -> Receipt:
    """Pictures as pictures, the rest as documents: shown as files, never run. A file id keeps its kind."""
    content, caption, where = _content(call), call.caption or None, call.thread
    quoted = _quoted(call.reply_to)
    match call.kind:
        case "picture":
            sent = await bot.send_photo(call.to, content, caption, message_thread_id=where, reply_parameters=quoted)
        case "voice":
            sent = await bot.send_voice(
                call.to, content, call.seconds, caption, message_thread_id=where, reply_parameters=quoted
            )
        case "video":
            sent = await bot.send_video(
                call.to, content, call.seconds, caption, message_thread_id=where, reply_parameters=quoted
            )
        case "animation":
            sent = await bot.send_animation(
                call.to, content, call.seconds, caption=caption, message_thread_id=where, reply_parameters=quoted
            )
        case "video_note":
            sent = await bot.send_video_note(
                call.to, content, call.seconds, message_thread_id=where, reply_parameters=quoted
            )
        case "audio":
            sent = await bot.send_audio(
                call.to, content, call.seconds, caption=caption, message_thread_id=where, reply_parameters=quoted
            )
        case "sticker":
            sent = await bot.send_sticker(call.to, content, message_thread_id=where, reply_parameters=quoted)
        case _:
            sent = await bot.send_document(call.to, content, caption, message_thread_id=where, reply_parameters=quoted)
    return Receipt(str(sent.message_id))


async def _album(bot: Bot, call: SendAlbum) -> Receipt:
    sent = await bot.send_media_group(
        call.to,
        [_item(item) for item in call.items],
        message_thread_id=call.thread,
        reply_parameters=_quoted(call.reply_to),
    )
    first, *others = [str(message.message_id) for message in sent]
    return Receipt(first, others=tuple(others))


def _item(item: SendMedia) -> InputMediaPhoto | InputMediaVideo | InputMediaAudio | InputMediaDocument:
    content, caption = _content(item, attach=True), item.caption or None
    match item.kind:
        case "picture":
            return InputMediaPhoto(content, caption)
        case "video":
            return InputMediaVideo(content, caption, duration=item.seconds)
        case "audio":
            return InputMediaAudio(content, caption, duration=item.seconds)
    return InputMediaDocument(content, caption)


def _content(call: SendMedia, *, attach: bool = False) -> InputFile | str:
    """Of an album each file is a part of the form with a name of its own."""
    return InputFile(call.data, filename=call.name or "file", attach=attach) if call.data else call.ref


def _quoted(number: int | None) -> ReplyParameters | None:
    """A message gone meanwhile is no reason not to be heard."""
    return ReplyParameters(number, allow_sending_without_reply=True) if number else None


def _buttons(options: tuple[Option, ...]) -> InlineKeyboardMarkup | None:
    """Rows of three; the shell gives whole callback data as keys, at most 64 bytes."""
    if not options:
        return None
    buttons = [InlineKeyboardButton(option.label, callback_data=option.key) for option in options]
    return InlineKeyboardMarkup([buttons[start : start + _ROW] for start in range(0, len(buttons), _ROW)])
