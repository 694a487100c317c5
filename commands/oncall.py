"""``flask oncall``: who is on, and what is wrong with the rota."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.hotline import rollcall
from bot.hotline.enrol import Imported, import_roster, try_out
from bot.hotline.roster import on_call
from bot.shell import Shell
from commands.moments import moment
from oncall.entries import RosterError
from oncall.findings import AHEAD, concerns
from oncall.people import ROLES, Person
from oncall.rota import Duty, duties


@click.group()
def oncall() -> None:
    """Who is on call."""


@oncall.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def import_(file: Path) -> None:
    """Make the rota what FILE.toml says: people, rotations, shifts, overrides. All of it or nothing."""
    shell: Shell = current_app.extensions["shell"]
    try:
        done = import_roster(shell, file.read_bytes())
    except RosterError as error:
        raise click.ClickException(f"{file}: {error}. Nothing was imported.") from error
    _tell(done)


@oncall.command("test")
@click.argument("name")
@with_appcontext
def test(name: str) -> None:
    """Send NAME a test page on every channel; an answer proves it."""
    tried = try_out(current_app.extensions["shell"], name)
    if tried is None:
        raise click.ClickException(f"nobody in the rota is called {name!r}; `flask oncall show` names who is on")
    if not tried:
        raise click.ClickException(f"{name} has no channel that can be tried; is its sender in the environment?")
    click.echo(f"test pages sent: {', '.join(tried)}; who answers is paged there")


@oncall.command()
@click.option("--at", help="local time in the support zone, or with an offset; now when left out")
@with_appcontext
def show(at: str | None) -> None:
    """Show who is on in every role, until when, and what is wrong in the week that follows."""
    shell: Shell = current_app.extensions["shell"]
    here = shell.policies.support_zone
    when = moment(at, here) if at else shell.clock.now()
    with shell.db.reading() as session:
        rota, calls = on_call(shell, session, when), rollcall.coming(shell, session)
    click.echo(f"{when.astimezone(here):%a %Y-%m-%d %H:%M} {here.key}")
    for role in ROLES:
        click.echo(_line(duties(rota, role, when, when + AHEAD)[0], here, when + AHEAD))
    for wrong in concerns(rota, when, here, rollcall.spans(calls)):
        click.echo(f"! {wrong}")


def _line(duty: Duty, here: ZoneInfo, horizon: datetime) -> str:
    names = ", ".join(f"{one.name} ({_ways(one)})" for one in duty.people)
    until = "" if duty.ends >= horizon else f", until {duty.ends.astimezone(here):%a %Y-%m-%d %H:%M}"
    return f"{duty.role.replace('_', ' ')}\t{names or 'NOBODY'}{until}"


def _ways(person: Person) -> str:
    return " ".join(person.channels) or ("nothing rings now" if person.off else "no verified channel")


def _tell(done: Imported) -> None:
    counts = f"{done.people} people, {done.rotations} rotations, {done.shifts} shifts, {done.overrides} overrides"
    click.echo(f"{counts} known")
    if done.unverified:
        click.echo(f"not verified, so not paged until a test page is answered: {', '.join(done.unverified)}")
    if done.tried:
        click.echo(f"test pages sent: {', '.join(done.tried)}")
