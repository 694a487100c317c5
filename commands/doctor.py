"""``flask doctor``: is every leg sound, and if not, what is the next step."""

import json
import threading
import time
import urllib.error
import urllib.request
from functools import partial

import click
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from bot.examine import Leg, legs
from bot.shell import Shell
from bot.sweeps import sweep
from channels.findings import Finding
from commands.database import alembic_config

_PATIENCE = 25.0  # seconds for all legs together, which are looked at side by side
_REACH = 8.0  # seconds our own address may take


@click.command()
@click.option("--json", "as_json", is_flag=True, help="as one JSON object")
@with_appcontext
def doctor(as_json: bool) -> None:
    """Look at every leg within half a minute; exit code 1 when any is broken."""
    shell: Shell = current_app.extensions["shell"]
    began = time.monotonic()
    work = legs(shell) | {"migrations": partial(_migrations, shell), "PUBLIC_URL": partial(_reached, shell)}
    findings = _looked(work)
    sound = all(finding.ok for finding in findings)
    if as_json:
        told = [
            {"leg": one.leg, "ok": one.ok, "words": one.words} | ({"next": one.next} if one.next else {})
            for one in findings
        ]
        facts = {"ok": sound, "seconds": round(time.monotonic() - began, 1), "legs": told}
        click.echo(json.dumps(facts, indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            click.echo(f"{'ok' if finding.ok else 'broken':<8}{finding.leg}: {finding.words}")
            if finding.next:
                click.echo(f"{'':<8}next: {finding.next}")
    if not sound:
        raise click.exceptions.Exit(1)


def _looked(work: dict[str, Leg]) -> list[Finding]:
    """All legs side by side; one that hangs or crashes is broken and holds up nobody."""
    found: dict[str, list[Finding] | None] = {}

    def look(name: str) -> None:
        found[name] = sweep(work[name], "doctor")

    threads = {name: threading.Thread(target=look, args=(name,), name=name, daemon=True) for name in work}
    for thread in threads.values():
        thread.start()
    end = time.monotonic() + _PATIENCE
    for thread in threads.values():
        thread.join(max(0.0, end - time.monotonic()))
    return [finding for name in work for finding in _of(name, found)]


def _of(name: str, found: dict[str, list[Finding] | None]) -> list[Finding]:
    if name not in found:
        return [Finding(name, False, f"no answer in {_PATIENCE:.0f} s", "look at the network between here and there")]
    return found[name] or [
        Finding(name, False, "looking at it crashed", "the log line sweep_failed says where: report")
    ]


def _migrations(shell: Shell) -> list[Finding]:
    leg = "migrations"
    newest = set(ScriptDirectory.from_config(alembic_config(shell)).get_heads())
    try:
        with shell.db.engine.connect() as connection:
            stands = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError as error:
        return [Finding(leg, False, f"the database does not answer ({type(error).__name__})", "see the database above")]
    if stands == newest:
        return [Finding(leg, True, f"at {', '.join(sorted(newest))}, the newest")]
    words = f"at {', '.join(sorted(stands)) or 'nothing'}, and the newest is {', '.join(sorted(newest))}"
    return [Finding(leg, False, words, "run `flask release`; with an older program, install the newer one")]


def _reached(shell: Shell) -> list[Finding]:
    """Our own address from here, as a provider would call it."""
    leg, url = "PUBLIC_URL", f"{shell.public_url}/up"
    if not shell.public_url:
        return [Finding(leg, False, "not set", "set it to where providers reach us: https://support.studio.example")]
    try:
        with urllib.request.urlopen(url, timeout=_REACH) as answer:  # noqa: S310 (settings let http and https in only)
            body = answer.read(100)
    except urllib.error.HTTPError as error:
        words, step = f"/up answers {error.code}", "look at the proxy: it must pass all paths through to web"
        return [Finding(leg, False, words, step)]
    except (OSError, ValueError) as error:
        why = type(getattr(error, "reason", error)).__name__
        step = (
            "is web running, does the name lead here, is the certificate valid? (some networks do not reach themselves)"
        )
        return [Finding(leg, False, f"cannot be reached from here ({why})", step)]
    if body.strip() != b"up":
        return [Finding(leg, False, "/up is answered by somebody else", "look where the name and the proxy lead")]
    return [Finding(leg, True, "/up answers")]
