"""The crew of a hotline, as its people say it themselves."""

from sqlalchemy import select

from bot import rollcall
from bot.desk.asks import Ask
from bot.roster import load_rota
from models import Confirmation, Person
from oncall.rota import confirmed, duties


def confirm(ask: Ask) -> str:
    """``/confirm``: whoever writes it is on for all their turns in the coming hotline, or the one that is open."""
    now = ask.shell.clock.now()
    person = ask.session.scalar(select(Person).where(Person.agent_id == ask.agent.id))
    calls = rollcall.coming(ask.shell, ask.session)
    if person is None:
        return f"You are not in the rota: `flask oncall import` names people by telegram = {ask.agent.id}."
    if not calls:
        return "No hotline is coming: no shoot asks for one."
    rota = load_rota(ask.session, now)
    turns = [
        duty
        for role in ask.shell.hotline.roles
        for duty in duties(rota, role, calls[0].opens, calls[0].closes)
        if any(one.id == person.id for one in duty.people)
    ]
    if not turns:
        return "You have no turn in the coming hotline; `flask oncall show` names who has."
    for duty in turns:
        if not confirmed(rota, duty, rota.people[person.id]):
            span = {"begins_at": duty.begins, "ends_at": duty.ends, "said_at": now}
            ask.session.add(Confirmation(role=duty.role, person_id=person.id, **span))
    ask.session.flush()
    left = rollcall.missing(ask.shell, load_rota(ask.session, now), calls[0], confirmed=True)
    roles = ", ".join(dict.fromkeys(duty.role.replace("_", " ") for duty in turns))
    return f"Thank you: you are on as {roles}. " + (
        f"Still missing: {'; '.join(left)}." if left else "The crew is complete."
    )
