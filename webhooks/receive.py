"""Inbound webhooks: verify, one durable insert, 2xx (delivery.md, In)."""

from urllib.parse import urlsplit

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import RequestEntityTooLarge

from bot.remember import remember
from bot.shell import Shell
from channels.wire import Forged, Request

LARGEST = 2**20  # bytes of a webhook body; media come by link, not in it
EMPTY_TWIML = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'
receive = Blueprint("webhooks", __name__, url_prefix="/webhooks")
log = structlog.get_logger()


@receive.post("/twilio/messages")
@receive.post("/twilio/status/<int:_delivery>")
def twilio(_delivery: int = 0) -> Response:
    """Messages and status callbacks; the answer in words comes later, by REST."""
    return _kept("twilio", Response(EMPTY_TWIML, mimetype="text/xml"))


@receive.post("/telegram")
def telegram() -> Response:
    """Every kind of update, from customers and the agent group alike."""
    return _kept("telegram", Response(status=200))


def _kept(channel: str, thanks: Response) -> Response:
    """403 on forgery, 413 on a giant, 503 only when the database cannot take it: then the provider comes again."""
    shell: Shell = current_app.extensions["shell"]
    asked = whole(channel)
    if isinstance(asked, Response):
        return asked
    try:
        fresh = remember(shell, channel, asked)
    except Forged as error:
        log.warning("webhook_forged", channel=channel, why=str(error)[:80])
        return Response("forged\n", 403)
    except SQLAlchemyError:
        log.exception("webhook_not_stored", channel=channel)
        return Response("cannot be stored now, come again\n", 503)
    log.debug("webhook_kept", channel=channel, fresh=fresh)
    return thanks


def whole(channel: str) -> Request | Response:
    """The request as it came, or the refusal of one that is too large or for a channel that is off."""
    shell: Shell = current_app.extensions["shell"]
    if channel not in shell.channels:
        return Response("this channel is switched off here\n", 404)
    request.max_content_length = LARGEST + 1  # a body without a told length is cut there, and must not pass as whole
    try:
        body: bytes | None = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    if body is None or len(body) > LARGEST:
        return Response("larger than 1 MiB\n", 413)
    return Request(_raw_target(), {name.lower(): value for name, value in request.headers.items()}, body)


def _raw_target() -> str:
    """Path and query as they were sent: Werkzeug's URL is decoded, and a signature is over the bytes.

    gunicorn tells it as RAW_URI, waitress as REQUEST_URI, Werkzeug's own server as both; a proxy may send it whole.
    """
    raw: str = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI") or request.full_path.rstrip("?")
    if raw.startswith("/"):
        return raw
    parts = urlsplit(raw)
    return parts.path + (f"?{parts.query}" if parts.query else "")
