"""Our stored files for a provider to fetch, by signed links that expire."""

from flask import Blueprint, Response, current_app, request

from bot.media import signed
from bot.shell import Shell
from models import Media

media = Blueprint("media", __name__)


@media.get("/media/<token>")
def fetch(token: str) -> Response:
    """The file (HEAD too), or the part asked for by Range, as players fetch a film piece by piece (416 past its end);
    404 for a link that is forged, has expired or names nothing."""
    shell: Shell = current_app.extensions["shell"]
    digest = signed(shell, token)
    with shell.db.reading() as session:
        stored = session.get(Media, digest) if digest else None
    if stored is None:
        return Response("this link does not work or no longer works\n", 404)
    headers = {
        "Content-Type": stored.content_type,
        "Content-Disposition": "attachment",  # a customer's file must never run on our origin
        "Content-Security-Policy": "sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private",
    }
    response = Response(stored.data, headers=headers)
    response.set_etag(stored.sha256)
    response.make_conditional(request.environ, accept_ranges=True, complete_length=stored.size)
    return response
