"""What engineers are told when they are asked: facts, not chat (users.md 1.4)."""

from html import escape

from sqlalchemy import func, select

from bot import outbox
from bot.pager.page_words import shooting
from bot.scene import Scene
from channels.wire import SendText
from conversations.phrases import clock_time, shortened
from models import Message, Ticket, TicketEvent

_WORDS, _TRIED, _LINES = 200, 3, 5  # characters of a text; of what was tried, lines; of the customer's lines, ids


def brief(scene: Scene) -> None:
    """What, since when, how many, shoot now, ids, tried; nobody's number."""
    ticket = scene.ticket
    assert ticket is not None
    here = clock_time(ticket.opened_at, scene.now, scene.shell.policies.support_zone, "en")
    lines = [
        f"<b>#{ticket.id} for engineers</b> (SEV{ticket.severity}, {escape(ticket.category)})",
        f"What: {escape(shortened(ticket.words, _WORDS)) or 'no words'}",
        f"Since: {here}, {ticket.opened_at:%Y-%m-%d %H:%M:%S} UTC",
        f"How many: {_many(scene, ticket)}",
        f"Shoot now: {_shoot(scene, ticket)}",
        f"Ids: ticket {ticket.id}, studio {ticket.studio_id or 'unknown'}, lines {_lines(scene, ticket)}",
        f"Tried: {_tried(scene, ticket)}",
    ]
    outbox.to_group(scene, SendText(scene.group, "\n".join(lines), html=True))


def _many(scene: Scene, ticket: Ticket) -> str:
    """Studios with an open ticket of this category that is as bad."""
    same = (Ticket.state == "open", Ticket.category == ticket.category, Ticket.severity <= 2)
    found = scene.session.scalar(select(func.count(func.distinct(Ticket.studio_id))).where(*same)) or 1
    return f"{found} studio{'s' if found > 1 else ''} with an open {ticket.category} ticket of SEV1 or SEV2"


def _shoot(scene: Scene, ticket: Ticket) -> str:
    ends = shooting(scene.session, ticket, scene.now)
    return f"yes, until {clock_time(ends, scene.now, scene.shell.policies.support_zone, 'en')}" if ends else "no"


def _lines(scene: Scene, ticket: Ticket) -> str:
    said = select(Message.origin).where(Message.ticket_id == ticket.id, Message.author == "customer")
    return (
        ", ".join(escape(one) for one in scene.session.scalars(said.order_by(Message.id).limit(_LINES)) if one) or "-"
    )


def _tried(scene: Scene, ticket: Ticket) -> str:
    """What was said when engineering was asked, and what agents wrote last."""
    asked = select(TicketEvent.data).where(TicketEvent.ticket_id == ticket.id, TicketEvent.kind == "escalated")
    reasons = [str(data.get("why") or "") for data in scene.session.scalars(asked.order_by(TicketEvent.id))]
    wrote = select(Message.text).where(Message.ticket_id == ticket.id, Message.author.in_(("agent", "note")))
    last = scene.session.scalars(wrote.order_by(Message.id.desc()).limit(_TRIED)).all()
    told = [text for text in dict.fromkeys([*reasons[-1:], *reversed(last)]) if text]
    return escape("; ".join(shortened(text, _WORDS) for text in told)) or "nothing yet"
