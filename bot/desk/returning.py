"""The return timer: an owner who goes silent while the customer waits is nudged, then the ticket is free again."""

from html import escape

from sqlalchemy import ColumnElement, and_, exists, func, literal_column, or_, select

from bot import outbox, tickets
from bot.desk.asks import ticket_of
from bot.desk.silence import owner_silent_since
from bot.duty import mention
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep_due
from channels.wire import SendText
from conversations.phrases import clock_time
from models import Message, Ticket


def sweep(shell: Shell) -> None:
    """Looks at the owned tickets whose customer has waited long enough for a nudge."""
    sweep_due(shell, select(Ticket.id).where(_waiting(shell)).order_by(Ticket.id), _look, "returning")


def _waiting(shell: Shell) -> ColumnElement[bool]:
    """Open, owned, in sight, with a customer's line older than a nudge and no answer behind it."""
    now, patience = shell.clock.now(), shell.patience
    answered = select(func.max(Message.id)).where(Message.ticket_id == Ticket.id, Message.author == "agent")
    theirs = and_(Message.ticket_id == Ticket.id, Message.author == "customer")
    unanswered = Message.id > func.coalesce(answered.correlate(Ticket).scalar_subquery(), 0)
    old = or_(
        and_(Ticket.severity == 1, Message.ingested_at <= now - patience.urgent_nudge),
        and_(Ticket.severity != 1, Message.ingested_at <= now - patience.nudge),
    )
    owned = and_(Ticket.state == literal_column("'open'"), Ticket.owner_id.is_not(None))
    return and_(owned, Ticket.snoozed_until.is_(None), exists().where(theirs, unanswered, old))


def _look(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        if scene is None:
            return
        ticket = ticket_of(scene)
        since = owner_silent_since(session, ticket)
        if ticket.owner is None or ticket.state != "open" or since is None or ticket.snoozed_until:
            return
        nudge, back = shell.patience.of(ticket.severity)
        nudged = ticket.nudged_at is not None and ticket.nudged_at >= since
        if nudged and ticket.nudged_at and scene.now - ticket.nudged_at >= back - nudge:
            free(scene, f"{ticket.owner.name} has been silent while the customer waits")
        elif not nudged and scene.now - since >= nudge:
            _nudge(scene)


def _nudge(scene: Scene) -> None:
    ticket = ticket_of(scene)
    assert ticket.owner is not None
    nudge, back = scene.shell.patience.of(ticket.severity)
    ticket.nudged_at = scene.now
    at = clock_time(scene.now + back - nudge, scene.now, scene.shell.policies.support_zone, "en")
    who = escape(scene.name or "the customer")
    text = f"{mention(ticket.owner)}: {who} is waiting for you on #{ticket.id}. At {at} it is free for others again."
    outbox.to_group(scene, SendText(scene.group, text, html=True))


def free(scene: Scene, why: str) -> None:
    """Nobody's again, for others to take."""
    ticket = ticket_of(scene)
    assert ticket.owner is not None
    before, ticket.owner, ticket.nudged_at = ticket.owner, None, None
    tickets.record(scene, "returned", scene.now, "bot", {"from": before.id})
    outbox.notice(scene, f"#{ticket.id} is free again: {why}.")
    tickets.refresh(scene)
