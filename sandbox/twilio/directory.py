"""The account itself and its numbers, and the typing indicator."""

from aiohttp import web

from sandbox.twilio import paging
from sandbox.twilio.account import API, Account, Json, Number
from sandbox.twilio.door import Ask, answer
from sandbox.twilio.rules import Refusal

NUMBER_FIELDS = (
    "SmsUrl SmsMethod SmsFallbackUrl SmsFallbackMethod VoiceUrl VoiceMethod VoiceFallbackUrl VoiceFallbackMethod "
    "StatusCallback StatusCallbackMethod FriendlyName"
)
_ATTRIBUTES = {
    "SmsUrl": "sms_url",
    "SmsMethod": "sms_method",
    "SmsFallbackUrl": "sms_fallback_url",
    "SmsFallbackMethod": "sms_fallback_method",
    "VoiceUrl": "voice_url",
    "VoiceMethod": "voice_method",
    "VoiceFallbackUrl": "voice_fallback_url",
    "VoiceFallbackMethod": "voice_fallback_method",
    "StatusCallback": "status_callback",
    "StatusCallbackMethod": "status_callback_method",
    "FriendlyName": "friendly_name",
}
_STARTED = "Fri, 01 Jan 2021 00:00:00 +0000"


async def fetch_account(ask: Ask) -> web.StreamResponse:
    """The Account resource (https://www.twilio.com/docs/iam/api/account)."""
    base = f"{API}/Accounts/{ask.account.sid}"
    names = ["Applications", "Calls", "Conferences", "IncomingPhoneNumbers", "Messages", "Notifications", "Recordings"]
    return answer(
        {
            "status": "active",
            "type": "Full",
            "friendly_name": "Sandbox",
            "owner_account_sid": ask.account.sid,
            "auth_token": ask.account.auth_token,
            "sid": ask.account.sid,
            "date_created": _STARTED,
            "date_updated": _STARTED,
            "uri": f"{base}.json",
            "subresource_uris": {name.lower(): f"{base}/{name}.json" for name in names},
        }
    )


async def browse_numbers(ask: Ask) -> web.StreamResponse:
    wanted = ask.text("PhoneNumber")
    rows = [row for row in ask.account.numbers.values() if wanted in row.number]
    page = paging.page(ask, rows, "incoming_phone_numbers", lambda row: _number_json(ask.account, row))
    return answer(page)


async def fetch_number(ask: Ask) -> web.StreamResponse:
    return answer(_number_json(ask.account, _known(ask)))


async def update_number(ask: Ask) -> web.StreamResponse:
    number = _known(ask)
    for name, value in ask.fields.items():
        if name.endswith(("Url", "Callback")) and value and not value.startswith(("http://", "https://")):
            raise Refusal(21205, f"{name} is not a valid URL")
        setattr(number, _ATTRIBUTES[name], value)
    return answer(_number_json(ask.account, number))


async def type_on(ask: Ask) -> web.StreamResponse:
    """Shows typing and marks the message read (docs/whatsapp/api/typing-indicators-resource, read 2026-11)."""
    message = ask.account.messages.get(ask.text("messageId"))
    if ask.text("channel") != "whatsapp" or message is None or message.direction != "inbound":
        raise Refusal(20001, "messageId must name an incoming WhatsApp message")
    ask.crossing.destination = message.from_
    ask.account.typing.append({"to": message.from_, "at": ask.world.clock.now().isoformat()})
    return answer({"success": True})


def _known(ask: Ask) -> Number:
    for number in ask.account.numbers.values():
        if number.sid == ask.part("sid"):
            return number
    raise Refusal(20404, f"The requested resource {ask.request.path} was not found")


def _number_json(account: Account, number: Number) -> Json:
    """The IncomingPhoneNumber resource (https://www.twilio.com/docs/phone-numbers/api/incomingphonenumber-resource)."""
    base = f"{API}/Accounts/{account.sid}/IncomingPhoneNumbers/{number.sid}"
    own = {name: getattr(number, name) for name in _ATTRIBUTES.values()}
    return {
        **own,
        "account_sid": account.sid,
        "address_sid": None,
        "address_requirements": "none",
        "api_version": "2010-04-01",
        "beta": False,
        "bundle_sid": None,
        "capabilities": {"voice": number.voice, "sms": True, "mms": True, "fax": False},
        "date_created": _STARTED,
        "date_updated": _STARTED,
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
        "emergency_status": "Active",
        "identity_sid": None,
        "origin": "twilio",
        "phone_number": number.number,
        "sid": number.sid,
        "sms_application_sid": None,
        "status": "in-use",
        "trunk_sid": None,
        "type": "local",
        "uri": f"{base}.json",
        "voice_application_sid": None,
        "voice_caller_id_lookup": False,
        "voice_receive_mode": "voice",
    }
