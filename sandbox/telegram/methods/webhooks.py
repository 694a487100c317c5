"""How the bot takes its updates: setWebhook and its kin, or getUpdates."""

import asyncio
import re
import time
from typing import Any

from yarl import URL

from sandbox.ledger import Json
from sandbox.telegram.delivery import Hook
from sandbox.telegram.errors import BOT_API, bad, conflict, too_many
from sandbox.telegram.house import House
from sandbox.telegram.methods.method import Told, method
from sandbox.telegram.params import Params
from sandbox.telegram.updates import DEFAULT, KINDS
from sandbox.telegram.wire import Wire

_SECRET = re.compile(r"[A-Za-z0-9_-]*$")
LONGEST_POLL = 50
BUSY = "terminated by other getUpdates request; make sure that only one bot instance is running"
WEBHOOK_ACTIVE = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


def set_webhook(house: House, params: Params) -> Told:
    """process_set_webhook_query, Client.cpp; any http or https URL is allowed, as on a local Bot API server."""
    if not params.text("url"):
        return delete_webhook(house, params)
    if time.monotonic() < house.next_set_webhook:
        raise too_many(1, f"setWebhook once a second ({BOT_API})")
    wire = _wire(params)
    house.next_set_webhook = time.monotonic() + 1
    allow(house, params)
    if wire == house.wire and not params.flag("drop_pending_updates"):
        return Told(True, "Webhook is already set")
    _unplug(house, params)
    house.wire = wire
    house.hook = Hook(house.world, house.updates, wire, float(house.settings["retry_scale"]))
    house.hook.on_error = lambda date, error: setattr(house, "last_hook_error", (date, error))
    house.hook.on_gone = lambda: _close(house)
    house.hook.call = house.call_in_answer
    house.hook.start()
    house.bell.ring()
    return Told(True, "Webhook was set")


def delete_webhook(house: House, params: Params) -> Told:
    was_set = house.wire is not None
    _unplug(house, params)
    return Told(True, "Webhook was deleted" if was_set else "Webhook is already deleted")


def get_webhook_info(house: House, _: Params) -> Json:
    """JsonWebhookInfo, Client.cpp."""
    shown: Json = {
        "url": str(house.wire.url) if house.wire else "",
        "has_custom_certificate": bool(house.wire and house.wire.certificate),
        "pending_update_count": house.updates.count(),
    }
    if house.last_hook_error:
        shown["last_error_date"], shown["last_error_message"] = house.last_hook_error
    if house.wire:
        shown |= {"max_connections": house.wire.max_connections, "ip_address": "127.0.0.1"}
    if house.updates.allowed != DEFAULT:
        shown["allowed_updates"] = [kind for kind in KINDS if kind in house.updates.allowed]
    return shown


async def get_updates(house: House, params: Params) -> list[Json]:
    """process_get_updates_query, Client.cpp: acknowledges below ``offset``, waits up to 50 s for more."""
    if house.wire:
        raise conflict(WEBHOOK_ACTIVE)
    offset, limit = params.number("offset"), params.number("limit", 100, 1, 100)
    until = time.monotonic() + params.number("timeout", 0, 0, LONGEST_POLL)
    allow(house, params)
    house.bell.pollers += 1
    mine = house.bell.pollers
    house.bell.ring()
    if offset:
        house.updates.take_before(offset)
    while not (waiting := house.updates.waiting()) and (left := until - time.monotonic()) > 0:
        await house.bell.wait(left)
        await _check_still_mine(house, mine)
    return [update.as_json() for update in waiting[:limit]]


async def _check_still_mine(house: House, mine: int) -> None:
    if house.wire:
        raise conflict("terminated by setWebhook request")
    if house.bell.pollers != mine:
        await asyncio.sleep(3 * float(house.settings["retry_scale"]))
        raise conflict(BUSY)


def allow(house: House, params: Params) -> None:
    """``allowed_updates``: not given keeps the previous setting, an empty list is the default."""
    wanted: Any = params.data("allowed_updates", "allowed_updates")
    if isinstance(wanted, list):
        known = frozenset(kind for kind in wanted if kind in KINDS)
        house.updates.allowed = known or DEFAULT


def _wire(params: Params) -> Wire:
    secret = params.text("secret_token")
    if len(secret) > 256:
        raise bad("secret token is too long", BOT_API)
    if not _SECRET.match(secret):
        raise bad("secret token contains unallowed characters", BOT_API)
    url = URL(params.text("url"), encoded=True) if "://" in params.text("url") else URL("https://" + params.text("url"))
    if url.scheme not in ("http", "https") or not url.host:
        raise bad("invalid webhook URL specified", BOT_API)
    certificate = params.files.get("certificate")
    most = params.number("max_connections", 40, 1, 100)
    return Wire(url, secret, most, certificate.data if certificate else None)


def _unplug(house: House, params: Params) -> None:
    if house.hook:
        house.hook.stop()
    house.wire = house.hook = None
    if params.flag("drop_pending_updates"):
        house.updates.clear()


def _close(house: House) -> None:
    house.wire = house.hook = None


METHODS = (
    method(
        "setWebhook",
        set_webhook,
        "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    ),
    method("deleteWebhook", delete_webhook, "drop_pending_updates"),
    method("getWebhookInfo", get_webhook_info),
    method("getUpdates", get_updates, "offset limit timeout allowed_updates"),
)
