"""The people of the desk: who somebody is, and the roles a lead gives."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from bot.desk.asks import Ask
from bot.desk.rights import ROLES
from bot.pager import personal
from models import Agent, Member, Person, Role, Ticket

_LONGEST = 4  # words of a name


def named(session: Session, chat: int, text: str) -> Agent | str:
    """The member of this group called ``@name``, ``Name`` or by the user id; else why nobody is meant."""
    wanted = text.removeprefix("@").casefold()
    if not wanted:
        return "Name somebody, like @lena."
    which = or_(func.lower(Agent.username) == wanted, func.lower(Agent.name) == wanted)
    if wanted.isdigit():
        which = Agent.id == int(wanted[:18])
    here = select(Agent).join(Member, Member.agent_id == Agent.id)
    found = session.scalars(here.where(which, Member.chat_id == chat, Member.standing != "gone")).all()
    if len(found) == 1:
        return found[0]
    if not found:
        return f"I know nobody called {text} here; whoever has written in this group is known, like @lena."
    return f"Several people are called {text}; name the one by @username, or by the number: " + ", ".join(
        f"{one.id} {one.name}" for one in found
    )


def named_first(session: Session, chat: int, text: str) -> tuple[Agent | str, str]:
    """Who is named at the beginning of a text, by as many of its words as make a name, and what is said behind it."""
    head, tail, below = text.partition("\n")
    words = head.split()
    for count in range(min(len(words), _LONGEST), 0, -1):
        found = named(session, chat, " ".join(words[:count]).rstrip(":,"))
        if isinstance(found, Agent):
            return found, f"{' '.join(words[count:])}{tail}{below}".strip()
    return named(session, chat, words[0].rstrip(":,") if words else ""), ""


def role(ask: Ask) -> str:
    """``/role @x engineer``, ``/role @x engineer off``; alone it lists who has which."""
    words = ask.args.split()
    if not words:
        return _roles(ask.session)
    if len(words) < 2 or words[1] not in ROLES or words[2:] not in ([], ["off"]):
        return (
            f"A role is one of {', '.join(ROLES)}: /role @priya engineer gives it, /role @priya engineer off takes it."
        )
    whom = named(ask.session, ask.event.chat, words[0])
    if isinstance(whom, str):
        return whom
    held = ask.session.get(Role, (whom.id, words[1]))
    if words[2:]:
        if held is not None:
            ask.session.delete(held)
        return f"{whom.name} is {words[1]} no more."
    if held is None:
        ask.session.add(Role(agent_id=whom.id, name=words[1], given_by=ask.agent.id, given_at=ask.shell.clock.now()))
    return f"{whom.name} is {words[1]}."


def me(ask: Ask) -> str:
    """What the desk knows of whoever asks; with words behind it, how they are reached on call is changed."""
    agent, session = ask.agent, ask.session
    person = session.scalar(select(Person).where(Person.agent_id == agent.id))
    if ask.args and person is None:
        return f"You are not in the rota: `flask oncall import` names people by telegram = {agent.id}."
    if ask.args and person is not None:
        return personal.change(ask.shell, session, person, ask.args)
    roles = ["lead" if ask.by.lead else "agent", *session.scalars(select(Role.name).where(Role.agent_id == agent.id))]
    owned = session.scalars(select(Ticket.id).where(Ticket.owner_id == agent.id, Ticket.state == "open")).all()
    duty = "on duty" if agent.on_duty_since else "off duty"
    tickets = ", ".join(f"#{number}" for number in owned) or "no tickets"
    desk = f"{agent.name}, number {agent.id}: {', '.join(roles)}; {duty}; {tickets}."
    return f"{desk}\n{personal.told(session, person)}\n{personal.USAGE}" if person else desk


def _roles(session: Session) -> str:
    rows = session.execute(select(Role.name, Agent.name).join(Agent).order_by(Role.name, Agent.name)).all()
    return (
        "\n".join(f"{name}: {who}" for name, who in rows) or "Nobody has a role yet: /role @priya engineer gives one."
    )
