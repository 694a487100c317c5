"""A customer writes: the message Twilio keeps and the webhook fields it posts."""

import json
from dataclasses import dataclass, field

from sandbox.twilio import addresses, kinds
from sandbox.twilio.account import API, Account, Json, Media, Message
from sandbox.twilio.samples import sample
from sandbox.world import World


@dataclass
class Said:
    """The body of ``POST /sandbox/twilio/say``; see docs/sandbox.md."""

    from_: str
    to: str
    channel: str = "whatsapp"
    body: str = ""
    media: list[str | Json] = field(default_factory=list)
    name: str = ""
    reply_to: str = ""
    button: Json = field(default_factory=dict)
    fields: Json = field(default_factory=dict)
    kind: str = ""
    copies: int = 1
    wait: bool = True

    @staticmethod
    def of(account: Account, data: Json) -> "Said":
        """Raises TypeError on an unknown key, ValueError on an unknown channel, kind or number."""
        row = dict(data)
        said = Said(row.pop("from"), row.pop("to", "") or next(iter(account.numbers)), **row)
        said.from_, said.to = said.from_.removeprefix("whatsapp:"), said.to.removeprefix("whatsapp:")
        if said.channel not in ("whatsapp", "sms"):
            raise ValueError(f"unknown channel {said.channel!r}; it is whatsapp or sms")
        if said.to not in account.numbers:
            raise ValueError(f"{said.to} is no number of the account; it has {', '.join(account.numbers)}")
        if not addresses.possible(said.address(said.from_)):
            raise ValueError(f"{said.from_!r} is no address; like +34600000001, or US.ABC123 for a hidden number")
        kinds.complete(said.kind, said.media, said.body, said.fields)
        return said

    def address(self, number: str) -> str:
        return f"whatsapp:{number}" if self.channel == "whatsapp" else number


def keep(world: World, account: Account, said: Said) -> Message:
    """Stores the message, opens the 24-hour window."""
    now = world.clock.now()
    files = [_media(account, world, item) for item in said.media]
    text = str(said.button.get("text", "")) or said.body or kinds.body(said.kind)
    message = Message(
        sid=account.sid_of("MM" if files else "SM"),
        from_=said.address(said.from_),
        to=said.address(said.to),
        body=text,
        direction="inbound",
        status="received",
        created=now,
        updated=now,
        sent=now,
        media=files,
    )
    account.messages[message.sid] = message
    if message.whatsapp:
        account.windows[(message.to, message.from_)] = now
    return message


def webhook_fields(account: Account, said: Said, message: Message) -> dict[str, str]:
    """The form of an inbound message (https://www.twilio.com/docs/messaging/guides/webhook-request).

    Media addresses name Twilio's own host, as there: the product reaches them through TWILIO_API_BASE.
    """
    base = "https://api.twilio.com"
    fields = {
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageSid": message.sid,
        "AccountSid": account.sid,
        "ApiVersion": "2010-04-01",
        "SmsStatus": "received",
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
        "NumSegments": "1",
        "NumMedia": str(len(message.media)),
    }
    for place, media in enumerate(message.media):
        fields[f"MediaContentType{place}"] = media.content_type
        fields[f"MediaUrl{place}"] = f"{base}{API}/Accounts/{account.sid}/Messages/{message.sid}/Media/{media.sid}"
    if service := account.service_of(said.to):
        fields["MessagingServiceSid"] = service["sid"]
    fields |= _whatsapp_fields(account, said, message) if message.whatsapp else _SMS_PLACES
    fields |= {name: str(value) for name, value in kinds.fields(said.kind).items()}
    return fields | {name: str(value) for name, value in said.fields.items()}


_SMS_PLACES = {
    "FromCity": "",
    "FromState": "",
    "FromZip": "",
    "FromCountry": "US",
    "ToCity": "NEW YORK",
    "ToState": "NY",
    "ToZip": "10001",
    "ToCountry": "US",
}


def _whatsapp_fields(account: Account, said: Said, message: Message) -> dict[str, str]:
    fields = {"ProfileName": said.name or "Sandbox", "MessageType": _message_type(said, message)}
    context: Json = {"ProfileName": fields["ProfileName"]}
    fields["ExternalUserId"] = addresses.external_id(message.from_)
    if not addresses.hidden(message.from_):
        fields["WaId"] = said.from_.removeprefix("+")
        context["WaId"] = fields["WaId"]
    fields |= {"Forwarded": "false", "FrequentlyForwarded": "false", "ReferralNumMedia": "0"}
    if said.button:
        fields |= kinds.tapped(said.button)
    if said.reply_to:
        original = account.messages[said.reply_to]
        fields |= {"OriginalRepliedMessageSid": original.sid, "OriginalRepliedMessageSender": original.from_}
    metadata = {"type": "whatsapp", "data": {"context": context}}
    return fields | {"ChannelMetadata": json.dumps(metadata, separators=(",", ":"))}


def _message_type(said: Said, message: Message) -> str:
    if said.button:
        return "interactive"
    if message.media:
        top = message.media[0].content_type.partition("/")[0]
        return {"text": "contacts", "application": "document"}.get(top, top)
    return "text"


def _media(account: Account, world: World, item: str | Json) -> Media:
    if isinstance(item, str):
        content_type, data = sample(item)
    else:
        content_type, data = kinds.file(item)
    return Media(account.sid_of("ME"), content_type, data, world.clock.now())
