"""Keys pressed in a page's call: the one door that answers in words, as the person is on the line."""

from urllib.parse import parse_qs

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from bot.pager.keypad import pressed
from bot.shell import Shell
from channels.twiml import document
from channels.wire import Forged
from webhooks.receive import EMPTY_TWIML, whole

voice = Blueprint("voice", __name__)
log = structlog.get_logger()


@voice.post("/webhooks/twilio/voice/<int:delivery>")
def keys(delivery: int) -> Response:
    """403 on forgery, 503 when the database cannot take it: the person hears Twilio's apology and is rung again."""
    shell: Shell = current_app.extensions["shell"]
    came = whole("twilio")
    if isinstance(came, Response):
        return came
    try:
        shell.channels["twilio"].verify(came)
        key = parse_qs(came.body.decode(errors="replace")).get("Digits", [""])[0]
        words = pressed(shell, delivery, key, request.args.get("asked", 0, int))
    except Forged as error:
        log.warning("webhook_forged", channel="voice", why=str(error)[:80])
        return Response("forged\n", 403)
    except SQLAlchemyError:
        log.exception("key_not_taken")
        return Response("cannot be stored now\n", 503)
    return Response(document(words) if words else EMPTY_TWIML, mimetype="text/xml")
