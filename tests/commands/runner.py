"""Flask's own runner on a shell of the test's own."""

from click.testing import Result
from flask import Flask

import commands
from bot.shell import Shell


def run(shell: Shell, *arguments: str) -> Result:
    """``flask <arguments>`` as an operator types it; the groups are hung in as app.create_app does."""
    app = Flask(__name__, static_folder=None)
    app.extensions["shell"] = shell
    for group in commands.GROUPS:
        app.cli.add_command(group)
    return app.test_cli_runner().invoke(args=list(arguments))
