"""What each customer answers: is it the same, and does theirs work again."""

from sqlalchemy import select

from bot import tickets
from bot.incidents import joining, links
from bot.pager import engineers
from bot.scene import Scene
from models import Agent, IncidentTicket, StatusLine

_OURS = "ours"  # the cause of what several studios had at once, until somebody closes the incident with another


def same(scene: Scene, yes: bool) -> None:
    """The customer's own word settles what we guessed."""
    made = _link(scene)
    if made is None:
        return
    if yes:
        made.linked_by = "customer"
        joining.refresh(scene)
    else:
        joining.leave(scene, "another problem", "customer")


def works(scene: Scene, yes: bool) -> None:
    """Yes closes their ticket in the name of who gave the all-clear; no makes it a ticket of its own, or one
    whose fix is none."""
    made, ticket = _link(scene), scene.ticket
    if made is not None:
        made.answer = "works" if yes else "still_not"
    if not yes and joining.leave(scene, "still not", "customer") is None and scene.ticket is not None:
        engineers.unfixed(scene, scene.name or "The customer")
    elif not yes:
        return
    elif ticket is not None and ticket.state == "open":
        agent = _cleared_by(scene, made)
        if agent is not None:
            tickets.resolve(scene, agent, _OURS)


def asks(scene: Scene) -> bool:
    """Whether the customer is to be asked: it was us who linked their ticket to an incident people have confirmed."""
    incident = links.running(scene)
    made = _link(scene) if incident is not None and incident.confirmed_by is not None else None
    return made is not None and made.linked_by == "bot"


def _link(scene: Scene) -> IncidentTicket | None:
    ticket = scene.ticket
    if ticket is None or ticket.incident_id is None:
        return None
    return links.link_of(scene.session, ticket.incident_id, ticket.id)


def _cleared_by(scene: Scene, made: IncidentTicket | None) -> Agent | None:
    """Who said the all-clear, else who owns the ticket."""
    if made is not None:
        said = select(StatusLine).where(StatusLine.incident_id == made.incident_id, StatusLine.kind == "clear")
        line = scene.session.scalars(said.order_by(StatusLine.id.desc()).limit(1)).first()
        if line is not None:
            return scene.session.get(Agent, line.agent_id)
    return scene.ticket.owner if scene.ticket else None
