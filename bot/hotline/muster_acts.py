"""What people do in a roll-call: say that they are there, that they cannot, stand in, or as a lead put somebody in."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.hotline import muster_words, rollcall
from bot.hotline.muster_words import named
from bot.hotline.roster import load_rota
from bot.pager import trials
from bot.pager.page_words import worded
from bot.shell import Shell
from models import Absence, Channel, Confirmation, Muster, Override, Person, Trial
from oncall.findings import Finding, findings, unsaid
from oncall.hotline import RollCall
from oncall.rota import Duty, Rota, confirmed, duties

REFUSED = "no"  # instead of the number of a choice: "I can't"


def turns(shell: Shell, rota: Rota, person: int, call: RollCall) -> list[Duty]:
    """What somebody has to do in a stretch of hotline."""
    found = [duty for role in shell.hotline.roles for duty in duties(rota, role, call.opens, call.closes)]
    return [duty for duty in found if any(one.id == person for one in duty.people)]


def confirm(shell: Shell, session: Session, person: int, call: RollCall) -> list[str]:
    """They are on for all their turns in it, also those they could not do before; the roles, none without a turn."""
    now = shell.clock.now()
    mine = (Absence.person_id == person, Absence.begins_at < call.closes, Absence.ends_at > call.opens)
    session.execute(delete(Absence).where(*mine))
    rota = load_rota(session, now)
    found = turns(shell, rota, person, call)
    for duty in found:
        if not confirmed(rota, duty, rota.people[person]):
            span = {"begins_at": duty.begins, "ends_at": duty.ends, "said_at": now}
            session.add(Confirmation(role=duty.role, person_id=person, **span))
    session.flush()
    return list(dict.fromkeys(duty.role for duty in found))


def confirm_shifts(shell: Shell, session: Session, person: int) -> list[str]:
    """They are on in each shift of theirs in the week ahead that no roll-call asks about; the roles."""
    now = shell.clock.now()
    apart = rollcall.spans(rollcall.coming(shell, session))
    mine = [one for one in unsaid(load_rota(session, now), now, apart) if one.person and one.person.id == person]
    for one in mine:
        span = {"begins_at": one.begins, "ends_at": one.ends, "said_at": now}
        session.add(Confirmation(role=one.role, person_id=person, **span))
    session.flush()
    return list(dict.fromkeys(one.role for one in mine))


def stand_in(shell: Shell, session: Session, person: Person, call: RollCall) -> list[str]:
    """They take every turn that is empty or unconfirmed, of the roles they may hold (a lead of any); the roles."""
    others = [one for one in missing(shell, session, call) if one.person is None or one.person.id != person.id]
    able = [one for one in others if one.role in person.roles or "lead" in person.roles]
    spans = {(one.role, one.begins, one.ends) for one in able}
    for role, begins, ends in sorted(spans):
        session.add(Override(role=role, person_id=person.id, begins_at=begins, ends_at=ends))
    session.flush()
    return confirm(shell, session, person.id, call) if spans else []


def cannot(shell: Shell, session: Session, person: Person, call: RollCall, muster: int) -> list[str]:
    """ "I can't": they have no turn in it any more, and the leads are rung at once with what they can do; the roles."""
    now = shell.clock.now()
    mine = turns(shell, load_rota(session, now), person.id, call)
    for duty in mine:
        span = {"begins_at": duty.begins, "ends_at": duty.ends, "said_at": now}
        session.add(Absence(role=duty.role, person_id=person.id, **span))
    session.flush()
    if mine:
        found = missing(shell, session, call)
        for lead in session.scalars(select(Person).order_by(Person.id)).unique():
            if found and "lead" in lead.roles and lead.id != person.id:
                ring(shell, session, lead, muster_words.red(shell, load_rota(session, now), lead, call, found), muster)
        shell.wakes.deliver.set()
    return list(dict.fromkeys(duty.role for duty in mine))


def ring(shell: Shell, session: Session, person: Person, words: trials.Words, muster: int) -> None:
    """A test page on every channel, proven or not."""
    for channel in session.scalars(select(Channel).where(Channel.person_id == person.id).order_by(Channel.id)):
        trials.ask(shell, session, channel, words, muster)


def missing(shell: Shell, session: Session, call: RollCall) -> tuple[Finding, ...]:
    return findings(load_rota(session, shell.clock.now()), shell.hotline.roles, call.opens, call.closes)


def tried(shell: Shell, session: Session, trial: Trial, answer: str = "") -> str:
    """A test page was answered: the channel is proven; a roll-call's says "I am here" too, or by ``answer`` that they
    cannot, or the number of what a lead chose. What they are told."""
    person = trials.answered(shell, session, trial)
    row = session.get(Muster, trial.muster_id) if trial.muster_id else None
    calls = rollcall.coming(shell, session) if row else ()
    call = next((call for call in calls if row and call.opens == row.opens_at), None)
    if row is None or call is None:
        return worded(person.language, "proven", name=person.name)
    if answer.isdecimal() and 0 < int(answer) <= len(trial.choices.split()):
        return _chosen(shell, session, person, call, (row.id, trial.choices.split()[int(answer) - 1]))
    if answer == REFUSED and (roles := cannot(shell, session, person, call, row.id)):
        return worded(person.language, "cannot", name=person.name, roles=named(roles))
    roles = confirm(shell, session, person.id, call)
    if not roles:
        return worded(person.language, "proven", name=person.name)
    return worded(person.language, "on", name=person.name, roles=named(roles))


def _chosen(shell: Shell, session: Session, lead: Person, call: RollCall, picked: tuple[int, str]) -> str:
    """What a lead does about who is missing, as long as they are; what the lead is told."""
    muster, choice = picked
    what, _, about = choice.partition(":")
    role, _, number = about.rpartition(":")
    if what == "take":
        roles = stand_in(shell, session, lead, call)
        return worded(lead.language, "on", name=lead.name, roles=named(roles)) if roles else _complete(lead)
    other = session.get_one(Person, int(number))
    found = missing(shell, session, call)
    if what == "put":
        found = tuple(one for one in found if one.role == role and (one.person is None or one.person.id != other.id))
        for span in sorted({(one.begins, one.ends, one.person.id if one.person else None) for one in found}, key=str):
            put = Override(role=role, person_id=other.id, begins_at=span[0], ends_at=span[1])
            put.instead_of_id = span[2]
            session.add(put)
        session.flush()
    else:
        found = tuple(one for one in found if one.person and one.person.id == other.id)
    if not found:
        return _complete(lead)
    roles = [duty.role for duty in turns(shell, load_rota(session, shell.clock.now()), other.id, call)]
    ring(shell, session, other, muster_words.turn(shell, other, call, roles), muster)
    shell.wakes.deliver.set()
    return worded(lead.language, "rung", name=other.name, roles=named(roles))


def _complete(lead: Person) -> str:
    return worded(lead.language, "nothing_missing")
