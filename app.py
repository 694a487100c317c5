"""The web process: ``gunicorn "app:create_app()"``; also what ``flask`` commands run in."""

import sys

from flask import Flask

import commands
import webhooks
from parts import assemble, log_to_stderr
from settings import Settings, SettingsError

_NEVER_BOOTS = 3  # on this code gunicorn ends; on any other it would start the worker again for ever


def create_app(settings: Settings | None = None) -> Flask:
    """The doors and the operators' commands around one shell. Ends the process when it cannot start whole."""
    log_to_stderr()
    app = Flask("backstop", static_folder=None)
    try:
        app.extensions["shell"] = assemble(settings)
    except SettingsError as error:
        print(error, file=sys.stderr)
        raise SystemExit(_NEVER_BOOTS) from error
    for door in webhooks.DOORS:
        app.register_blueprint(door)
    for group in commands.GROUPS:
        app.cli.add_command(group)
    return app
