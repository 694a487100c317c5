"""``flask report``: the numbers of a period, as text or CSV; every figure names its tickets."""

import csv
import sys
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.report import report as numbers
from bot.shell import Shell
from sla.numbers import BAD, Row

_COLUMNS = ("metric", "by", "group", "n", "median_seconds", "p90_seconds", "share", "worst", "tickets")
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.option("--from", "since", type=_DAY, required=True, help="first day, in the support zone, like 2026-11-01")
@click.option("--to", "until", type=_DAY, required=True, help="last day, like 2026-11-30")
@click.option("--csv", "as_csv", is_flag=True, help="as CSV, one figure a row, lengths in seconds")
@with_appcontext
def report(since: datetime, until: datetime, as_csv: bool) -> None:
    """Report how support did for the tickets opened between two days: n, median, p90, worst five, never a mean."""
    shell: Shell = current_app.extensions["shell"]
    if until < since:
        raise click.BadParameter(
            f"--to {until:%Y-%m-%d} lies before --from; example: --from 2026-11-01 --to 2026-11-30"
        )
    zone = shell.policies.support_zone
    rows = numbers(shell, _midnight(since.date(), zone), _midnight(until.date() + timedelta(days=1), zone))
    if as_csv:
        _csv(rows)
    else:
        click.echo(_text(rows) if rows else "no tickets were opened in these days")


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _csv(rows: list[Row]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    for row in rows:
        worst = " ".join(f"#{number}={value:g}" for number, value in row.worst)
        share = "" if row.share is None else f"{row.share:.4f}"
        tickets = " ".join(f"#{number}" for number in row.tickets)
        lengths = ["" if value is None else f"{value:.0f}" for value in (row.median, row.p90)]
        writer.writerow([row.metric, row.dimension, row.group, row.n, *lengths, share, worst, tickets])


def _text(rows: list[Row]) -> str:
    lines, said = list[str](), ""
    for row in rows:
        heading = "all tickets" if row.dimension == "all" else f"{row.dimension} {row.group}"
        if heading != said:
            lines += ["", heading] if lines else [heading]
        said = heading
        lines.append(f"  {row.metric}: {_figures(row)} (n {row.n})")
    return "\n".join(lines)


def _figures(row: Row) -> str:
    if row.share is not None:
        named = ", ".join(f"#{number}" for number, _ in row.worst)
        return f"{row.share:.0%}" + (f"; {'these' if row.metric in BAD else 'not'}: {named}" if named else "")
    worst = ", ".join(f"#{number} {_length(value)}" for number, value in row.worst)
    return f"median {_length(row.median)}, p90 {_length(row.p90)}; worst {worst}"


def _length(seconds: Any) -> str:
    """``4:10`` minutes, ``2:05:00`` hours."""
    return str(timedelta(seconds=round(seconds))).removeprefix("0:")
