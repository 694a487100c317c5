"""Status lines: a person writes one, each customer in the incident gets it in their own thread, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import literal_column, select, update
from sqlalchemy.orm import Session

from bot import ledger, outbox, tickets
from bot.incidents import joining, links
from bot.lanes import Lane
from bot.pager import acks
from bot.perform import play
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from bot.speak import kept, told_time, worded
from bot.sweeps import BATCH, sweep_each
from conversations.events import Answered, Closed, Event
from conversations.incident import WORKS
from conversations.incident_events import WentClear
from conversations.phrases import labels
from models import Address, Agent, Conversation, Delivery, Incident, StatusCopy, StatusLine, Ticket

_OWED = StatusCopy.outcome == literal_column("'owed'")  # written in, for the partial index


@dataclass(frozen=True)
class Said:
    """What a person wants said: ``texts`` by language, "" for all others; ``next_at`` as they promise it."""

    kind: str
    texts: Mapping[str, str] = field(default_factory=dict)
    next_at: datetime | None = None
    cause: str = ""


def write(shell: Shell, session: Session, incident: Incident, agent: Agent, said: Said) -> StatusLine:
    """The line and a copy for each ticket that is in it now; the incident is locked."""
    line = StatusLine(incident_id=incident.id, agent_id=agent.id, kind=said.kind, texts=dict(said.texts))
    line.said_at, line.next_at, line.cause = shell.clock.now(), said.next_at, said.cause
    session.add(line)
    session.flush()
    for made, ticket in links.members(session, incident):
        if ticket.state == "open" or made.joined_at is None:
            session.add(StatusCopy(line_id=line.id, ticket_id=ticket.id, outcome="owed"))
    incident.next_at = said.next_at
    if said.kind == "clear":
        incident.state, incident.clear_at = "clear", shell.clock.now()
    elif said.kind == "status":
        incident.state = "open"
    shell.db.ring(session)
    return line


def reach(shell: Shell, session: Session, line: StatusLine) -> str:
    """Whom it goes to, in words: ``3 (2 whatsapp, 1 telegram; 0 outside the window, 0 opted out)``."""
    session.flush()
    theirs = select(Address, Conversation.window_expires_at).join(Conversation, Conversation.address_id == Address.id)
    to = theirs.join(Ticket, Ticket.conversation_id == Conversation.id)
    copies = to.join(StatusCopy, StatusCopy.ticket_id == Ticket.id).where(StatusCopy.line_id == line.id)
    rows = session.execute(copies).unique().all()
    now, channels = shell.clock.now(), dict[str, int]()
    for address, _ in rows:
        channels[address.channel] = channels.get(address.channel, 0) + 1
    shut = sum(address.channel == "whatsapp" and ends is not None and ends <= now for address, ends in rows)
    stopped = sum(address.stopped_at is not None for address, _ in rows)
    each = ", ".join(f"{count} {channel}" for channel, count in sorted(channels.items()))
    return f"{len(rows)} ({each or 'nobody'}; {shut} outside the window, {stopped} opted out)"


def carry_out(shell: Shell) -> None:
    """The copies that are owed, each in its own transaction: a crash between two repeats none."""
    with shell.db.reading() as session:
        owed = select(StatusCopy.line_id, StatusCopy.ticket_id).where(_OWED)
        found = [(row[0], row[1]) for row in session.execute(owed.order_by(StatusCopy.line_id).limit(BATCH))]
        done = session.scalars(select(StatusLine.id).where(StatusLine.done_at.is_(None))).all()
    sweep_each(shell, found, _tell, "incidents")
    for number in done:
        sweep_each(shell, [(number,)], _done, "incidents")


def _tell(shell: Shell, number: int, ticket: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, ticket)
        copy = session.get(StatusCopy, (number, ticket), with_for_update=True, populate_existing=True)
        line = session.get_one(StatusLine, number)
        if scene is None or copy is None or copy.outcome != "owed":
            return
        copy.outcome, copy.told_at = _outcome(scene, line), scene.now
        if copy.outcome == "queued":
            copy.message_id = _say(scene, line, session.get_one(Agent, line.agent_id))


def _outcome(scene: Scene, line: StatusLine) -> str:
    """Whether it is for this customer still."""
    held = links.link_of(scene.session, line.incident_id, _ticket(scene).id)
    if held is None or held.left_why:
        return "left"
    if _ticket(scene).state != "open":
        return "resolved"
    return "stopped" if scene.address.stopped_at is not None else "queued"


def _say(scene: Scene, line: StatusLine, agent: Agent) -> int | None:
    """In the person's name, on the customer's channel and in their time; it counts as the person's answer."""
    ticket = _ticket(scene)
    current = scene.conversation.ticket_id == ticket.id
    text, asked = _words(scene, line), line.kind == "clear" and current
    if asked:
        text = f"{text} {worded(scene, 'does_it_work', {})}".strip()
    message = kept(scene, text, author="agent", agent_id=agent.id) if text else None
    if message is not None:
        options = labels(scene.language, WORKS) if asked else ()
        outbox.to_customer(scene, text, message, options, "does_it_work" if asked else "")
        scene.session.flush()
        calm = Delivery.message_id == message.id  # pages go before what everybody is told
        scene.session.execute(update(Delivery).where(calm).values(lane=Lane.TO_CUSTOMER))
        acks.answered(scene, agent)
    if line.kind == "close":
        tickets.resolve(scene, agent, line.cause)
    if current:
        play(scene, _happened(scene, line))
    joining.refresh(scene, soon=False)
    return message.id if message else None


def _happened(scene: Scene, line: StatusLine) -> Event:
    match line.kind:
        case "clear":
            return WentClear(scene.facts())
        case "close":
            return Closed(scene.facts(), line.cause)
        case _:
            return Answered(scene.facts())


def _words(scene: Scene, line: StatusLine) -> str:
    """Their language's text, else the one for all, else the book's; with the next update by their own clock."""
    text = line.texts.get(scene.language.replace("_", "-").split("-")[0].lower()) or line.texts.get("", "")
    if line.kind == "close" or (line.kind == "clear" and line.next_at is None):
        return text
    due_at = line.next_at or ledger.next_update(scene)
    joining.promise(scene, line.agent_id, due_at)
    by: dict[str, str | int] = {"by": told_time(scene, due_at)}
    return f"{text} {worded(scene, 'next_update', by)}" if text else worded(scene, "incident_first", by)


def _done(shell: Shell, number: int) -> None:
    with shell.db.reading() as session:
        owed = select(StatusCopy.ticket_id).where(StatusCopy.line_id == number, _OWED).limit(1)
        if session.scalar(owed) is not None:
            return
    with shell.db.writing() as session:
        line = session.get_one(StatusLine, number, with_for_update=True, populate_existing=True)
        incident = links.locked(session, line.incident_id)
        line.done_at = shell.clock.now()
        if incident is not None and line.kind == "close" and incident.closed_at is None:
            incident.state, incident.closed_at = "closed", shell.clock.now()


def _ticket(scene: Scene) -> Ticket:
    assert scene.ticket is not None
    return scene.ticket
