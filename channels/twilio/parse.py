"""Twilio's webhooks into lines and reports (facts: twilio.com/docs/messaging/guides/webhook-request)."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

from channels.twilio.missed import PATH as RECOVERED
from channels.twilio.verify import form
from channels.wire import CUSTOMER_TAP, Envelope, NotUnderstood, Request
from conversations.events import Line, Media, Parsed, Reported

_OPT_OUT = {"STOP": "STOP", "START": "START"}  # Twilio names the meaning of its customers' own keywords
STATUS = "/webhooks/twilio/status/"
_KINDS = {"image": "picture", "video": "video"}
# Only Ogg is a voice note everywhere; what neither rule knows travels as a document.
_KINDS |= {"audio/ogg": "voice", "audio/mpeg": "audio", "audio/mp4": "audio"}


def _fields(request: Request) -> dict[str, str]:
    try:
        return {name: values[0].replace("\0", "") for name, values in form(request.body).items()}
    except UnicodeDecodeError:
        return {}


def identify(request: Request, account: str) -> Envelope:
    """Message webhooks are named by their sid, status callbacks by sid and status, anything else by its hash."""
    fields = _fields(request)
    sid = fields.get("MessageSid") or fields.get("SmsSid") or fields.get("SmsMessageSid") or ""
    source = f"twilio:{fields.get('From', '')}"
    if STATUS in request.path:
        status = fields.get("MessageStatus") or fields.get("SmsStatus") or fields.get("CallStatus", "")
        sid = sid or fields.get("CallSid", "")
        sid, source = (f"{sid}:{status}" if sid and status else ""), f"status:{request.path.rpartition('/')[2]}"
    unnamed = "sha256:" + hashlib.sha256(request.target.encode() + request.body).hexdigest()
    return Envelope(fields.get("AccountSid", account), sid or unnamed, source)


def parse(request: Request, account: str) -> Parsed:
    """Raises NotUnderstood when a field every such webhook carries is missing or another account's."""
    fields = _fields(request)
    if fields.get("AccountSid", account) != account:
        raise NotUnderstood("AccountSid is not the configured TWILIO_ACCOUNT_SID")
    if STATUS in request.path:
        return _reported(request, fields)
    missing = [name for name in ("MessageSid", "From", "To") if not fields.get(name)]
    if missing:
        raise NotUnderstood(f"the message webhook has no {', '.join(missing)}")
    line = _line(fields)
    if request.path != RECOVERED:
        return line
    return replace(line, occurred_at=_written(request), recovered=True)


def _written(request: Request) -> datetime:
    """When a recovered message was written; Twilio's webhooks themselves carry no time."""
    told = parse_qs(request.target.partition("?")[2]).get("written", [""])[0]
    try:
        return datetime.fromisoformat(told).astimezone(UTC)
    except ValueError as error:
        raise NotUnderstood("the recovered message has no time") from error


def _reported(request: Request, fields: dict[str, str]) -> Reported:
    number = request.path.rpartition("/")[2]
    status = fields.get("MessageStatus") or fields.get("SmsStatus") or fields.get("CallStatus") or ""
    sid = fields.get("MessageSid") or fields.get("SmsSid") or fields.get("CallSid") or ""
    if not number.isdecimal() or not status or not sid:
        raise NotUnderstood("the status callback has no delivery number, MessageSid or MessageStatus")
    return Reported(int(number), status, sid, fields.get("ErrorCode", ""))


def _line(fields: dict[str, str]) -> Line:
    channel, address = address_of(fields["From"])
    opted = fields.get("OptOutType", "")
    tapped = fields.get("ButtonPayload") or fields.get("ListId", "")
    text = _OPT_OUT.get(opted) or fields.get("Body") or fields.get("ButtonText") or fields.get("ListTitle", "")
    media = (*_media(fields), *_location(fields))
    if not text and not media:
        media = (Media("unsupported", "", name=fields.get("MessageType", "message")),)
    return Line(
        channel=channel,
        address=address,
        our_address=fields["To"],
        provider_id=fields["MessageSid"],
        text=text,
        media=media,
        name=fields.get("ProfileName", ""),
        tapped=tapped.removeprefix(CUSTOMER_TAP) if tapped.startswith(CUSTOMER_TAP) else "",
        answered=bool(opted),
        quotes=fields.get("OriginalRepliedMessageSid", ""),
    )


def address_of(wire: str) -> tuple[str, str]:
    """``whatsapp:+34...`` is whatsapp, ``+34...`` is sms; the rest of the address stays opaque."""
    channel, colon, value = wire.partition(":")
    return (channel, value) if colon and channel == "whatsapp" else ("sms", wire)


def _media(fields: dict[str, str]) -> tuple[Media, ...]:
    number = fields.get("NumMedia", "0")
    count = min(int(number), 10) if re.fullmatch(r"\d{1,3}", number) else 0
    found = []
    for index in range(count):
        content_type = fields.get(f"MediaContentType{index}", "")
        plain = content_type.partition(";")[0].strip().lower()
        kind = _KINDS.get(plain) or _KINDS.get(plain.partition("/")[0], "document")
        if fields.get(f"MediaUrl{index}"):
            found.append(Media(kind, fields[f"MediaUrl{index}"], content_type))
    return tuple(found)


def _location(fields: dict[str, str]) -> tuple[Media, ...]:
    if not fields.get("Latitude") or not fields.get("Longitude"):
        return ()
    place = " ".join(filter(None, (fields.get("Label"), fields.get("Address"))))
    return (Media("location", f"{fields['Latitude']},{fields['Longitude']}", name=place),)
