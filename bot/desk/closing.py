"""A ticket's topic closed by an agent is "Resolve", opened again it opens the ticket again. Source: desk.md."""

from datetime import timedelta
from html import escape

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import outbox, tickets
from bot.desk import ending, keyboards, rights
from bot.desk.asks import Tap, current, ticket_of, who
from bot.desk.rights import Actor
from bot.perform import play
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep_due
from channels.wire import EditText, SendText
from conversations.events import OpenedAgain
from conversations.group_events import TopicClosed
from models import Delivery, Ticket, TicketEvent, Topic

PATIENCE = timedelta(minutes=10)  # after this a topic closed without a cause is opened again


def topic_closed(shell: Shell, session: Session, event: TopicClosed) -> str:
    """Remembered in any case, so that the next line opens the topic again; returns why nothing else was done."""
    here = (Topic.chat_id == event.chat, Topic.thread_id == event.topic)
    scene = open_ticket_scene(shell, session, session.scalar(select(Topic.ticket_id).where(*here)))
    if scene is None:
        return "a topic of no ticket"
    session.execute(update(Topic).where(*here).values(closed=event.closed, asked_at=None))
    act, person = "close topic" if event.closed else "open topic", event.person
    if person.is_bot and not person.anonymous:
        return f"{act}: by a bot"
    by = None if person.anonymous else rights.admitted(shell, session, event.chat, person)
    told = _acted(scene, by, event) if by else "refused: no member"
    if person.anonymous:
        told = _undone(scene, rights.ANONYMOUS) if event.closed and ticket_of(scene).state == "open" else "hidden"
    rights.audit(session, scene.now, (event.chat, person.id), ticket_of(scene).id, (act, told or "done"))
    return told


def _acted(scene: Scene, by: Actor, event: TopicClosed) -> str:
    ticket = ticket_of(scene)
    if event.closed:
        return _asked(scene, by) if ticket.state == "open" else "resolved already"
    if ticket.state == "open":
        return "open already"
    into = select(TicketEvent.id).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "merged_into")
    if scene.session.scalar(into.limit(1)):
        outbox.notice(scene, f"#{ticket.id} is part of #{ticket.linked_id}: it goes on there.")
        return "merged"
    tickets.reopen(scene, f"{by.agent.name} opened the topic again", who(by.agent))
    tickets.heard_by(scene, scene.now)
    if current(scene):
        play(scene, OpenedAgain(scene.facts()))
    return ""


def _asked(scene: Scene, by: Actor) -> str:
    """What the button asks; the tap on a cause is the one that resolves."""
    why_not = ending.refused(scene, by)
    if why_not:
        return _undone(scene, why_not)
    ticket, topic = ticket_of(scene), outbox.topic_of(scene)
    assert topic is not None
    topic.asked_at = scene.now
    buttons = keyboards.causes(ticket, affected=False)
    row = outbox.into_closed(scene, SendText(scene.group, _question(ticket, by.agent.name), options=buttons, html=True))
    row.coalesce_key = _key(ticket)
    return ""


def _undone(scene: Scene, words: str) -> str:
    """Says why closing it did nothing; that opens the topic again."""
    outbox.notice(scene, f"#{ticket_of(scene).id} is still open. {words}")
    return words


def causes(tap: Tap) -> str:
    """Asks what was wrong, under the card or under the question of a closed topic; the tap on a cause is the one that
    resolves."""
    ticket, message = tap.ticket, tap.event.message
    if ticket.state != "open":
        return f"#{ticket.id} is already resolved."
    buttons = keyboards.causes(ticket, affected=tap.argument == "yes")
    here = (Delivery.destination == str(tap.event.chat), Delivery.provider_id == str(message))
    question = select(Delivery.id).where(*here, Delivery.coalesce_key == _key(ticket))
    if tap.scene.session.scalar(question.limit(1)):
        outbox.change(tap.scene, EditText(str(tap.event.chat), message, _question(ticket, tap.agent.name), buttons))
    else:
        keyboards.show(tap.scene, buttons)
    return ""


def _key(ticket: Ticket) -> str:
    return f"closing:{ticket.id}"


def _question(ticket: Ticket, name: str) -> str:
    return (
        f"{escape(name)} closes #{ticket.id}: what was wrong, and were money or files affected? "
        "It is resolved, and the customer told, with your tap."
    )


def sweep(shell: Shell) -> None:
    """Opens the topics again that were closed without a word on what was wrong: their tickets are open."""
    asked = select(Topic.ticket_id).where(Topic.asked_at.is_not(None), Topic.asked_at <= shell.clock.now() - PATIENCE)
    sweep_due(shell, asked.order_by(Topic.asked_at), _reopen, "closing")


def _reopen(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        topic = outbox.topic_of(scene) if scene else None
        if scene is None or topic is None or topic.asked_at is None:
            return
        topic.asked_at = None
        if ticket_of(scene).state == "open" and topic.closed:
            outbox.notice(scene, f"#{number} is still open: nobody said what was wrong. Its promises run on.")
