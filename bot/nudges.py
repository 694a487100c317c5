"""Private words about an update that comes due: to the owner the draft, then to the backup too; who asked for peace at
this hour is left in it (users.md script 2.7)."""

from sqlalchemy import select

from bot import ledger, promises, tickets
from bot.hotline.roster import on_call
from bot.lanes import Lane
from bot.pager import acks
from bot.pager.page_words import worded
from bot.scene import Scene
from channels.wire import CUSTOMER_TAP, Option, SendText, to_json
from conversations.phrases import clock_time
from models import Channel, Delivery, Person
from oncall.rota import who
from sla import Clock

TAP = "upd:"  # the key of the buttons: upd:<ticket>:<promise>:send or take
_SEND, _TAKE = "send", "take"


def owner(scene: Scene, clock: Clock) -> None:
    """The owner's own chat: when it is due, and the draft that one tap sends."""
    ticket = scene.ticket
    if ticket is None or ticket.owner_id is None:
        return
    person = scene.session.scalar(select(Person).where(Person.agent_id == ticket.owner_id))
    if person is not None:
        draft = promises.draft(scene)
        _tell(scene, clock, person, ("nudge", _SEND, {"draft": draft}))


def backup(scene: Scene, clock: Clock) -> None:
    """Whoever is backup, and known in the group, is asked to step in; who does has it."""
    ticket = scene.ticket
    for one in who(on_call(scene.shell, scene.session, scene.now), "backup", scene.now):
        person = scene.session.get_one(Person, one.id)
        if ticket is not None and person.agent is not None and person.agent_id != ticket.owner_id:
            _tell(scene, clock, person, ("step_in", _TAKE, {}))


def answered(scene: Scene, person: Person, number: str, what: str) -> str:
    """A tap on one of them; what they are told."""
    running, ticket, agent = ledger.reckon(scene).running("UP"), scene.ticket, person.agent
    if ticket is None or agent is None or ticket.state != "open" or running is None or str(running.number) != number:
        return worded(person.language, "settled")
    if what == _SEND:
        promises.send_draft(scene, agent)
        return worded(person.language, "sent")
    if ticket.owner_id != agent.id:
        ticket.owner = None  # who steps in has it
        acks.own(scene, agent, "private")
        tickets.refresh(scene)
    return worded(person.language, "yours", number=ticket.id)


def _tell(scene: Scene, clock: Clock, person: Person, said: tuple[str, str, dict[str, str]]) -> None:
    phrase, act, values = said
    theirs = select(Channel.address).where(Channel.person_id == person.id, Channel.kind == "telegram")
    address = scene.session.scalar(theirs.where(Channel.verified_at.is_not(None), Channel.stopped_at.is_(None)))
    known = on_call(scene.shell, scene.session, scene.now).people[person.id]
    ticket = scene.ticket
    if address is None or ticket is None or clock.limit_due is None or known.in_peace(scene.now):
        return
    due = clock_time(clock.limit_due, scene.now, scene.shell.policies.support_zone, person.language)
    text = worded(person.language, phrase, number=ticket.id, name=scene.name or "-", due=due, **values)
    button = Option(f"{CUSTOMER_TAP}{TAP}{ticket.id}:{clock.number}:{act}", worded(person.language, f"{phrase}_button"))
    kind, payload = to_json(SendText(address, text, options=(button,)))
    owed = Delivery(kind=kind, payload=payload, channel="telegram", destination=address, lane=Lane.PAGE)
    owed.thread, owed.created_at = f"staff:telegram:{address}", scene.now
    scene.session.add(owed)
