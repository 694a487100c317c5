"""Who is on and who is asked to keep a promise; duty never changes the promise itself (docs/promises.md, duty)."""

from collections.abc import Sequence
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.scene import Scene
from models import Agent, Clock, Member, Ticket

_NAMED = 6  # people one message rings


def on_duty(session: Session) -> Sequence[Agent]:
    """Who said ``/on``, the longest on first."""
    return session.scalars(select(Agent).where(Agent.on_duty_since.is_not(None)).order_by(Agent.on_duty_since)).all()


def mention(agent: Agent) -> str:
    """HTML that rings the person's phone."""
    return f'<a href="tg://user?id={agent.id}">{escape(agent.name)}</a>'


def asked(scene: Scene) -> str:
    """HTML naming who has to act: the owner; while they are off, or there is none, whoever is on; else the leads."""
    owner = scene.ticket.owner if scene.ticket else None
    on = [one for one in on_duty(scene.session) if owner is None or one.id != owner.id]
    if owner is not None and (owner.on_duty_since or not on):
        return mention(owner)
    others = ", ".join(mention(one) for one in on[:_NAMED])
    if owner is not None:
        return f"{mention(owner)}, who is off duty; on are {others}"
    return f"nobody has it yet; on duty: {others}" if on else f"nobody has it yet and nobody is on duty{_leads(scene)}"


def away(scene: Scene) -> bool:
    """Whether the owner is off duty while others are on."""
    owner = scene.ticket.owner if scene.ticket else None
    return owner is not None and owner.on_duty_since is None and bool(on_duty(scene.session))


def unmanned(scene: Scene) -> bool:
    """Whether a ticket without an owner has nobody on duty either."""
    return scene.ticket is not None and scene.ticket.owner_id is None and not on_duty(scene.session)


def promised(session: Session) -> list[int]:
    """The open tickets without an owner whose customers were promised an answer, the soonest first."""
    running = (Clock.name.in_(("FR", "NR")), Clock.state == "running")
    free = (Ticket.state == "open", Ticket.owner_id.is_(None))
    wanted = select(Ticket.id).join(Clock, Clock.ticket_id == Ticket.id).where(*running, *free)
    return list(dict.fromkeys(session.scalars(wanted.order_by(Clock.target_due, Ticket.id))))


def _leads(scene: Scene) -> str:
    here = (Member.standing == "lead", Member.chat_id == int(scene.group or 0))
    leads = scene.session.scalars(select(Agent).join(Member, Member.agent_id == Agent.id).where(*here).limit(_NAMED))
    names = ", ".join(mention(one) for one in leads)
    return f": {names}" if names else ""
