"""The doors on a shell of the test's own."""

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import webhooks
from bot.shell import Shell
from channels.wire import Request


def client(shell: Shell) -> FlaskClient:
    """What the web process serves, as app.create_app puts it together."""
    app = Flask(__name__, static_folder=None)
    app.extensions["shell"] = shell
    for door in webhooks.DOORS:
        app.register_blueprint(door)
    return app.test_client()


def posts(shell: Shell, request: Request, raw: str | None = None) -> TestResponse:
    """Posts a request; ``raw`` is the request target as the HTTP server saw it, if it differs."""
    headers = {name: value for name, value in request.headers.items() if name != "content-type"}
    return client(shell).post(
        request.target,
        data=request.body,
        headers=headers,
        content_type=request.headers.get("content-type"),
        environ_overrides={"RAW_URI": request.target if raw is None else raw},
    )
