"""``flask hotline``: what a weekend will bring."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from bot.hotline.roster import load_rota
from bot.hotline.shoots import planned
from bot.shell import Shell
from models import Shoot
from oncall.hotline import windows
from oncall.programme import programme


@click.group()
def hotline() -> None:
    """Hotline weekends."""


@hotline.command("dry-run")
@click.option("--weekend", required=True, type=click.DateTime(["%Y-%m-%d"]), help="a day of its week, 2026-11-28")
@with_appcontext
def dry_run(weekend: datetime) -> None:
    """List everything that will happen that weekend, without doing it."""
    shell: Shell = current_app.extensions["shell"]
    here = shell.policies.support_zone
    with shell.db.reading() as session:
        booked = session.scalars(select(Shoot).order_by(Shoot.id)).unique().all()
        rota = load_rota(session, weekend.replace(tzinfo=here))
    studios = {shoot.studio_id: shoot.studio.name for shoot in booked}
    found = windows([planned(shoot) for shoot in booked], shell.hotline)
    happenings = programme(found, studios, rota, shell.hotline, (weekend.date(), here))
    for one in happenings:
        click.echo(f"{one.at.astimezone(here):%a %Y-%m-%d %H:%M}\t{one.words}")
    if not happenings:
        click.echo(f"no hotline window in the week of {weekend:%Y-%m-%d}; `flask shoots list` names the shoots")
