"""Is Telegram set up for us: token, webhook, the agents' group and the bot's rights there, who cannot be written to."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import httpx
from telegram import Bot, ChatMember, ChatMemberAdministrator, ChatMemberOwner, User, WebhookInfo

from channels.clocks import compared
from channels.findings import Expected, Finding
from channels.telegram.errors import translated
from channels.wire import TransportError

INBOUND = "/webhooks/telegram"
_RIGHTS = ("can_manage_topics", "can_delete_messages", "can_pin_messages")
_RECENT = timedelta(minutes=15)  # an older error of a queue that is empty is over
_AGAIN = "run `flask release`, which sets it"


async def check(bot: Bot, groups: Iterable[int], expected: Expected, updates: Sequence[str]) -> list[Finding]:
    """Every leg stands for itself, but without a valid token none can be asked."""
    try:
        with translated():
            me = await bot.get_me()
    except TransportError as error:
        step = "look at the network: does this machine reach TELEGRAM_API_BASE?"
        if error.code == "401":
            step = "ask @BotFather for the token, put it into TELEGRAM_BOT_TOKEN, start web and worker again"
        return [Finding("Telegram token", False, str(error), step)]
    found = [Finding("Telegram token", True, f"valid, the bot is @{me.username}")]
    found += [await _webhook(bot, expected.public_url + INBOUND, updates)]
    for group in sorted(groups):
        found += await (_leads(bot, group, me) if group == expected.leads else _group(bot, group, me))
    found += [await _started(bot, groups, expected.agents, me)] if expected.agents else []
    return [*found, await _clock(bot)]


async def _webhook(bot: Bot, url: str, updates: Sequence[str]) -> Finding:
    leg = "Telegram webhook"
    try:
        with translated():
            info = await bot.get_webhook_info()
    except TransportError as error:
        return Finding(leg, False, str(error), "run this again; if it stays, look at the network")
    if not info.url:
        return Finding(leg, False, "none is set, so nothing comes in", _AGAIN)
    if info.url != url:
        return Finding(leg, False, "it goes to another address than PUBLIC_URL", _AGAIN)
    missing = sorted(set(updates) - set(info.allowed_updates or ()))
    if missing:
        return Finding(leg, False, f"it does not ask for {', '.join(missing)}", _AGAIN)
    return _last_error(leg, info)


def _last_error(leg: str, info: WebhookInfo) -> Finding:
    pending = f"{info.pending_update_count} updates pending"
    since = datetime.now(UTC) - info.last_error_date if info.last_error_date else None
    if since is None:
        return Finding(leg, True, f"set, {pending}")
    error = f"the last error was {since.total_seconds():.0f} s ago: {info.last_error_message}"
    if since > _RECENT and not info.pending_update_count:
        return Finding(leg, True, f"set, {pending}; {error}")
    step = "look at the log of web for webhook_forged (then run `flask release`) and webhook_not_stored; is it running?"
    return Finding(leg, False, f"{pending}; {error}", step)


async def _group(bot: Bot, group: int, me: User) -> list[Finding]:
    leg = f"Telegram group {group}"
    try:
        with translated():
            chat = await bot.get_chat(group)
            member = await bot.get_chat_member(group, me.id)
    except TransportError as error:
        step = "add the bot to the group, and compare TELEGRAM_AGENT_CHAT_ID with the group's id"
        if error.code.startswith("migrated:"):
            step = f"set TELEGRAM_AGENT_CHAT_ID={error.code.removeprefix('migrated:')}, start web and worker again"
        return [Finding(leg, False, str(error), step)]
    kind = Finding(leg, True, "a supergroup with topics")
    if chat.type != "supergroup" or not chat.is_forum:
        words = f"a {chat.type} without topics" if not chat.is_forum else f"a {chat.type}"
        kind = Finding(leg, False, words, "in the group's settings switch Topics on")
    return [kind, _rights(group, member), _privacy(group, member, me)]


async def _leads(bot: Bot, chat: int, me: User) -> list[Finding]:
    """The leads' chat only reads what the bot writes: no topics, no rights, nothing to hear."""
    leg = f"Telegram chat of the leads {chat}"
    try:
        with translated():
            await bot.get_chat(chat)
            member = await bot.get_chat_member(chat, me.id)
    except TransportError as error:
        step = "add the bot to the chat, and compare TELEGRAM_LEAD_CHAT_ID with the chat's id"
        if error.code.startswith("migrated:"):
            step = f"set TELEGRAM_LEAD_CHAT_ID={error.code.removeprefix('migrated:')}, start web and worker again"
        return [Finding(leg, False, str(error), step)]
    if member.status in ("left", "kicked"):
        return [Finding(leg, False, f"the bot is not in it ({member.status})", "add the bot to the chat")]
    return [Finding(leg, True, "the bot is in it")]


def _rights(group: int, member: ChatMember) -> Finding:
    leg = f"Telegram rights in {group}"
    if isinstance(member, ChatMemberOwner):
        return Finding(leg, True, "the bot owns the group")
    if not isinstance(member, ChatMemberAdministrator):
        step = "make the bot an administrator who may manage topics, delete and pin messages"
        return Finding(leg, False, f"the bot is no administrator but {member.status}", step)
    lacking = [right for right in _RIGHTS if not getattr(member, right)]
    if lacking:
        return Finding(leg, False, f"the bot lacks {', '.join(lacking)}", "give it these rights in the group")
    return Finding(leg, True, "the bot may manage topics, delete and pin messages")


def _privacy(group: int, member: ChatMember, me: User) -> Finding:
    leg = f"Telegram privacy mode in {group}"
    if me.can_read_all_group_messages:
        return Finding(leg, True, "off, the bot reads everything")
    if isinstance(member, ChatMemberAdministrator | ChatMemberOwner):
        return Finding(leg, True, "on, but an administrator reads everything")
    step = "make the bot an administrator, or switch privacy off at @BotFather and add the bot anew"
    return Finding(leg, False, "on, so what agents write is not seen", step)


async def _started(bot: Bot, groups: Iterable[int], agents: Mapping[int, str], me: User) -> Finding:
    """Who is in a group and cannot be written to in private; asked by "typing", which leaves no message."""
    leg, silent = "agents reachable in private", []
    for number, name in agents.items():
        try:
            with translated():
                if await _inside(bot, groups, number):
                    await bot.send_chat_action(number, "typing")
        except TransportError as error:
            if not error.permanent:
                return Finding(leg, False, str(error), "run this again in a minute")
            silent.append(name)
    if not silent:
        return Finding(leg, True, "all of them")
    step = f"ask them to open @{me.username} and press Start; until then they are reached in the topic only"
    return Finding(leg, False, f"never pressed Start, or blocked the bot: {', '.join(silent)}", step)


async def _inside(bot: Bot, groups: Iterable[int], number: int) -> bool:
    members = [await bot.get_chat_member(group, number) for group in groups]
    return any(member.status not in ("left", "kicked") for member in members)


async def _clock(bot: Bot) -> Finding:
    """The Bot API shows its time in the head of every answer; the address asked holds no token."""
    base = bot.base_url.rpartition("/bot")[0]
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.head(base)
    except httpx.HTTPError:
        return Finding("clock against Telegram", False, "the connection to Telegram broke", "run this again")
    return compared("Telegram", answer.headers.get("date", ""))
