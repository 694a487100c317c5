"""The roll-call: before a hotline opens each who is on is asked on every channel; red rings on, ever higher, until
somebody is on (sla.md section 5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import muster_card, rollcall, trials
from bot.page_words import time, worded
from bot.roster import load_rota
from bot.shell import Shell
from models import Channel, Confirmation, HotlineWindow, Muster, Override, Person, Trial
from oncall.findings import Finding, bare, findings
from oncall.hotline import RollCall
from oncall.rota import Duty, Rota, confirmed, duties

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
    people = session.scalars(select(Person).order_by(Person.id)).unique().all()
    for person in people:
        higher = now >= call.opens or (row.rung and "lead" in person.roles)
        if person.id in unsaid:
            words = _turn_words(shell, person, call, found)
        elif person.roles and higher:
            words = _red_words(shell, person, call, found)
        else:
            continue
        for channel in session.scalars(select(Channel).where(Channel.person_id == person.id).order_by(Channel.id)):
            trials.ask(shell, session, channel, words, row.id)


def _turn_words(shell: Shell, person: Person, call: RollCall, found: Sequence[Finding]) -> trials.Words:
    mine = [one.role for one in found if one.person and one.person.id == person.id and one.kind == "unconfirmed"]
    said = {"opens": time(shell, call.opens, person.language), "roles": named(mine)}
    written = worded(person.language, "roll_call", code="{code}", **said)
    spoken = worded(person.language, "roll_call_spoken", **said)
    return trials.Words(written, spoken, worded(person.language, "here"))


def _red_words(shell: Shell, person: Person, call: RollCall, found: Sequence[Finding]) -> trials.Words:
    said = {"opens": time(shell, call.opens, person.language), "missing": muster_card.short(found)}
    written = worded(person.language, "red", code="{code}", **said)
    spoken = worded(person.language, "red_spoken", **said)
    return trials.Words(written, spoken, worded(person.language, "read"))


def turns(shell: Shell, rota: Rota, person: int, call: RollCall) -> list[Duty]:
    """What somebody has to do in a stretch of hotline."""
    found = [duty for role in shell.hotline.roles for duty in duties(rota, role, call.opens, call.closes)]
    return [duty for duty in found if any(one.id == person for one in duty.people)]


def confirm(shell: Shell, session: Session, person: int, call: RollCall) -> list[str]:
    """They are on for all their turns in it; the roles, none where they have no turn."""
    now = shell.clock.now()
    rota = load_rota(session, now)
    mine = turns(shell, rota, person, call)
    for duty in mine:
        if not confirmed(rota, duty, rota.people[person]):
            span = {"begins_at": duty.begins, "ends_at": duty.ends, "said_at": now}
            session.add(Confirmation(role=duty.role, person_id=person, **span))
    session.flush()
    return list(dict.fromkeys(duty.role for duty in mine))


def stand_in(shell: Shell, session: Session, person: Person, call: RollCall) -> list[str]:
    """They take every turn that is empty or unconfirmed, of the roles they may hold (a lead of any); the roles."""
    found = findings(load_rota(session, shell.clock.now()), shell.hotline.roles, call.opens, call.closes)
    others = [one for one in found if one.person is None or one.person.id != person.id]
    able = [one for one in others if one.role in person.roles or "lead" in person.roles]
    spans = {(one.role, one.begins, one.ends) for one in able}
    for role, begins, ends in sorted(spans):
        session.add(Override(role=role, person_id=person.id, begins_at=begins, ends_at=ends))
    session.flush()
    return confirm(shell, session, person.id, call) if spans else []


def tried(shell: Shell, session: Session, trial: Trial) -> str:
    """A test page was answered: the channel is proven, and a roll-call's says "I am here" too; what they are told."""
    person = trials.answered(shell, session, trial)
    row = session.get(Muster, trial.muster_id) if trial.muster_id else None
    calls = rollcall.coming(shell, session) if row else ()
    call = next((call for call in calls if row and call.opens == row.opens_at), None)
    roles = confirm(shell, session, person.id, call) if call else []
    if not roles:
        return worded(person.language, "proven", name=person.name)
    return worded(person.language, "on", name=person.name, roles=named(roles))


def named(roles: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(role.replace("_", " ") for role in roles))
