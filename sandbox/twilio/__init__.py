"""The Twilio half: see docs/sandbox.md."""

from aiohttp import web

from sandbox.twilio import control, message_list, messages, paging
from sandbox.twilio.account import ACCOUNT, Account
from sandbox.twilio.door import not_modelled, resource
from sandbox.world import WORLD

_ACCOUNT = "/2010-04-01/Accounts/{account}"


def attach(app: web.Application) -> None:
    """Adds this half's provider routes and its control routes to app."""
    world = app[WORLD]
    app[ACCOUNT] = Account(world.settings.get("twilio", {}), world.dice)
    world.on_reset.append(app[ACCOUNT].forget)
    _messaging(app.router)
    _control(app.router)
    for root in ("/2010-04-01", "/v1", "/v2", "/v3"):
        app.router.add_route("*", root + "/{rest:.*}", not_modelled)


def _messaging(router: web.UrlDispatcher) -> None:
    listing, one = f"{_ACCOUNT}/Messages.json", f"{_ACCOUNT}/Messages/{{sid:\\w+}}.json"
    media = f"{_ACCOUNT}/Messages/{{sid:\\w+}}/Media"
    router.add_post(listing, resource("Messages.create", messages.create, messages.FIELDS))
    router.add_get(listing, resource("Messages.list", message_list.browse, message_list.LIST_FIELDS))
    router.add_get(one, resource("Messages.fetch", message_list.fetch))
    router.add_post(one, resource("Messages.update", message_list.update, "Status Body"))
    router.add_delete(one, resource("Messages.delete", message_list.delete))
    router.add_get(f"{media}.json", resource("Media.list", message_list.browse_media, paging.FIELDS))
    for suffix in (".json", ""):
        router.add_get(f"{media}/{{media:\\w+}}{suffix}", resource("Media.fetch", message_list.fetch_media))
        router.add_delete(f"{media}/{{media:\\w+}}{suffix}", resource("Media.delete", message_list.delete_media))


def _control(router: web.UrlDispatcher) -> None:
    router.add_post("/sandbox/twilio/say", control.say)
    router.add_post("/sandbox/twilio/webhook", control.post_webhook)
    router.add_get("/sandbox/twilio/messages", control.show_messages)
    router.add_post("/sandbox/twilio/read", control.read)
    router.add_post("/sandbox/twilio/numbers", control.put_number)
    router.add_post("/sandbox/twilio/contents", control.put_content)
    router.add_get("/sandbox/twilio/debugger", control.show_debugger)
