"""The acknowledge link of a page: a small page with one button; only the button takes it, never the opening."""

import structlog
from flask import Blueprint, Response, current_app, redirect, render_template, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as Answer

from bot.pager.ack_link import NoLink, OldLink
from bot.pager.ack_page import shown, take
from bot.pager.page_words import languages, worded
from bot.shell import Shell

ack = Blueprint("ack", __name__, template_folder="templates")
log = structlog.get_logger()
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


@ack.get("/ack/<token>")
def look(token: str) -> Answer:
    """What it is about and the button, or who has it; 404 for a forged link, 410 for an old one."""
    shell: Shell = current_app.extensions["shell"]
    try:
        seen = shown(shell, token)
    except NoLink as error:
        return _refused(error)
    except SQLAlchemyError:
        return _away()
    button = worded(seen.language, "link_button") if seen.asked else ""
    return _page(seen.language, title=seen.title, words=seen.words, standing=seen.standing, button=button)


@ack.post("/ack/<token>")
def press(token: str) -> Answer:
    """Takes it, and shows who has it now: at a second press too."""
    shell: Shell = current_app.extensions["shell"]
    try:
        take(shell, token)
    except NoLink as error:
        return _refused(error)
    except SQLAlchemyError:
        log.exception("link_not_taken")
        return _away()
    return redirect(request.path, 303)


def _refused(error: NoLink) -> Answer:
    old = isinstance(error, OldLink)
    language = request.accept_languages.best_match(languages(), "en")
    return _page(language, 410 if old else 404, standing=worded(language, "link_old" if old else "link_wrong"))


def _away() -> Answer:
    language = request.accept_languages.best_match(languages(), "en")
    return _page(language, 503, standing=worded(language, "link_away"))


def _page(language: str, status: int = 200, **shown: str) -> Response:
    return Response(render_template("ack.html", language=language, **shown), status, _HEADERS, mimetype="text/html")
