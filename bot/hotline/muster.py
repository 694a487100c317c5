"""The roll-call: before a hotline opens each who is on is asked on every channel; red rings on, ever higher, until
somebody is on (sla.md section 5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.hotline import muster_acts, muster_card, muster_words, rollcall
from bot.hotline.roster import load_rota
from bot.shell import Shell
from models import HotlineWindow, Muster, Person
from oncall.findings import Finding, bare, findings
from oncall.hotline import RollCall

_AGAIN = timedelta(minutes=15)  # from the opening on, until somebody is on in every role


def look(shell: Shell) -> None:
    """Begins the roll-calls whose hour has come, rings where red is due, and keeps their cards true."""
    now = shell.clock.now()
    with shell.db.reading() as session:
        near = HotlineWindow.opens_at <= now + shell.hotline.confirm
        if not session.scalar(select(HotlineWindow.id).where(HotlineWindow.due_at.is_not(None), near).limit(1)):
            return
        calls = [call for call in rollcall.coming(shell, session) if call.confirm_at <= now < call.closes]
        calls = [call for call in calls if _due(shell, session, call, now)]
    for call in calls:
        with shell.db.writing() as session:
            _turn(shell, session, call)
        shell.wakes.deliver.set()


def _due(shell: Shell, session: Session, call: RollCall, now: datetime) -> bool:
    row = session.scalar(select(Muster).where(Muster.opens_at == call.opens))
    if row is None or row.due_at <= now or row.closes_at != call.closes:
        return True
    return muster_card.stale(shell, session, row, call)


def _turn(shell: Shell, session: Session, call: RollCall) -> None:
    now = shell.clock.now()
    fresh = {"opens_at": call.opens, "closes_at": call.closes, "rung": 0, "due_at": now, "shown": ""}
    shell.db.insert_once(session, Muster, fresh, ("opens_at",))
    row = session.scalars(select(Muster).where(Muster.opens_at == call.opens).with_for_update()).one()
    row.closes_at = call.closes
    if row.due_at <= now:
        rota = load_rota(session, now)
        found = findings(rota, shell.hotline.roles, call.opens, call.closes)
        if found and (now < call.opens or bare(rota, shell.hotline.roles, now)):
            _ring(shell, session, row, call, found)
            row.rung += 1
        row.due_at = _next(call, now)
    muster_card.show(shell, session, row, call)


def _next(call: RollCall, now: datetime) -> datetime:
    """At half the time the leads hear of it, at the opening everybody; what was slept through is not hurried after."""
    steps = [call.confirm_at + (call.opens - call.confirm_at) / 2, call.opens]
    return next((step for step in steps if step > now), now + _AGAIN)


def _ring(shell: Shell, session: Session, row: Muster, call: RollCall, found: Sequence[Finding]) -> None:
    """Who has a turn and has not confirmed; half an hour later the leads too, from the opening on everybody."""
    unsaid = {one.person.id for one in found if one.person and one.kind == "unconfirmed"}
    now = shell.clock.now()
    rota = load_rota(session, now)
    for person in session.scalars(select(Person).order_by(Person.id)).unique().all():
        if person.id in unsaid:
            mine = [
                one.role for one in found if one.person and one.person.id == person.id and one.kind == "unconfirmed"
            ]
            words = muster_words.turn(shell, person, call, mine)
        elif person.roles and (now >= call.opens or (row.rung and "lead" in person.roles)):
            words = muster_words.red(shell, rota, person, call, found)
        else:
            continue
        muster_acts.ring(shell, session, person, words, row.id)
