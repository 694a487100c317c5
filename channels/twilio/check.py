"""Is Twilio set up for us: credentials, our senders, and where it sends what customers write."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from channels.clocks import compared
from channels.findings import Expected, Finding
from channels.twilio import check_voice
from channels.wire import TransportError

if TYPE_CHECKING:
    from twilio.rest import Client

Ask = Callable[[Callable[["Client"], Any]], Any]  # one SDK call; raises TransportError
Hooks = dict[str, tuple[str, str, str]]  # sender to (service, URL, method)
INBOUND = "/webhooks/twilio/messages"
_SHORT_CODE = 6
_SERVICES = 20  # looked into, at most


def check(ask: Ask, sid: str, expected: Expected) -> list[Finding]:
    """Stops at the first answer that is missing: what follows would say the same."""
    leg = "Twilio credentials"
    try:
        found = ask(lambda client: client.api.v2010.accounts(sid).fetch_with_http_info())
        if found.data.status != "active":
            words = f"the account is {found.data.status}"
            return [Finding(leg, False, words, "open the Twilio console: it says why and what to do")]
        date = next((value for name, value in found.headers.items() if name.lower() == "date"), "")
        findings = [Finding(leg, True, "valid, the account is active"), compared("Twilio", date)]
        leg = "Twilio senders"
        return findings + _senders(ask, expected)
    except TransportError as error:
        step = "look at status.twilio.com, and whether this machine reaches TWILIO_API_BASE"
        return [Finding(leg, False, str(error), _STEPS.get(error.code, step))]


def other_token(ask: Ask, sid: str) -> Finding:
    """The second token of a rotation, asked with: both are good until Twilio drops the old one."""
    leg = "Twilio other token"
    try:
        ask(lambda client: client.api.v2010.accounts(sid).fetch())
    except TransportError as error:
        dropped = error.code == "20003"
        words = "Twilio does not know it" if dropped else str(error)
        step = "take TWILIO_OTHER_AUTH_TOKEN out and start web again, unless it was mistyped"
        return Finding(leg, False, words, step if dropped else _STEPS.get(error.code, "run this again in a minute"))
    return Finding(leg, True, "Twilio knows both; what either signed is believed until the rotation is over")


_STEPS = {
    "20003": "copy the auth token from the Twilio console into TWILIO_AUTH_TOKEN and start web and worker again",
    "20404": "copy the account SID from the Twilio console into TWILIO_ACCOUNT_SID and start web and worker again",
    "20429": "wait a minute and run this again",
}


def _senders(ask: Ask, expected: Expected) -> list[Finding]:
    whatsapp, sms, voice = (expected.senders.get(name, "") for name in ("whatsapp", "sms", "voice"))
    if not whatsapp and not sms:
        return [Finding("Twilio senders", False, "none is set", "set TWILIO_WHATSAPP_FROM or TWILIO_SMS_FROM")]
    services, url = _service_hooks(ask), expected.public_url + INBOUND
    findings = _whatsapp(ask, whatsapp, services, url) if whatsapp else []
    findings += _sms(ask, sms, services, url) if sms else []
    return findings + (check_voice.voice(ask, voice, expected.public_url) if voice else [])


def _service_hooks(ask: Ask) -> Hooks:
    """Where a Messaging Service takes what its senders get to an address of its own, past the sender's."""
    hooks: Hooks = {}
    for service in ask(lambda client: client.messaging.v1.services.list(limit=_SERVICES)):
        if not service.use_inbound_webhook_on_number:
            hook = (service.friendly_name, service.inbound_request_url or "", service.inbound_method or "")
            hooks |= dict.fromkeys(_members(ask, service.sid), hook)
    return hooks


def _members(ask: Ask, service: str) -> list[str]:
    numbers = ask(lambda client: client.messaging.v1.services(service).phone_numbers.list())
    senders = ask(lambda client: client.messaging.v1.services(service).channel_senders.list())
    return [row.phone_number for row in numbers] + [row.sender for row in senders]


def _whatsapp(ask: Ask, sender: str, services: Hooks, url: str) -> list[Finding]:
    listed = ask(lambda client: client.messaging.v2.channels_senders.list(channel="whatsapp"))
    row = next((row for row in listed if row.sender_id == sender), None)
    if row is None:
        words = "TWILIO_WHATSAPP_FROM is no WhatsApp sender of this account"
        return [Finding("WhatsApp out", False, words, "compare it with Messaging > Senders in the Twilio console")]
    out = Finding("WhatsApp out", True, "the sender is online")
    if not str(row.status).startswith("ONLINE"):
        step = "open Messaging > Senders > WhatsApp senders in the Twilio console: it says what Meta wants"
        out = Finding("WhatsApp out", False, f"the sender is {row.status}", step)
    hook = row.webhook
    told = _field(hook, "callback_url"), _field(hook, "callback_method")
    return [out, _inbound("WhatsApp in", "the sender", services.get(sender), told, url)]


def _sms(ask: Ask, number: str, services: Hooks, url: str) -> list[Finding]:
    if not number.lstrip("+").isdigit():
        return [Finding("SMS out", True, "a name as sender: it is not looked up, and nobody can answer it")]
    if len(number.lstrip("+")) <= _SHORT_CODE:
        return [Finding("SMS out", True, "a short code: it is not looked up; see its URL in the Twilio console")]
    listed = ask(lambda client: client.incoming_phone_numbers.list(phone_number=number, limit=20))
    row = next((row for row in listed if row.phone_number.lstrip("+") == number.lstrip("+")), None)
    if row is None:
        words = "TWILIO_SMS_FROM is no number of this account"
        return [
            Finding("SMS out", False, words, "compare it with Phone Numbers > Active numbers in the Twilio console")
        ]
    out = Finding("SMS out", True, "the number is ours")
    return [out, _inbound("SMS in", "the number", services.get(row.phone_number), (row.sms_url, row.sms_method), url)]


def _inbound(leg: str, what: str, service: tuple[str, str, str] | None, own: tuple[str, str], url: str) -> Finding:
    """What customers write must come to ``url`` by POST; a service that takes it over counts, else the sender's own."""
    where = f"its Messaging Service {service[0]}" if service else what
    told, method = service[1:] if service else own
    step = f"in the Twilio console set the incoming URL of {where} to {url}, POST"
    if not told:
        return Finding(leg, False, f"{where} has no URL for what customers write", step)
    if told.partition("#")[0] != url:
        return Finding(leg, False, f"{where} posts to another address: {_shown(told)}", step)
    if method.upper() != "POST":
        return Finding(leg, False, f"{where} uses {method} instead of POST", step)
    return Finding(leg, True, f"{where} posts to us")


def _shown(url: str) -> str:
    """Without what may be a credential: the userinfo and the query."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.rpartition('@')[2]}{slash}{path.partition('?')[0]}"


def _field(of: Any, name: str) -> str:
    """The SDK gives a webhook as an object or, by version, as what JSON said."""
    found = of.get(name) if isinstance(of, dict) else getattr(of, name, None)
    return str(found or "")
