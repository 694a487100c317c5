"""The crew of the coming hotline: gaps named on Thursday, an alarm from an hour before until all are on; the rota's
own faults named every morning (sla.md section 5)."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.alarms import clear_alarm, raise_alarm, standing
from bot.hotline.roster import load_rota, on_call
from bot.shell import Shell
from models import HotlineWindow, Page, Person
from oncall.findings import concerns, findings, said
from oncall.hotline import RollCall, Window, roll_calls
from oncall.rota import Rota
from sla.zones import zone

_MORNING = time(9)  # in the support zone: from then on the list is the day's
_MOST = 8  # faults a list names
ROTA, WEEKEND, CREW, NOBODY = "rota", "hotline-rota", "hotline-crew", "page-nobody"
_NOBODY = (
    "A SEV1 ticket wakes nobody: there is no rota and no ALARM_TO. `flask oncall import FILE` names people "
    "(docs/oncall.md)."
)


def look(shell: Shell) -> None:
    """Raises, renews and clears the four alarms; writes nothing while nothing has changed."""
    with shell.db.reading() as session:
        wanted = _wanted(shell, session)
        stood = {alarm.key: alarm.words for alarm in standing(session)}
    for key in (ROTA, WEEKEND, CREW, NOBODY):
        words = wanted.get(key)
        if words == stood.get(key):
            continue
        with shell.db.writing() as session:
            if words is None:
                clear_alarm(shell, session, key)
            else:
                raise_alarm(shell, session, key, words)
        shell.wakes.deliver.set()


def coming(shell: Shell, session: Session) -> tuple[RollCall, ...]:
    """The stretches of hotline that are not over, by opening."""
    ahead = select(HotlineWindow).where(HotlineWindow.due_at.is_not(None)).order_by(HotlineWindow.opens_at)
    rows = session.scalars(ahead).unique().all()
    windows = [Window(row.studio_id, row.opens_at, row.closes_at, zone(row.zone)) for row in rows]
    return roll_calls(windows, shell.hotline, shell.policies.support_zone)


def spans(calls: Sequence[RollCall]) -> list[tuple[datetime, datetime]]:
    return [(call.opens, call.closes) for call in calls]


def missing(shell: Shell, rota: Rota, call: RollCall, *, confirmed: bool) -> list[str]:
    """Who is missing from a stretch, in words; ``confirmed``: and who has not said "I'm on". None is complete."""
    found = findings(rota, shell.hotline.roles, call.opens, call.closes)
    asked = [one for one in found if confirmed or one.kind != "unconfirmed"]
    return [said(one, shell.policies.support_zone) for one in asked]


def _wanted(shell: Shell, session: Session) -> dict[str, str]:
    """The words of each alarm that should stand now."""
    calls = coming(shell, session)
    if not session.scalar(select(func.count()).select_from(Person)):
        unheard = (
            session.scalar(select(Page.id).where(Page.ended_at.is_(None)).limit(1)) if not shell.alarm_to else None
        )
        if not calls:
            return {NOBODY: _NOBODY} if unheard else {}
    now = shell.clock.now()
    rota = load_rota(session, now)
    warned = [call for call in calls if call.warn_at is not None and call.warn_at <= now < call.confirm_at]
    asked = [call for call in calls if call.confirm_at <= now < call.closes]
    found = {
        ROTA: _today(shell, on_call(shell, session, now), now, calls),
        WEEKEND: _called(shell, rota, warned, confirmed=False),
        CREW: _called(shell, rota, asked, confirmed=True),
    }
    return {key: words for key, words in found.items() if words}


def _today(shell: Shell, rota: Rota, now: datetime, calls: Sequence[RollCall]) -> str:
    """The list as of this morning: new words each day, so that it is told again while it is not empty."""
    here = shell.policies.support_zone
    day = (now.astimezone(here) - timedelta(hours=_MORNING.hour)).date()
    found = concerns(rota, datetime.combine(day, _MORNING, here).astimezone(UTC), here, spans(calls))
    more = f"; and {len(found) - _MOST} more, see `flask oncall show`" if len(found) > _MOST else ""
    return f"On call, {day:%a %d %b}: {'; '.join(found[:_MOST])}{more}." if found else ""


def _called(shell: Shell, rota: Rota, calls: Sequence[RollCall], *, confirmed: bool) -> str:
    lines = []
    for call in calls:
        wrong = missing(shell, rota, call, confirmed=confirmed)
        if wrong:
            begins, ends = (at.astimezone(shell.policies.support_zone) for at in (call.opens, call.closes))
            lines.append(f"Hotline {begins:%a %Y-%m-%d %H:%M} to {ends:%a %Y-%m-%d %H:%M}: {'; '.join(wrong)}.")
    how = " Whoever is on taps I am here or writes /confirm; others stand in." if confirmed else ""
    return "\n".join(lines) + how if lines else ""
