"""Calls to our number: each request is kept and answered in words, as somebody is on the line."""

from collections.abc import Callable

import structlog
from flask import Blueprint, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from bot.phone import calls as line
from bot.shell import Shell
from channels.ringing import Heard, heard
from channels.telephone import CALLED, CALLS
from channels.twiml import Words, document
from channels.wire import Forged
from webhooks.receive import whole

calls = Blueprint("calls", __name__)
log = structlog.get_logger()


@calls.post(CALLED)
def came() -> Response:
    """Somebody calls; also where the number's status callback may go, which tells that they have hung up."""
    return _told(line.came)


@calls.post(f"{CALLS}<int:number>/whisper")
def whisper(number: int) -> Response:
    """A person of the crew has picked up."""
    return _told(lambda shell, told: line.whispered(shell, number, _leg(), told))


@calls.post(f"{CALLS}<int:number>/key")
def key(number: int) -> Response:
    """They pressed a key, or none."""
    return _told(lambda shell, told: line.pressed(shell, number, _leg(), told))


@calls.post(f"{CALLS}<int:number>/after")
def after(number: int) -> Response:
    """They did not take it, or the talk is over."""
    return _told(lambda shell, told: line.went_on(shell, number, _leg(), told))


@calls.post(f"{CALLS}<int:number>/<any(taped, kept, nothing):_step>")
def tape(number: int, _step: str) -> Response:
    """The recording has ended, can be fetched, or there was only silence."""
    return _told(lambda shell, told: line.taped(shell, number, told))


def _leg() -> int:
    return max(request.args.get("leg", 0, int), 0)


def _told(act: Callable[[Shell, Heard], Words]) -> Response:
    """403 on forgery; 503 when the database cannot take it, and then the number's fallback answers the caller."""
    shell: Shell = current_app.extensions["shell"]
    asked = whole("twilio")
    if isinstance(asked, Response):
        return asked
    try:
        shell.channels["twilio"].verify(asked)
        words = act(shell, heard(asked.body))
    except Forged as error:
        log.warning("webhook_forged", channel="voice", why=str(error)[:80])
        return Response("forged\n", 403)
    except SQLAlchemyError:
        log.exception("call_not_kept")
        return Response("cannot be stored now\n", 503)
    return Response(document(words), mimetype="text/xml")
