"""Telegram's refusals into ours: what is permanent, what may have been taken, what asks us to wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from channels.wire import TransportError

# The beginnings of Telegram's descriptions, and what they mean to people (facts: tdlib/telegram-bot-api Client.cpp).
_GONE = ("message thread not found", "topic_deleted", "topic_id_invalid")
_WORDS = {
    "bot was blocked by the user": "the customer has blocked the bot on Telegram",
    "user is deactivated": "the customer's Telegram account is deleted",
    "bot can't initiate conversation": "the customer has never written to the bot",
    "chat not found": "Telegram does not know this chat",
    "bot was kicked": "the bot was removed from the group",
    "not enough rights": "the bot lacks a right in the group",
    "wrong file identifier": "Telegram no longer has this file",
    "file is too big": "the file is larger than 20 MB, which Telegram does not give to bots",
}


@contextmanager
def translated() -> Iterator[None]:
    """Raises TransportError for every error of the library; BadRequest and TimedOut are NetworkErrors too."""
    try:
        yield
    except RetryAfter as error:
        wait = error._retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        raise TransportError("Telegram asked us to slow down", code="429", retry_after=seconds) from error
    except ChatMigrated as error:
        raise TransportError("the group became a supergroup", code=f"migrated:{error.new_chat_id}") from error
    except InvalidToken as error:
        raise TransportError(
            "Telegram refuses our token; the operator must renew TELEGRAM_BOT_TOKEN", code="401"
        ) from error
    except (BadRequest, Forbidden) as error:
        raise _permanent(str(error)) from error
    except NetworkError as error:
        unsent = isinstance(error.__cause__, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
        raise TransportError("the connection to Telegram broke", unknown=not unsent) from error
    except TelegramError as error:
        raise TransportError("Telegram's answer was not understood", unknown=True) from error


def _permanent(description: str) -> TransportError:
    told = description.casefold()
    if any(gone in told for gone in _GONE):
        return TransportError("the topic is gone", code="topic_gone", permanent=True)
    words = next((words for start, words in _WORDS.items() if start in told), f"Telegram says: {description[:100]}")
    return TransportError(words, code=description[:60], permanent=True)
