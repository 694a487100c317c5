"""Somebody has it: pages acknowledged by button, command, code, link or keypad; one owner, the others are told who."""

from collections.abc import Mapping

from bot import tickets
from bot.pager import pages
from bot.pager.page_words import time, worded
from bot.perform import play
from bot.scene import Scene
from conversations.events import Taken
from models import Agent, Page, Person
from oncall.kinds import Acknowledged, Ended, Holder, PassedOn, TellHolder, Worked
from oncall.pages import from_json

AT_DESK = ("button", "command", "reply")  # ways of the group, whose language is English


def by_agent(scene: Scene, agent: Agent, path: str, ladder: str = "response") -> str:
    """An agent at the desk has it; what they are told, "" where nobody is asked for."""
    row = pages.open_page(scene, ladder)
    return acknowledge(scene, row, pages.person_of(scene, agent), agent.name, path) if row else ""


def held_by_another(scene: Scene, agent: Agent) -> str:
    """Who has the response page, if somebody else took it by telephone; "" else."""
    row = pages.open_page(scene, "response")
    held = row is not None and row.acknowledged_by not in (None, pages.person_of(scene, agent))
    return _late(row, "en", scene) if row is not None and held else ""


def by_person(scene: Scene, row: Page, person: Person, path: str) -> str:
    """Somebody on call has it, from their telephone."""
    if row.ended_at is not None:
        return _late(row, person.language, scene)
    return acknowledge(scene, row, person.id, person.name, path)


def acknowledge(scene: Scene, row: Page, number: int, name: str, path: str) -> str:
    """The first has it; what they, or who comes later, are told."""
    person = scene.session.get(Person, number) if number > 0 else None
    language = person.language if person and path not in AT_DESK else "en"
    effects = pages.play(scene, row, Acknowledged(scene.now, number, name, path))
    late = next((effect for effect in effects if isinstance(effect, TellHolder)), None)
    if late is not None and (late.holder is None or late.holder.person != number):
        return _late(row, language, scene)
    if late is None:
        agent_id = (person.agent_id or 0) if person else -number
        _owned(scene, row, scene.session.get(Agent, agent_id), name, path)
    return worded(language, "yours", number=row.ticket_id)


def pass_on(scene: Scene, row: Page, person: Person) -> str:
    """The next are asked at once; who passes on is left alone. Where another has it by now, they are told who."""
    effects = pages.play(scene, row, PassedOn(scene.now, pages.crew_now(scene), person.id))
    if any(isinstance(effect, TellHolder) for effect in effects):
        return _late(row, person.language, scene)
    return worded(person.language, "passed")


def answered(scene: Scene, agent: Agent) -> None:
    """The customer has a person's answer: what asked for one has it, whoever had the page."""
    number = pages.person_of(scene, agent)
    for row in pages.still(scene):
        if row.ladder != "engineering":
            pages.play(scene, row, Acknowledged(scene.now, number, agent.name, "reply"))
            pages.play(scene, row, Worked(scene.now, number))
            pages.play(scene, row, Ended(scene.now))


def talks(scene: Scene, person: Person) -> None:
    """Somebody on call talks with the customer on the telephone: that is an answer, and the ticket is theirs."""
    row = pages.open_page(scene, "response")
    if row is not None:
        acknowledge(scene, row, person.id, person.name, "call")
        pages.play(scene, row, Worked(scene.now, person.id))
        pages.play(scene, row, Ended(scene.now))
    if person.agent is not None:
        own(scene, person.agent, "call")
    tickets.refresh(scene)


def carried(scene: Scene, had: Mapping[str, Holder | None]) -> None:
    """Another ticket is part of this one now: an engineer it asked for is asked for this one, and who had it has it."""
    assert scene.ticket is not None
    if "engineering" in had and scene.ticket.severity <= 2:
        pages.start(scene, "engineering")
    for ladder, holder in had.items():
        row = pages.open_page(scene, ladder)
        if holder is not None and row is not None:
            acknowledge(scene, row, holder.person, holder.name, holder.path)


def worked(scene: Scene, agent: Agent, ladder: str) -> None:
    """Who has it does something with it."""
    row = pages.open_page(scene, ladder)
    if row is not None:
        pages.play(scene, row, Worked(scene.now, pages.person_of(scene, agent)))


def _late(row: Page, language: str, scene: Scene) -> str:
    holder: Holder | None = from_json(row.state).holder
    if holder is None:
        return worded(language, "over", number=row.ticket_id)
    at = time(scene.shell, holder.at, language)
    return worded(language, "has", name=holder.name, number=row.ticket_id, since=at)


def _owned(scene: Scene, row: Page, agent: Agent | None, name: str, path: str) -> None:
    """The ticket's history; of the response page also its owner, if nobody is yet."""
    ticket = scene.ticket
    assert ticket is not None
    who = f"agent:{agent.id}" if agent else f"person:{row.acknowledged_by}"
    if row.ladder == "engineering":
        tickets.record(scene, "escalation_acknowledged", scene.now, who, {"name": name, "by": path})
    elif agent is not None:
        if row.ladder == "promise" and ticket.owner_id != agent.id:
            ticket.owner = None  # who steps in has it
        own(scene, agent, path)
    tickets.refresh(scene)


def own(scene: Scene, agent: Agent, path: str) -> None:
    """The ticket is theirs, if it is nobody's yet."""
    ticket = scene.ticket
    if ticket is None or ticket.owner is not None or ticket.state != "open":
        return
    ticket.owner, ticket.nudged_at = agent, None
    tickets.record(scene, "taken", scene.now, f"agent:{agent.id}", {"by": path})
    if scene.conversation.ticket_id == ticket.id and path != "call":  # who talks needs no text that says so
        play(scene, Taken(scene.facts()))
