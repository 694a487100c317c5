"""The life of an outgoing message after the 201: its statuses, each told by a callback of its own delay."""

import asyncio
from datetime import timedelta

from sandbox.twilio import fetching
from sandbox.twilio.account import Account, Message
from sandbox.twilio.rules import RULES
from sandbox.twilio.webhooks import Webhook, deliver
from sandbox.world import World

WINDOW = timedelta(hours=24)  # https://www.twilio.com/docs/whatsapp/key-concepts, read 2026-11
_EVENTS = {"delivered": "DELIVERED", "undelivered": "UNDELIVERED", "failed": "UNDELIVERED", "read": "READ"}
_DEFAULT = {"sent": [0.02, 0.2], "delivered": [0.2, 1.0], "read": None}


def begin(world: World, account: Account, message: Message, code: int | None) -> None:
    """Lets the message live; without ``callback_delays`` it is at its end at once and nothing is posted."""
    delays = account.settings.get("callback_delays", _DEFAULT)
    if message.media_urls or message.status == "scheduled":
        world.spawn(_prepared(world, account, message, code))
    elif delays is None:
        _settle(world, message, code)
    else:
        _live(world, account, message, code)


def window_closed(world: World, account: Account, message: Message) -> int | None:
    """63016 for free text on WhatsApp more than 24 h after the customer's last message to this sender."""
    if not message.whatsapp or not account.rule("window"):
        return None
    approval = account.approvals.get(message.content_sid, {})
    if approval.get("status") == "approved":
        return None
    last = account.windows.get((message.from_, message.to))
    return None if last is not None and world.clock.now() - last < WINDOW else 63016


def cited(code: int) -> str:
    return RULES[code].cited


def told(world: World, account: Account, message: Message, status: str) -> None:
    """Moves the message to ``status`` now and posts the callback."""
    message.rise(status, world.clock.now())
    if message.callback:
        world.spawn(deliver(world, account, _callback(account, message, status)))


def _live(world: World, account: Account, message: Message, code: int | None) -> None:
    delays = account.settings.get("callback_delays", _DEFAULT)
    if delays is None:
        return _settle(world, message, code)
    due = {status: world.dice.uniform(*span) for status, span in delays.items() if span}
    if not message.whatsapp:
        due.pop("read", None)
    if code is not None:
        end = RULES[code].ends
        when = due.get("sent" if end == "failed" else "delivered", 0.05)
        due = {**({"sent": due.get("sent", 0.02)} if end == "undelivered" else {}), end: when}
    for status, delay in due.items():
        world.spawn(_later(world, account, message, (status, delay, code)))
    return None


async def _later(world: World, account: Account, message: Message, step: tuple[str, float, int | None]) -> None:
    status, delay, code = step
    await asyncio.sleep(delay)
    if message.status == "canceled":
        return
    if code is not None and status == RULES[code].ends:
        _fail(message, code)
    told(world, account, message, status)


def _settle(world: World, message: Message, code: int | None) -> None:
    if code is not None:
        _fail(message, code)
    message.rise("sent" if code is None else RULES[code].ends, world.clock.now())
    if code is None:
        message.rise("delivered", world.clock.now())


def _fail(message: Message, code: int) -> None:
    message.error_code, message.error_message = code, RULES[code].text


async def _prepared(world: World, account: Account, message: Message, code: int | None) -> None:
    """Waits for the scheduled time, fetches the media, then lives on."""
    while message.status == "scheduled" and message.sent is not None:
        if world.clock.now() >= message.sent:
            message.sent = None
            message.rise("queued", world.clock.now())
            code = code or window_closed(world, account, message)
        else:
            await asyncio.sleep(0.1)
    if message.status != "canceled":
        code = code or await fetching.fetch(world, account, message)
        _live(world, account, message, code)


def _callback(account: Account, message: Message, status: str) -> Webhook:
    """Fields of a status callback (https://www.twilio.com/docs/messaging/guides/track-outbound-message-status)."""
    fields = {
        "AccountSid": account.sid,
        "From": message.from_,
        "To": message.to,
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "ApiVersion": "2010-04-01",
    }
    if message.service:
        fields["MessagingServiceSid"] = message.service
    if message.error_code is not None and status in ("failed", "undelivered"):
        fields |= {"ErrorCode": str(message.error_code), "ErrorMessage": message.error_message or ""}
    if message.whatsapp:
        fields |= _channel_fields(message, status)
    elif status in ("delivered", "undelivered"):
        fields["RawDlrDoneDate"] = message.updated.strftime("%y%m%d%H%M")
    return Webhook(message.callback, f"status:{status}", fields)


def _channel_fields(message: Message, status: str) -> dict[str, str]:
    """What WhatsApp adds; the address is masked as in real logs."""
    address = message.to.removeprefix("whatsapp:")
    fields = {
        "ChannelPrefix": "whatsapp",
        "ChannelInstallSid": "XE" + "0" * 32,
        "ChannelToAddress": address[:-4] + "XXXX",
        "StructuredMessage": "false",
    }
    if status in _EVENTS:
        fields["EventType"] = _EVENTS[status]
    if message.error_message and status in ("failed", "undelivered"):
        fields["ChannelStatusMessage"] = message.error_message
    return fields
