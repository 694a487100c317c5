"""Messaging Services with their numbers and senders, and the WhatsApp senders: what messaging.twilio.com lists."""

from hashlib import md5

from aiohttp import web

from sandbox.twilio import paging
from sandbox.twilio.account import Account, Json, Number
from sandbox.twilio.door import Ask, answer
from sandbox.twilio.rules import Refusal

_API = "messaging"
_HOST = f"https://{_API}.twilio.com"
_STARTED = "2021-01-01T00:00:00Z"


async def browse(ask: Ask) -> web.StreamResponse:
    """The Service resource (https://www.twilio.com/docs/messaging/api/service-resource)."""
    rows = [_service_json(ask.account, row) for row in ask.account.services.values()]
    return answer(paging.meta_page(ask, rows, "services", _API))


async def browse_numbers(ask: Ask) -> web.StreamResponse:
    """The numbers of one service (docs/messaging/api/phonenumber-resource)."""
    service = _known(ask)
    rows = [_member(ask.account, service, number) for number in _members(ask.account, service)]
    return answer(paging.meta_page(ask, rows, "phone_numbers", _API))


async def browse_members(ask: Ask) -> web.StreamResponse:
    """The WhatsApp senders of one service (docs/messaging/api/channelsender-resource)."""
    service = _known(ask)
    rows = [
        _channel_member(ask.account, service, number) for number in _members(ask.account, service) if number.whatsapp
    ]
    return answer(paging.meta_page(ask, rows, "senders", _API))


async def browse_senders(ask: Ask) -> web.StreamResponse:
    """The WhatsApp senders of the account (docs/whatsapp/api/senders, public beta, read 2026-11)."""
    if ask.text("Channel") != "whatsapp":
        raise Refusal(20001, "Channel must be whatsapp")
    rows = [_sender_json(number) for number in ask.account.numbers.values() if number.whatsapp]
    return answer(paging.meta_page(ask, rows, "senders", _API))


def _known(ask: Ask) -> Json:
    service = ask.account.services.get(ask.part("sid"))
    if service is None:
        raise Refusal(20404, f"The requested resource {ask.request.path} was not found")
    return service


def _members(account: Account, service: Json) -> list[Number]:
    return [account.numbers[number] for number in service.get("numbers", []) if number in account.numbers]


def _service_json(account: Account, row: Json) -> Json:
    url = f"{_HOST}/v1/Services/{row['sid']}"
    links = {"phone_numbers": "PhoneNumbers", "channel_senders": "ChannelSenders", "short_codes": "ShortCodes"}
    return {
        "sid": row["sid"],
        "account_sid": account.sid,
        "friendly_name": row.get("friendly_name", "Sandbox"),
        "date_created": _STARTED,
        "date_updated": _STARTED,
        "inbound_request_url": row.get("inbound_request_url"),
        "inbound_method": row.get("inbound_method", "POST"),
        "fallback_url": row.get("fallback_url"),
        "fallback_method": "POST",
        "status_callback": None,
        "sticky_sender": True,
        "mms_converter": True,
        "smart_encoding": True,
        "scan_message_content": "inherit",
        "fallback_to_long_code": False,
        "area_code_geomatch": True,
        "synchronous_validation": False,
        "validity_period": 36000,
        "url": url,
        "links": {name: f"{url}/{path}" for name, path in links.items()},
        "usecase": "notifications",
        "us_app_to_person_registered": False,
        "use_inbound_webhook_on_number": row.get("use_inbound_webhook_on_number", True),
    }


def _member(account: Account, service: Json, number: Number) -> Json:
    return {
        "sid": number.sid,
        "account_sid": account.sid,
        "service_sid": service["sid"],
        "date_created": _STARTED,
        "date_updated": _STARTED,
        "phone_number": number.number,
        "country_code": "US",
        "capabilities": ["SMS", "Voice"],
        "url": f"{_HOST}/v1/Services/{service['sid']}/PhoneNumbers/{number.sid}",
    }


def _channel_member(account: Account, service: Json, number: Number) -> Json:
    return {
        "sid": _sid(number),
        "account_sid": account.sid,
        "messaging_service_sid": service["sid"],
        "sender": f"whatsapp:{number.number}",
        "sender_type": "WhatsApp",
        "country_code": "US",
        "date_created": _STARTED,
        "date_updated": _STARTED,
        "url": f"{_HOST}/v1/Services/{service['sid']}/ChannelSenders/{_sid(number)}",
    }


def _sender_json(number: Number) -> Json:
    """One WhatsApp sender; its webhook is the number's."""
    return {
        "sid": _sid(number),
        "status": number.whatsapp_status,
        "sender_id": f"whatsapp:{number.number}",
        "configuration": {
            "waba_id": "100000000000001",
            "verification_method": "sms",
            "verification_code": None,
            "voice_application_sid": None,
        },
        "webhook": {
            "callback_url": number.sms_url or None,
            "callback_method": number.sms_method,
            "fallback_url": number.sms_fallback_url or None,
            "fallback_method": number.sms_fallback_method,
            "status_callback_url": number.status_callback or None,
            "status_callback_method": number.status_callback_method,
        },
        "profile": {
            "name": "Sandbox",
            "about": None,
            "address": None,
            "description": None,
            "emails": None,
            "logo_url": None,
            "vertical": "Other",
            "websites": None,
        },
        "properties": {"quality_rating": "HIGH", "messaging_limit": "10K Customers/24hr"},
        "offline_reasons": None,
        "url": f"{_HOST}/v2/Channels/Senders/{_sid(number)}",
    }


def _sid(number: Number) -> str:
    """The sender's SID, the same for one number each time."""
    return f"XE{md5(number.number.encode(), usedforsecurity=False).hexdigest()}"
