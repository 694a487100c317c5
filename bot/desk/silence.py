"""Who waits for whom: a customer's unanswered line, and an owner who lets it stand."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from conversations.words import Meaning, understand
from models import Message, Ticket, TicketEvent


def waits_since(session: Session, ticket: int) -> Message | None:
    """The oldest line of the customer no agent has answered; thanks waits for nothing."""
    answered = select(func.max(Message.id)).where(Message.ticket_id == ticket, Message.author == "agent")
    lines = select(Message).where(Message.ticket_id == ticket, Message.author == "customer")
    later = lines.where(Message.id > func.coalesce(answered.scalar_subquery(), 0)).order_by(Message.id)
    return next(
        (one for one in session.scalars(later) if one.media or understand(one.text) is not Meaning.THANKS), None
    )


def owner_silent_since(session: Session, ticket: Ticket) -> datetime | None:
    """When the wait for the owner began: the customer's line, or the last thing the owner did after it."""
    waiting = waits_since(session, ticket.id)
    if waiting is None:
        return None
    actor = f"agent:{ticket.owner_id}"
    did = select(func.max(TicketEvent.occurred_at)).where(
        TicketEvent.ticket_id == ticket.id, TicketEvent.actor == actor
    )
    wrote = select(func.max(Message.ingested_at)).where(
        Message.ticket_id == ticket.id, Message.agent_id == ticket.owner_id
    )
    acts = [session.scalar(did), session.scalar(wrote)]
    return max([waiting.ingested_at, *(act for act in acts if act is not None)])
