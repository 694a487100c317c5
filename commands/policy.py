"""``flask policy``: is a policy file right, what would happen under it, and dues in bulk."""

import tomllib
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import current_app
from flask.cli import with_appcontext

from bot.shell import Shell
from conversations.events import Pace
from conversations.phrases import books, clock_time, render
from sla import Policies, PolicyError, Target, bulk, read
from sla.calendars import compile, due
from sla.doubts import doubts
from sla.policies import SEVERITIES, TIERS, duration, written
from sla.zones import instant, zone
from triage import Category

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TABLES = {"support_zone", "grace", "conversation", "calendars", "policy"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WINDOWS = 3  # shown, from the start on


@click.group()
def policy() -> None:
    """What we promise."""


@policy.command()
@click.argument("file", type=_FILE)
def check(file: Path) -> None:
    """Check a policy FILE; names what is wrong, and warns of promises hardly meant."""
    policies = _policies(file)
    found = doubts(policies, datetime.now(UTC))
    for doubt in found:
        click.echo(f"warning: {doubt}")
    promises, calendars = len(policies.first_response), ", ".join(sorted(policies.calendars))
    click.echo(f"{file} can be kept: {promises} promises, calendars {calendars}, {len(found)} warnings")


@policy.command("due")
@click.argument("file", type=click.File("rb"))
def due_(file: BinaryIO) -> None:
    """Answer dues in bulk: one JSON object a line of FILE (- for standard input), one out, in order."""
    for line in bulk.answered(file):
        click.echo(line)


@policy.command()
@click.option("--tier", type=click.Choice(TIERS), required=True)
@click.option("--severity", type=click.IntRange(SEVERITIES[0], SEVERITIES[-1]), required=True)
@click.option("--category", type=click.Choice([each.value for each in Category]), default="other", show_default=True)
@click.option("--at", required=True, help="when the customer writes, local time in --zone, or with an offset")
@click.option("--zone", "zone_name", help="the customer's time zone; the support zone when left out")
@click.option("--language", type=click.Choice(sorted(books())), default="en", show_default=True)
@click.option("--file", type=_FILE, help="a policy file to try; the running one when left out")
@with_appcontext
def explain(**asked: Any) -> None:
    """Say step by step what would happen to a ticket opened at that moment."""
    shell: Shell = current_app.extensions["shell"]
    policies = _policies(asked["file"]) if asked["file"] else shell.policies
    here = _zone(asked["zone_name"]) if asked["zone_name"] else policies.support_zone
    start = _start(asked["at"], here)
    promised = policies.first_response[(asked["tier"], asked["severity"])]
    steps = [
        f"policy: {asked['tier']} SEV{asked['severity']} {asked['category']}, version {policies.version}: "
        f"target {written(promised.target)} on {promised.hours}, limit {written(promised.limit)} elapsed",
        f"start: {_told(start, here, policies)}",
        f"windows: {_windows(promised, start)}",
        *_marks(promised, start, here, policies),
        f"told: {_receipt(promised.target_due(start), start, here, asked)}",
    ]
    for number, step in enumerate(steps, 1):
        click.echo(f"{number}. {step}")


def _policies(file: Path) -> Policies:
    """The file as the start reads it, the pace of the conversation too."""
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        table = data.get("conversation", {})
        known = {field.name for field in fields(Pace)}
        unknown = sorted(set(data) - _TABLES) + [f"conversation.{key}" for key in sorted(set(table) - known)]
        if unknown:
            raise PolicyError(f"unknown {', '.join(unknown)}; the file knows {', '.join(sorted(_TABLES))}")
        for name, value in table.items():
            duration(value, f"[conversation] {name}")
        return read(data, file.name)
    except (PolicyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{file}: {error}") from error


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except ZoneInfoNotFoundError as error:
        raise click.BadParameter(f"{name!r} is no IANA time zone; write it like Europe/Madrid") from error


def _start(text: str, here: ZoneInfo) -> datetime:
    """A time without offset is a local one: of two the first, of none the end of the gap."""
    try:
        moment = datetime.fromisoformat(text)
        return (_EPOCH + timedelta(seconds=instant(moment, here)) if moment.tzinfo is None else moment).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(f"--at: {text!r} is no moment; write it like 2026-11-28T15:00") from error


def _told(moment: datetime, here: ZoneInfo, policies: Policies) -> str:
    """In the customer's zone, and in the agents' where that is another."""
    zones = {each.key: each for each in (here, policies.support_zone)}
    return ", ".join(f"{moment.astimezone(each):%a %Y-%m-%d %H:%M:%S} {key}" for key, each in zones.items())


def _windows(promised: Target, start: datetime) -> str:
    if promised.calendar.always:
        return f"{promised.hours} never closes"
    found: list[str] = []
    for first, last in compile(promised.calendar, start).spans:
        opening, close = (
            (_EPOCH + timedelta(microseconds=edge)).astimezone(promised.calendar.zone) for edge in (first, last)
        )
        if close > start and len(found) < _WINDOWS:
            found.append(f"{opening:%a %Y-%m-%d %H:%M} to {close:%a %H:%M}")
    return f"{promised.hours} ({promised.calendar.zone.key}) is open {'; '.join(found) or 'never again'}"


def _marks(promised: Target, start: datetime, here: ZoneInfo, policies: Policies) -> list[str]:
    """The target by the calendar, the limit, and which of them holds (S1)."""
    answer, limit, told = (
        due(promised.calendar, start, promised.target),
        start + promised.limit,
        promised.target_due(start),
    )
    assert answer.at is not None
    note = f"; ALARM: {answer.alarm}" if answer.alarm else ""
    cut = "; the limit comes first and is what we aim at" if told < answer.at else ""
    return [
        f"target due: {_told(answer.at, here, policies)}{cut}{note}",
        f"limit due: {_told(limit, here, policies)}; breached once it has passed without a person's answer",
    ]


def _receipt(by: datetime, start: datetime, here: ZoneInfo, asked: dict[str, Any]) -> str:
    phrase = "receipt_urgent" if asked["severity"] == SEVERITIES[0] else "receipt"
    language = asked["language"]
    return render(language, phrase, {"by": clock_time(by, start, here, language), "aid": asked["category"]})
