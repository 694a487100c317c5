"""POST Messages: what Twilio refuses at once, what it accepts, and how a message looks in JSON."""

import math
from datetime import timedelta

from aiohttp import web

from sandbox.twilio import addresses, content, life
from sandbox.twilio.account import API, Account, Json, Message, rfc2822
from sandbox.twilio.door import Ask, answer
from sandbox.twilio.rules import (
    ALWAYS_OURS,
    MESSAGE_FROM_MAGIC,
    MESSAGE_TO_MAGIC,
    Refusal,
)

# Form fields of the Message resource (SDK 9.13). The second half is accepted and has no effect here.
FIELDS = (
    "To From MessagingServiceSid Body MediaUrl ContentSid ContentVariables StatusCallback SendAt ScheduleType "
    "ApplicationSid MaxPrice ProvideFeedback Attempt ValidityPeriod ForceDelivery ContentRetention AddressRetention "
    "SmartEncoded PersistentAction TrafficType ShortenUrls SendAsMms MessageIntent RiskCheck FallbackFrom"
)
_GSM = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


async def create(ask: Ask) -> web.StreamResponse:
    """201 with the message as accepted; what goes wrong later is told by callback."""
    message = accept(ask)
    response = answer(as_json(ask.account, message), 201)
    life.begin(ask.world, ask.account, message, _doom(ask, message))
    return response


def accept(ask: Ask) -> Message:
    """Checks the form in Twilio's order and keeps the message. Raises Refusal."""
    account, now = ask.account, ask.world.clock.now()
    to, service = _checked_to(ask), ask.text("MessagingServiceSid")
    if not (ask.text("Body") or ask.fields.get("MediaUrl") or ask.text("ContentSid")):
        raise Refusal(21619)
    from_ = _checked_from(ask, to)
    text = content.rendered(account, ask.text("ContentSid"), ask.text("ContentVariables")) or ask.text("Body")
    if len(text) > 1600:
        raise Refusal(21617)
    if (from_, to) in account.opted_out:
        raise Refusal(21610)
    media = _checked_media(ask)
    message = Message(
        sid=account.sid_of("MM" if media else "SM"),
        from_=from_,
        to=to,
        body=text,
        direction="outbound-api",
        status="accepted" if service else "queued",
        created=now,
        updated=now,
        segments=segments(text),
        service=service or None,
        callback=_checked_callback(ask),
        media_urls=media,
        content_sid=ask.text("ContentSid"),
        buttons=content.buttons(account, ask.text("ContentSid"), ask.text("ContentVariables")),
    )
    _schedule(ask, message)
    account.messages[message.sid] = message
    return message


def _checked_to(ask: Ask) -> str:
    to = ask.text("To")
    ask.crossing.destination = to
    if not to:
        raise Refusal(21604)
    if to in MESSAGE_TO_MAGIC:
        raise Refusal(MESSAGE_TO_MAGIC[to])
    if not addresses.possible(to):
        raise Refusal(21211, f"Invalid 'To' Phone Number: {to}")
    if ask.fault is not None and ask.fault.action in ("code", "blocked"):
        code = addresses.code_of(ask.fault, to)
        if addresses.at_once(code):
            raise Refusal(code)
    return to


def _checked_from(ask: Ask, to: str) -> str:
    account, from_ = ask.account, ask.text("From")
    if service := ask.text("MessagingServiceSid"):
        if service not in account.services:
            raise Refusal(21701)
        prefix = "whatsapp:" if to.startswith("whatsapp:") else ""
        return from_ or prefix + account.services[service]["numbers"][0]
    if not from_:
        raise Refusal(21603)
    if from_ in MESSAGE_FROM_MAGIC:
        raise Refusal(MESSAGE_FROM_MAGIC[from_])
    if from_.startswith("whatsapp:") != to.startswith("whatsapp:"):
        raise Refusal(21910)
    number = account.number_of(from_)
    if from_.startswith("whatsapp:") and (number is None or not number.whatsapp):
        raise Refusal(63007)
    if number is None and from_ != ALWAYS_OURS:
        raise Refusal(21606, f"The 'From' phone number provided ({from_}) is not a valid message-capable Twilio number")
    _check_queue(ask, from_)
    return from_


def _check_queue(ask: Ask, from_: str) -> None:
    """21611 when the sender has more unsent messages than ``rules.queue`` allows; off unless the settings name it."""
    allowed = ask.account.rule("queue")
    if allowed:
        waiting = sum(1 for row in ask.account.messages.values() if row.from_ == from_ and row.status == "queued")
        if waiting >= int(allowed):
            raise Refusal(21611)


def _checked_media(ask: Ask) -> list[str]:
    urls: list[str] = ask.fields.get("MediaUrl", [])
    if len(urls) > (1 if ask.text("To").startswith("whatsapp:") else 10):
        raise Refusal(21623)
    if not all(url.startswith(("http://", "https://")) for url in urls):
        raise Refusal(21620)
    return urls


def _checked_callback(ask: Ask) -> str:
    """The callback URL. Twilio refuses a host with an underscore (OpenAPI description of StatusCallback)."""
    url = ask.text("StatusCallback")
    host = url.partition("://")[2].partition("/")[0]
    if url and (not url.startswith(("http://", "https://")) or "_" in host):
        raise Refusal(21609)
    return url


def _schedule(ask: Ask, message: Message) -> None:
    """SendAt counts only with a Messaging Service; 5 minutes to 35 days ahead (docs/messaging/features)."""
    if not (ask.text("SendAt") and message.service):
        return
    moment = ask.moment("SendAt")
    ahead = moment - ask.world.clock.now()
    if not timedelta(minutes=5) <= ahead <= timedelta(days=35):
        raise Refusal(35111)
    message.status, message.sent = "scheduled", moment


def _doom(ask: Ask, message: Message) -> int | None:
    """The error this message will end with, told by callback after the 201; None: it will arrive."""
    if ask.fault is not None and ask.fault.action in ("code", "blocked"):
        return addresses.code_of(ask.fault, message.to)
    code = life.window_closed(ask.world, ask.account, message) or content.misfit(ask.account, message)
    if code is not None:
        ask.crossing.rule = life.cited(code)
    return code


def segments(text: str) -> int:
    """GSM-7 160/153, UCS-2 70/67 (docs/glossary/what-sms-character-limit)."""
    single, several = (160, 153) if set(text) <= _GSM else (70, 67)
    size = len(text) if single == 160 else len(text.encode("utf-16-le")) // 2
    return 1 if size <= single else math.ceil(size / several)


def as_json(account: Account, message: Message) -> Json:
    """The Message resource (https://www.twilio.com/docs/messaging/api/message-resource)."""
    base = f"{API}/Accounts/{account.sid}/Messages/{message.sid}"
    fresh = message.status in ("accepted", "scheduled")
    return {
        "body": message.body,
        "num_segments": "0" if fresh else str(message.segments),
        "direction": message.direction,
        "from": None if fresh else message.from_,
        "date_updated": rfc2822(message.updated),
        "price": None,
        "error_message": message.error_message,
        "uri": f"{base}.json",
        "account_sid": account.sid,
        "num_media": str(len(message.media) or len(message.media_urls)),
        "to": message.to,
        "date_created": rfc2822(message.created),
        "status": message.status,
        "sid": message.sid,
        "date_sent": None if message.status == "scheduled" else rfc2822(message.sent),
        "messaging_service_sid": message.service,
        "error_code": message.error_code,
        "price_unit": "USD",
        "api_version": "2010-04-01",
        "subresource_uris": {"media": f"{base}/Media.json"},
    }
