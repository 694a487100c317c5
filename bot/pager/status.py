"""One question to who has the engineering page when an update is due; the answer is a draft, never sent by itself, and
a fix waits for a check (sla.md section 6)."""

import re

from bot import ledger, outbox, promises
from bot.pager import acks, engineers, pages
from bot.perform import play
from bot.scene import Scene
from bot.speak import worded
from channels.wire import CUSTOMER_TAP, Option, SendText
from conversations.incident import WORKS
from conversations.incident_events import WentClear
from conversations.phrases import clock_time, shortened
from models import Agent, Message, Person
from oncall.kinds import Worked
from sla import Clock

TAP = "eng:"  # the key of the private question's buttons: eng:<ticket>:<answer>
ANSWERS = {"same": "No change", "cause": "Found cause", "fix": "Fix is out"}
_PHRASES = {"same": "draft_update", "cause": "draft_cause", "fix": "draft_fix"}
_TYPED = re.compile(r"\s*(no change|found cause|fix is out)\b[\s:,.;-]*(.*)", re.IGNORECASE | re.DOTALL)
_LONGEST = 160  # characters of an engineer's words that a customer may read


def ask(scene: Scene, clock: Clock) -> None:
    """The one question, to who has the engineering page: in the topic and privately. Nobody has it: nobody is asked."""
    row, ticket = engineers.on_it(scene), scene.ticket
    if ticket is None or row is None or row.acknowledged_by is None or clock.limit_due is None or not clock.open:
        return
    due = clock_time(clock.limit_due, scene.now, scene.shell.policies.support_zone, "en")
    person = scene.session.get(Person, row.acknowledged_by) if row.acknowledged_by > 0 else None
    text = f"#{ticket.id}: one line for customers, due {due}."
    name = f"{person.name}, " if person else ""
    options = tuple(Option(f"v1:eng:{ticket.id}:{key}", label) for key, label in ANSWERS.items())
    outbox.to_group(scene, SendText(scene.group, f"🔧 {name}{text}", options=options))
    keys = ((f"{CUSTOMER_TAP}{TAP}{ticket.id}:{key}", label) for key, label in ANSWERS.items())
    engineers.tell(scene, text, tuple(Option(key, label) for key, label in keys))


def typed(text: str) -> str:
    """The answer that somebody has typed, ``found cause: the partner refuses our tokens``; "" for other words."""
    found = _TYPED.fullmatch(text)
    return next(key for key, label in ANSWERS.items() if label.lower() == found[1].lower()) if found else ""


def answered(scene: Scene, number: int, name: str, answer: str, note: Message | None = None) -> str:
    """What an engineer's answer brings: a draft for the agent. A fix waits for a check before customers hear of it.
    ``note`` is what they typed, if they did."""
    ticket = scene.ticket
    if ticket is None or ticket.state != "open" or answer not in ANSWERS:
        return "Nothing is asked any more: it is resolved." if ticket else ""
    row = pages.open_page(scene, "engineering")
    if row is not None:
        pages.play(scene, row, Worked(scene.now, number))
    _offer(scene, name, answer, note)
    return "Thank you. The agents have it." if answer != "fix" else "Thank you. The agents check it first."


def _offer(scene: Scene, name: str, answer: str, note: Message | None) -> None:
    """The draft into the topic, with the tap that sends it as long as nobody has told the customer more."""
    ticket = scene.ticket
    assert ticket is not None
    key = f"v1:eng_send:{ticket.id}:{_number(scene)}:{answer}:{note.id if note else ''}"
    told = f"🔧 {name}: {ANSWERS[answer].lower()}."
    if answer == "fix":
        told += " Check that it works before the customer hears it."
        options: tuple[Option, ...] = (
            Option(key, "It works: send it"),
            Option(f"v1:eng_back:{ticket.id}", "Still broken"),
        )
    else:
        options = (Option(key, "Send it"),)
    text = f"{told} Ready to send:\n“{_draft(scene, answer, note)}”"
    outbox.to_group(scene, SendText(scene.group, text, options=options))


def _draft(scene: Scene, answer: str, note: Message | None) -> str:
    """With the engineer's own words where they gave some; a fix is told in ours, and asks whether theirs works."""
    found = _TYPED.fullmatch(note.text) if note else None
    words = shortened(found[2].strip().rstrip("."), _LONGEST) if found else ""
    text = promises.draft(scene, f"{_PHRASES[answer]}_told" if words and answer != "fix" else _PHRASES[answer], words)
    return f"{text} {worded(scene, 'does_it_work', {})}" if answer == "fix" and _current(scene) else text


def approve(scene: Scene, agent: Agent, argument: str) -> str:
    """An agent has read the draft, and of a fix seen that it works: it goes out in their name."""
    number, _, rest = argument.partition(":")
    answer, _, noted = rest.partition(":")
    if scene.ticket is None or scene.ticket.state != "open" or answer not in ANSWERS or number != str(_number(scene)):
        return "That update is settled already."
    note = scene.session.get(Message, int(noted)) if noted.isdecimal() else None
    asks = WORKS if answer == "fix" and _current(scene) else ()
    promises.send_draft(scene, agent, _draft(scene, answer, note), asks)
    if asks:
        acks.own(scene, agent, "button")
        play(scene, WentClear(scene.facts()))
    return "Sent in your name."


def _current(scene: Scene) -> bool:
    return scene.ticket is not None and scene.conversation.ticket_id == scene.ticket.id


def _number(scene: Scene) -> int:
    """The promise that runs; a new one makes an older draft stale."""
    running = ledger.reckon(scene).running("UP")
    return running.number if running else 0
