"""``flask policy``: is a policy file right, what would happen under it, and dues in bulk."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
from flask import current_app
from flask.cli import with_appcontext

from bot import proof
from bot.policy import read_policy
from bot.rebase import rebase
from bot.shell import Shell
from commands.moments import moment
from conversations.phrases import books, clock_time, render
from sla import Policies, PolicyError, Target, bulk, fold, ledger_json
from sla.calendars import CalendarError, compile, due
from sla.doubts import doubts
from sla.durations import written
from sla.policies import SEVERITIES, TIERS
from sla.zones import zone
from triage import Category

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
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
    promises, calendars = len(policies.terms), ", ".join(sorted(policies.calendars))
    click.echo(f"{file} can be kept: {promises} promises, calendars {calendars}, {len(found)} warnings")


@policy.command("due")
@click.argument("file", type=click.File("rb"))
def due_(file: BinaryIO) -> None:
    """Answer dues in bulk: one JSON object a line of FILE (- for standard input), one out, in order."""
    for line in bulk.answered(file):
        click.echo(line)


@policy.command()
@click.argument("file", type=click.File("rb"))
@click.option("--policy", "policy_file", type=_FILE, help="the policy to fold under; the one that ships when left out")
@click.option("--now", help="the moment to look at, with an offset; that of the last event when left out")
def replay(file: BinaryIO, policy_file: Path | None, now: str | None) -> None:
    """Fold a ticket's events, one JSON object a line of FILE as `flask tickets ledger` prints them, into clocks."""
    policies = _policies(policy_file)
    try:
        events = list(ledger_json.events(file))
        at = ledger_json.moment(now, "--now") if now else events[-1].ingested_at if events else _EPOCH
    except ledger_json.EventError as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(proof.proven(events, fold(events, lambda _: policies, at)), indent=2, ensure_ascii=False))


@policy.command("rebase")
@click.option("--why", required=True, help="kept in each ticket's history")
@click.option("--ticket", "numbers", type=int, multiple=True, help="only this one; can be given again")
@with_appcontext
def rebase_(why: str, numbers: tuple[int, ...]) -> None:
    """Reckon the clocks of open tickets anew under the running policy; it may loosen promises, and is logged."""
    shell: Shell = current_app.extensions["shell"]
    shell.book.keep(shell.clock.now())
    done = rebase(shell, numbers, why, f"operator:{getuser()}")
    missing = sorted(set(numbers) - set(done))
    click.echo(f"{len(done)} tickets reckoned anew under policy {shell.policies.version}")
    if missing:
        raise click.ClickException(f"not open, or not there: {', '.join(f'#{number}' for number in missing)}")


@policy.command()
@click.option("--tier", type=click.Choice(TIERS), required=True)
@click.option("--severity", type=click.IntRange(SEVERITIES[0], SEVERITIES[-1]), required=True)
@click.option("--category", type=click.Choice([each.value for each in Category]), default="other", show_default=True)
@click.option("--at", required=True, help="when the customer writes, local time in --zone, or with an offset")
@click.option("--zone", "zone_name", help="the customer's time zone; the support zone when left out")
@click.option("--language", type=click.Choice(sorted(books())), default="en", show_default=True)
@click.option("--file", type=_FILE, help="a policy file to try; the running one when left out")
@with_appcontext
def explain(file: Path | None, at: str, zone_name: str | None, **about: Any) -> None:
    """Say step by step what would happen to a ticket opened at that moment."""
    shell: Shell = current_app.extensions["shell"]
    policies = _policies(file) if file else shell.policies
    here = _zone(zone_name) if zone_name else policies.support_zone
    try:
        steps = _steps(Case(policies=policies, start=moment(at, here), here=here, **about))
    except CalendarError as error:
        raise click.BadParameter(str(error)) from error
    for number, step in enumerate(steps, 1):
        click.echo(f"{number}. {step}")


@dataclass(frozen=True)
class Case:
    """A ticket that might be: whose, how bad, about what, opened when (UTC) and ``here``, the customer's zone."""

    policies: Policies
    tier: str
    severity: int
    category: str
    start: datetime
    here: ZoneInfo
    language: str

    @property
    def promised(self) -> Target:
        return self.policies.promised(self.tier, self.severity).first_response

    def told(self, moment: datetime) -> str:
        """In the customer's zone, and in the agents' where that is another."""
        zones = {each.key: each for each in (self.here, self.policies.support_zone)}
        return ", ".join(f"{moment.astimezone(each):%a %Y-%m-%d %H:%M:%S} {key}" for key, each in zones.items())


def _steps(case: Case) -> list[str]:
    target, limit = written(case.promised.target), written(case.promised.limit or case.promised.target)
    return [
        f"policy: {case.tier} SEV{case.severity} {case.category}, version {case.policies.version}: "
        f"target {target} on {case.promised.hours}, limit {limit} elapsed",
        f"start: {case.told(case.start)}",
        f"windows: {_windows(case.promised, case.start)}",
        *_marks(case),
        f"told: {_receipt(case)}",
        *_then(case),
    ]


def _then(case: Case) -> list[str]:
    """What else would run: the bot's receipt, updates, the silence ceiling, an escalation, the batch."""
    policies, terms = case.policies, case.policies.promised(case.tier, case.severity)
    receipt = policies.acknowledge(case.severity).dues(case.start).limit
    silence, escalation = policies.silence(case.tier, case.severity), policies.escalation(case.severity)
    cycle = policies.batches.after(case.start)
    update = f"every {written(terms.update.target)} on {terms.update.hours}" if terms.update else "when there is news"
    steps = [
        f"receipt by the bot: {case.told(receipt)}, none by mail",
        f"next update after a person's word: {update}",
    ]
    if silence:
        steps.append(f"silence ceiling: {written(silence.target)} on {silence.hours}, then the bot speaks and alarms")
    if escalation:
        steps.append(f"an escalation must be acknowledged within {written(escalation.target)}")
    if case.severity == SEVERITIES[-1]:
        steps.append(f"batch: {case.told(cycle.start)}, closed or promised anew by {case.told(cycle.end)}")
    return steps


def _windows(promised: Target, start: datetime) -> str:
    if promised.calendar.always:
        return f"{promised.hours} never closes"
    spans = [
        [_EPOCH + timedelta(microseconds=edge) for edge in span] for span in compile(promised.calendar, start).spans
    ]
    coming = [[edge.astimezone(promised.calendar.zone) for edge in span] for span in spans if span[1] > start]
    shown = [f"{opening:%a %Y-%m-%d %H:%M} to {close:%a %H:%M}" for opening, close in coming[:_WINDOWS]]
    return f"{promised.hours} ({promised.calendar.zone.key}) is open {'; '.join(shown) or 'never again'}"


def _marks(case: Case) -> list[str]:
    """The target by the calendar, the limit, and which of them holds (S1)."""
    promised, start = case.promised, case.start
    answer, dues = due(promised.calendar, start, promised.target), promised.dues(start)
    assert answer.at is not None
    note = f"; ALARM: {answer.alarm}" if answer.alarm else ""
    cut = "; the limit comes first and is what we aim at" if dues.target < answer.at else ""
    limit = case.told(dues.limit)
    return [
        f"target due: {case.told(answer.at)}{cut}{note}",
        f"limit due: {limit}; breached once it has passed without a person's answer",
    ]


def _receipt(case: Case) -> str:
    """What the customer reads, but for the words of theirs it quotes."""
    by = clock_time(case.promised.dues(case.start).target, case.start, case.here, case.language)
    phrase = "receipt_urgent" if case.severity == SEVERITIES[0] else "receipt"
    return render(case.language, phrase, {"by": by, "aid": case.category})


def _policies(file: Path | None) -> Policies:
    """The file as the start reads it, the pace of the conversation too."""
    try:
        return read_policy(file).policies
    except PolicyError as error:
        raise click.ClickException(str(error)) from error


def _zone(name: str) -> ZoneInfo:
    try:
        return zone(name)
    except ZoneInfoNotFoundError as error:
        raise click.BadParameter(f"{name!r} is no IANA time zone; write it like Europe/Madrid") from error
