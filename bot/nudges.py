"""Private words about an update that comes due: to the owner the draft, then to the backup too; who asked for peace at
this hour is left in it (users.md script 2.7)."""

from collections.abc import Sequence

from sqlalchemy import select

from bot import ledger, outbox, promises, tickets
from bot.duty import on_duty
from bot.hotline.roster import on_call
from bot.lanes import Lane
from bot.offers import offer
from bot.pager import acks
from bot.pager.page_words import worded
from bot.scene import Scene
from channels.wire import CUSTOMER_TAP, Option, SendText, to_json
from conversations.phrases import clock_time
from models import Agent, Channel, Delivery, Person
from oncall.rota import who
from sla import Clock

TAP = "upd:"  # the key of the buttons: upd:<ticket>:<promise>:send, write, give:<agent> or take
_SEND, _WRITE, _GIVE, _TAKE = "send", "write", "give", "take"
_OTHERS = 3  # colleagues whom one tap offers the ticket to


def owner(scene: Scene, clock: Clock) -> None:
    """The owner's own chat: when it is due, the draft that one tap sends, and who else could have the ticket."""
    ticket = scene.ticket
    if ticket is None or ticket.owner_id is None:
        return
    person = scene.session.scalar(select(Person).where(Person.agent_id == ticket.owner_id))
    if person is not None:
        others = [(f"{_GIVE}:{one.id}", {"name": one.name}) for one in _others(scene, ticket.owner_id)]
        acts = [(_SEND, {}), (_WRITE, {}), *others]
        _tell(scene, clock, person, ("nudge", {"draft": promises.draft(scene)}), acts)


def backup(scene: Scene, clock: Clock) -> None:
    """Whoever is backup, and known in the group, is asked to step in; who does has it."""
    ticket = scene.ticket
    for person in _backups(scene):
        if ticket is not None and person.agent_id != ticket.owner_id:
            _tell(scene, clock, person, ("step_in", {}), [(_TAKE, {})])


def answered(scene: Scene, person: Person, number: str, what: str) -> str:
    """A tap on one of them; what they are told."""
    running, ticket, agent = ledger.reckon(scene).running("UP"), scene.ticket, person.agent
    if ticket is None or agent is None or ticket.state != "open" or running is None or str(running.number) != number:
        return worded(person.language, "settled")
    act, _, to = what.partition(":")
    if act == _SEND:
        promises.send_draft(scene, agent)
        return worded(person.language, "sent")
    if act in (_WRITE, _GIVE) and ticket.owner_id != agent.id:
        return worded(person.language, "not_yours", number=ticket.id)
    if act == _WRITE:
        outbox.notice(scene, f"{agent.name} writes the update.")
        return worded(person.language, "writes", number=ticket.id)
    if act == _GIVE:
        return _give(scene, person, agent, scene.session.get(Agent, int(to)) if to.isdecimal() else None)
    if ticket.owner_id != agent.id:
        ticket.owner = None  # who steps in has it
        acks.own(scene, agent, "private")
        tickets.refresh(scene)
    return worded(person.language, "yours", number=ticket.id)


def _give(scene: Scene, person: Person, agent: Agent, to: Agent | None) -> str:
    """Offered in the topic, as by ``/handover``: the other one has to accept."""
    if to is None:
        return worded(person.language, "settled")
    words, button = offer(scene, agent, to)
    outbox.to_group(scene, SendText(scene.group, words, html=True, options=(button,)))
    return worded(person.language, "offered", name=to.name)


def _others(scene: Scene, owner_id: int) -> list[Agent]:
    """Who is on duty, then who is backup."""
    known = [*on_duty(scene.session), *(person.agent for person in _backups(scene))]
    return list({one.id: one for one in known if one is not None and one.id != owner_id}.values())[:_OTHERS]


def _backups(scene: Scene) -> list[Person]:
    """Those who are backup now and known in the group."""
    roles = who(on_call(scene.shell, scene.session, scene.now), "backup", scene.now)
    people = [scene.session.get_one(Person, one.id) for one in roles]
    return [person for person in people if person.agent is not None]


def _tell(
    scene: Scene,
    clock: Clock,
    person: Person,
    said: tuple[str, dict[str, str]],
    acts: Sequence[tuple[str, dict[str, str]]],
) -> None:
    """``said`` and ``acts``: a phrase, what a button does, and the values of either's words."""
    theirs = select(Channel.address).where(Channel.person_id == person.id, Channel.kind == "telegram")
    address = scene.session.scalar(theirs.where(Channel.verified_at.is_not(None), Channel.stopped_at.is_(None)))
    known = on_call(scene.shell, scene.session, scene.now).people[person.id]
    ticket = scene.ticket
    if address is None or ticket is None or clock.limit_due is None or known.in_peace(scene.now):
        return
    phrase, values = said
    due = clock_time(clock.limit_due, scene.now, scene.shell.policies.support_zone, person.language)
    text = worded(person.language, phrase, number=ticket.id, name=scene.name or "-", due=due, **values)
    buttons = tuple(
        Option(
            f"{CUSTOMER_TAP}{TAP}{ticket.id}:{clock.number}:{act}",
            worded(person.language, f"button_{act.partition(':')[0]}", **named),
        )
        for act, named in acts
    )
    kind, payload = to_json(SendText(address, text, options=buttons))
    owed = Delivery(kind=kind, payload=payload, channel="telegram", destination=address, lane=Lane.PAGE)
    owed.thread, owed.created_at = f"staff:telegram:{address}", scene.now
    scene.session.add(owed)
