"""The Twilio half: see docs/sandbox.md."""

from aiohttp import web

from sandbox.twilio import (
    call_list,
    content,
    control,
    directory,
    message_list,
    messages,
    paging,
    phones,
    recordings,
    services,
)
from sandbox.twilio.account import ACCOUNT, Account
from sandbox.twilio.door import not_modelled, resource
from sandbox.twilio.rules import RULES
from sandbox.world import WORLD

_ACCOUNT = "/2010-04-01/Accounts/{account}"
_SID = "{sid:\\w+}"


def attach(app: web.Application) -> None:
    """Adds this half's provider routes and its control routes to app."""
    world = app[WORLD]
    app[ACCOUNT] = Account(world.settings.get("twilio", {}), world.dice)
    world.on_reset.append(app[ACCOUNT].forget)
    world.faults.codes = frozenset(RULES)
    for routes in (_messages, _media, _calls, _directory, _services, _content, _control):
        routes(app.router)
    for root in ("/2010-04-01", "/v1", "/v2", "/v3"):
        app.router.add_route("*", root + "/{rest:.*}", not_modelled)


def _messages(router: web.UrlDispatcher) -> None:
    listing, one = f"{_ACCOUNT}/Messages.json", f"{_ACCOUNT}/Messages/{_SID}.json"
    router.add_post(listing, resource("Messages.create", messages.create, messages.FIELDS))
    router.add_get(listing, resource("Messages.list", message_list.browse, message_list.LIST_FIELDS))
    router.add_get(one, resource("Messages.fetch", message_list.fetch))
    router.add_post(one, resource("Messages.update", message_list.update, "Status Body"))
    router.add_delete(one, resource("Messages.delete", message_list.delete))


def _media(router: web.UrlDispatcher) -> None:
    media = f"{_ACCOUNT}/Messages/{_SID}/Media"
    router.add_get(f"{media}.json", resource("Media.list", message_list.browse_media, paging.FIELDS))
    for suffix in (".json", ""):
        router.add_get(f"{media}/{{media:\\w+}}{suffix}", resource("Media.fetch", message_list.fetch_media))
        router.add_delete(f"{media}/{{media:\\w+}}{suffix}", resource("Media.delete", message_list.delete_media))


def _calls(router: web.UrlDispatcher) -> None:
    listing, one = f"{_ACCOUNT}/Calls.json", f"{_ACCOUNT}/Calls/{_SID}.json"
    router.add_post(listing, resource("Calls.create", call_list.create, call_list.FIELDS))
    router.add_get(listing, resource("Calls.list", call_list.browse, call_list.LIST_FIELDS))
    router.add_get(one, resource("Calls.fetch", call_list.fetch))
    router.add_post(one, resource("Calls.update", call_list.update, call_list.UPDATE_FIELDS))
    for path in ("/Recordings.json", "/Calls/{call:\\w+}/Recordings.json"):
        found = resource("Recordings.list", recordings.browse, f"CallSid {paging.FIELDS}")
        router.add_get(_ACCOUNT + path, found)
    for suffix in (".json", ".wav", ".mp3", ""):
        path = f"{_ACCOUNT}/Recordings/{_SID}{suffix}"
        router.add_get(path, resource("Recordings.fetch", recordings.fetch))
        router.add_delete(path, resource("Recordings.delete", recordings.delete))


def _directory(router: web.UrlDispatcher) -> None:
    numbers = f"{_ACCOUNT}/IncomingPhoneNumbers"
    router.add_get(f"{_ACCOUNT}.json", resource("Accounts.fetch", directory.fetch_account))
    listing = resource("IncomingPhoneNumbers.list", directory.browse_numbers, f"PhoneNumber {paging.FIELDS}")
    router.add_get(f"{numbers}.json", listing)
    router.add_get(f"{numbers}/{_SID}.json", resource("IncomingPhoneNumbers.fetch", directory.fetch_number))
    change = resource("IncomingPhoneNumbers.update", directory.update_number, directory.NUMBER_FIELDS)
    router.add_post(f"{numbers}/{_SID}.json", change)
    typing = resource("Indicators.typing", directory.type_on, "channel messageId")
    router.add_post("/v2/Indicators/Typing.json", typing)


def _services(router: web.UrlDispatcher) -> None:
    one = f"/v1/Services/{_SID}"
    router.add_get("/v1/Services", resource("Services.list", services.browse, paging.FIELDS))
    router.add_get(f"{one}/PhoneNumbers", resource("Services.numbers", services.browse_numbers, paging.FIELDS))
    router.add_get(f"{one}/ChannelSenders", resource("Services.senders", services.browse_members, paging.FIELDS))
    senders = resource("Senders.list", services.browse_senders, f"Channel {paging.FIELDS}")
    router.add_get("/v2/Channels/Senders", senders)


def _content(router: web.UrlDispatcher) -> None:
    one = f"/v1/Content/{_SID}"
    fields = "friendly_name language variables types"
    router.add_post("/v1/Content", resource("Content.create", content.create, fields))
    router.add_get("/v1/Content", resource("Content.list", content.browse, paging.FIELDS))
    router.add_get(one, resource("Content.fetch", content.fetch))
    router.add_delete(one, resource("Content.delete", content.delete))
    asked = resource("ApprovalRequests.create", content.submit, "name category allow_category_change")
    router.add_post(f"{one}/ApprovalRequests/whatsapp", asked)
    router.add_get(f"{one}/ApprovalRequests", resource("ApprovalRequests.fetch", content.review))


def _control(router: web.UrlDispatcher) -> None:
    posts = {
        "say": control.say,
        "webhook": control.post_webhook,
        "read": control.read,
        "numbers": control.put_number,
        "services": control.put_service,
        "contents": control.put_content,
        "phones": phones.put_phone,
        "answer": phones.answer,
        "keys": phones.press,
        "speak": phones.speak,
        "hangup": phones.hang_up,
        "call": phones.call_in,
    }
    for name, handler in posts.items():
        router.add_post(f"/sandbox/twilio/{name}", handler)
    router.add_get("/sandbox/twilio/messages", control.show_messages)
    router.add_get("/sandbox/twilio/media/{media}", control.show_media)
    router.add_get("/sandbox/twilio/typing", control.show_typing)
    router.add_get("/sandbox/twilio/calls", phones.show_calls)
    router.add_get("/sandbox/twilio/debugger", control.show_debugger)
