"""The crew of a hotline, as its people say it themselves."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.desk.asks import Ask
from bot.hotline import muster_acts, rollcall
from bot.hotline.muster_card import short
from bot.hotline.muster_words import named
from bot.hotline.roster import load_rota
from bot.shell import Shell
from models import Agent, Muster, Person
from oncall.findings import findings
from oncall.hotline import RollCall

Press = Callable[[Shell, Session, Agent, int], str]
NO_TURN = "You have no turn in the coming hotline; `flask oncall show` names who has."


def confirm(ask: Ask) -> str:
    """``/confirm``: whoever writes it is on for all their turns in the coming hotline, or the one that is open, and in
    their other shifts of the week ahead."""
    calls = rollcall.coming(ask.shell, ask.session)
    person = ask.session.scalar(select(Person).where(Person.agent_id == ask.agent.id))
    roles = muster_acts.confirm_shifts(ask.shell, ask.session, person.id) if person else []
    shifts = f"Thank you: your shifts of this week as {named(roles)} are confirmed." if roles else ""
    if person is not None and not calls:
        return shifts or "No hotline is coming: no shoot asks for one."
    said = _on(ask.shell, ask.session, ask.agent, calls[0] if calls else None)
    return f"{shifts} {said}".strip()


def here(shell: Shell, session: Session, agent: Agent, number: int) -> str:
    """The button of the roll-call's card."""
    return _on(shell, session, agent, _called(shell, session, number))


def stand_in(shell: Shell, session: Session, agent: Agent, number: int) -> str:
    """The other button: whoever taps it takes what is empty or unconfirmed."""
    person = session.scalar(select(Person).where(Person.agent_id == agent.id))
    call = _called(shell, session, number)
    if person is None or call is None:
        return _on(shell, session, agent, call)
    roles = muster_acts.stand_in(shell, session, person, call)
    if not roles:
        return "Nothing that you may hold is missing; a lead can stand in for any role."
    return f"You stand in as {named(roles)}. {_left(shell, session, call)}"


def cannot(shell: Shell, session: Session, agent: Agent, number: int) -> str:
    """The third: who cannot has no turn any more, and the leads are rung."""
    person = session.scalar(select(Person).where(Person.agent_id == agent.id))
    call = _called(shell, session, number)
    if person is None or call is None:
        return _on(shell, session, agent, call)
    roles = muster_acts.cannot(shell, session, person, call, number)
    return f"Passed on: you are not {named(roles)}; the leads are rung." if roles else NO_TURN


def _called(shell: Shell, session: Session, number: int) -> RollCall | None:
    row = session.get(Muster, number)
    return next((call for call in rollcall.coming(shell, session) if row and call.opens == row.opens_at), None)


def _on(shell: Shell, session: Session, agent: Agent, call: RollCall | None) -> str:
    person = session.scalar(select(Person).where(Person.agent_id == agent.id))
    if person is None:
        return f"You are not in the rota: `flask oncall import` names people by telegram = {agent.id}."
    if call is None:
        return "This hotline is over."
    roles = muster_acts.confirm(shell, session, person.id, call)
    if not roles:
        return NO_TURN
    return f"Thank you: you are on as {named(roles)}. {_left(shell, session, call)}"


def _left(shell: Shell, session: Session, call: RollCall) -> str:
    left = findings(load_rota(session, shell.clock.now()), shell.hotline.roles, call.opens, call.closes)
    return f"Still missing: {short(left)}." if left else "The crew is complete."
