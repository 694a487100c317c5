"""The web process: ``gunicorn "app:create_app()"``; also what ``flask`` commands run in."""

from flask import Flask

import commands
import webhooks
from parts import assemble, log_to_stderr
from settings import Settings


def create_app(settings: Settings | None = None) -> Flask:
    """The doors and the operators' commands around one shell. Raises SettingsError when it cannot start whole."""
    log_to_stderr()
    app = Flask("backstop", static_folder=None)
    app.extensions["shell"] = assemble(settings)
    for door in (webhooks.receive, webhooks.media, webhooks.health, webhooks.metrics):
        app.register_blueprint(door)
    for group in commands.GROUPS:
        app.cli.add_command(group)
    return app
