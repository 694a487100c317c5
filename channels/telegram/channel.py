"""The Telegram channel: the plain Bot of python-telegram-bot, its calls and its files."""

import hmac
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from telegram import Bot, BotCommandScopeChat, BotCommandScopeChatAdministrators

from channels.findings import Expected, Finding
from channels.meanings import Meaning, Review
from channels.ringing import Rang
from channels.telegram import parse
from channels.telegram.calls import made
from channels.telegram.check import check
from channels.telegram.errors import meaning, translated
from channels.telegram.loop import BotLoop
from channels.wire import Call, Envelope, Forged, Missed, Receipt, Request, TransportError
from conversations.events import Parsed

# Reactions must be asked for, and the bot must be an administrator (core.telegram.org/bots/api#update).
UPDATES = ("message", "edited_message", "callback_query", "my_chat_member", "chat_member", "message_reaction")
Menu = tuple[tuple[str, str], ...]  # (name, one line) of each command


@dataclass(frozen=True, slots=True)
class Account:
    """``secret`` is what Telegram repeats in every webhook; ``groups`` are the agent groups' chat ids, of
    which more may become known."""

    token: str
    secret: str
    api_base: str
    groups: AbstractSet[int]
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
            return self._loop.run(partial(made, call=call))

    def find(self, call: Call, since: datetime) -> list[Receipt]:
        """Telegram cannot be asked what it took."""
        return []

    def same(self, call: Call, among: Sequence[Receipt]) -> Receipt | None:
        return None

    def standing(self, chat: int, person: int) -> str:
        async def looked(bot: Bot) -> str:
            return parse.standing(await bot.get_chat_member(chat, person))

        with translated():
            return self._loop.run(looked)

    def missed(self, to: str, since: datetime) -> list[Missed]:
        """Telegram keeps no list, and posts what we did not take again for 24 hours."""
        return []

    def rang(self, to: str, since: datetime) -> list[Rang]:
        """Nobody calls here."""
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
