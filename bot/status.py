"""One question to who has the engineering page when an update is due; the answer is a draft, never sent by itself, and
a fix waits for a check (sla.md section 6)."""

from sqlalchemy import select

from bot import ledger, outbox, pages, promises
from bot.lanes import Lane
from bot.scene import Scene
from channels.wire import CUSTOMER_TAP, Option, SendText, to_json
from conversations.phrases import clock_time
from models import Agent, Channel, Delivery, Page, Person
from oncall.kinds import Worked
from sla import Clock

TAP = "eng:"  # the key of the private question's buttons: eng:<ticket>:<answer>
ANSWERS = {"same": "No change", "cause": "Found cause", "fix": "Fix is out"}
_PHRASES = {"same": "draft_update", "cause": "draft_cause", "fix": "draft_fix"}


def ask(scene: Scene, clock: Clock) -> None:
    """The one question, to who has the engineering page: in the topic and privately. Nobody has it: nobody is asked."""
    row, ticket = engineer(scene), scene.ticket
    if ticket is None or row is None or row.acknowledged_by is None or clock.limit_due is None or not clock.open:
        return
    due = clock_time(clock.limit_due, scene.now, scene.shell.policies.support_zone, "en")
    person = scene.session.get(Person, row.acknowledged_by) if row.acknowledged_by > 0 else None
    text = f"#{ticket.id}: one line for customers, due {due}."
    name = f"{person.name}, " if person else ""
    options = tuple(Option(f"v1:eng:{ticket.id}:{key}", label) for key, label in ANSWERS.items())
    outbox.to_group(scene, SendText(scene.group, f"🔧 {name}{text}", options=options))
    keys = ((f"{CUSTOMER_TAP}{TAP}{ticket.id}:{key}", label) for key, label in ANSWERS.items())
    tell_engineer(scene, text, tuple(Option(key, label) for key, label in keys))


def engineer(scene: Scene) -> Page | None:
    """The newest engineering page, if somebody has it or has done what it asked for; ``acknowledged_by`` is who."""
    mine = select(Page).where(Page.ticket_id == (scene.ticket.id if scene.ticket else None))
    row = scene.session.scalars(mine.where(Page.ladder == "engineering").order_by(Page.id.desc()).limit(1)).first()
    return row if row is not None and row.acknowledged_by is not None else None


def answered(scene: Scene, number: int, name: str, answer: str) -> str:
    """What an engineer's answer brings: a draft for the agent. A fix waits for a check before customers hear of it."""
    ticket = scene.ticket
    if ticket is None or ticket.state != "open" or answer not in ANSWERS:
        return "Nothing is asked any more: it is resolved." if ticket else ""
    row = pages.open_page(scene, "engineering")
    if row is not None:
        pages.play(scene, row, Worked(scene.now, number))
    _offer(scene, name, answer)
    return "Thank you. The agents have it." if answer != "fix" else "Thank you. The agents check it first."


def tell_engineer(scene: Scene, text: str, options: tuple[Option, ...] = ()) -> None:
    """Privately to who has the engineering page, where they can be written to."""
    row = engineer(scene)
    if row is None or "telegram" not in scene.shell.channels:
        return
    theirs = select(Channel.address).where(Channel.person_id == row.acknowledged_by, Channel.kind == "telegram")
    address = scene.session.scalar(theirs.where(Channel.verified_at.is_not(None), Channel.stopped_at.is_(None)))
    if address is not None:
        kind, payload = to_json(SendText(address, text, options=options))
        owed = Delivery(kind=kind, payload=payload, channel="telegram", destination=address, lane=Lane.PAGE)
        owed.thread, owed.created_at = f"staff:telegram:{address}", scene.now
        scene.session.add(owed)


def _offer(scene: Scene, name: str, answer: str) -> None:
    """The draft into the topic, with the tap that sends it as long as nobody has told the customer more."""
    ticket = scene.ticket
    assert ticket is not None
    key = f"v1:eng_send:{ticket.id}:{_number(scene)}:{answer}"
    told = f"🔧 {name}: {ANSWERS[answer].lower()}."
    draft = promises.draft(scene, _PHRASES[answer])
    if answer == "fix":
        told += " Check that it works before the customer hears it."
        options: tuple[Option, ...] = (
            Option(key, "It works: send it"),
            Option(f"v1:eng_back:{ticket.id}", "Still broken"),
        )
    else:
        options = (Option(key, "Send it"),)
    outbox.to_group(scene, SendText(scene.group, f"{told} Ready to send:\n“{draft}”", options=options))


def approve(scene: Scene, agent: Agent, argument: str) -> str:
    """An agent has read the draft, and of a fix seen that it works: it goes out in their name."""
    number, _, answer = argument.partition(":")
    if scene.ticket is None or scene.ticket.state != "open" or answer not in ANSWERS or number != str(_number(scene)):
        return "That update is settled already."
    promises.send_draft(scene, agent, _PHRASES[answer])
    return "Sent in your name."


def _number(scene: Scene) -> int:
    """The promise that runs; a new one makes an older draft stale."""
    running = ledger.reckon(scene).running("UP")
    return running.number if running else 0
