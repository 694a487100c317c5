"""Telegram's refusals into ours: what is permanent, may have been taken, asks us to wait; the words: errors.toml."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

import httpx
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from channels.meanings import Meaning
from channels.wire import TransportError


@dataclass(frozen=True, slots=True)
class _Refusal:
    """One row of errors.toml: any of ``says`` in Telegram's description; ``code`` is ours where it has one."""

    says: tuple[str, ...]
    code: str
    meaning: Meaning


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


def meaning(code: str) -> Meaning:
    """What a code of ours or the beginning of a description means."""
    found = _known(code)
    return found.meaning if found else Meaning(f"Telegram says: {code[:100]}")


def _permanent(description: str) -> TransportError:
    found = _known(description)
    code = found.code if found else ""
    return TransportError(meaning(description).words, code=code or description[:60], permanent=True)


def _known(text: str) -> _Refusal | None:
    told = text.casefold()
    return next((row for row in _refusals() if told == row.code or any(part in told for part in row.says)), None)


@cache
def _refusals() -> tuple[_Refusal, ...]:
    text = resources.files("channels.telegram").joinpath("errors.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["refusal"]
    return tuple(_Refusal(tuple(row.pop("says")), row.pop("code", ""), Meaning(**row)) for row in rows)
