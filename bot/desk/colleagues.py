"""Two agents at one customer: the second is told, once, and nothing is held up for it (users.md A11)."""

from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select

from bot import outbox, quotes
from bot.desk.asks import ticket_of
from bot.scene import Scene
from conversations.phrases import shortened
from models import Agent, Message

_UNSEEN = timedelta(minutes=2)  # an answer so fresh was not read by who was writing another
_TAKE_BACK = "Yours goes out as well; /unsend under it takes it back."


def tell(scene: Scene, agent: Agent, message: Message) -> None:
    """Before the answer ``message`` of ``agent`` goes out."""
    ticket, other = ticket_of(scene), _just_answered(scene, agent, message)
    under = quotes.own(scene, message)
    if other is not None:
        first = scene.session.get_one(Agent, other.agent_id)
        ago = max(1, round((message.ingested_at - other.ingested_at).total_seconds()))
        words = f"{first.name} answered {ago} s before you: “{shortened(other.text, 80)}” {_TAKE_BACK}"
        outbox.notice_once(scene, f"beside:{other.id}:{agent.id}", words, under)
    elif ticket.owner is not None and ticket.owner.id != agent.id:
        has = f"{ticket.owner.name} has #{ticket.id}. {_TAKE_BACK}"
        outbox.notice_once(scene, f"has:{ticket.owner.id}:{agent.id}", has, under)


def _just_answered(scene: Scene, agent: Agent, message: Message) -> Message | None:
    """A colleague's answer of this moment, if the customer has not written since."""
    last = scene.session.scalars(_public(), {"ticket": message.ticket_id, "but": message.id}).first()
    if last is None or last.author != "agent" or last.agent_id in (agent.id, None):
        return None
    return last if message.ingested_at - last.ingested_at <= _UNSEEN else None


@cache
def _public() -> Any:
    """The newest word between us and the customer, but for one; built once, as each answer asks for it."""
    words = select(Message).where(Message.ticket_id == bindparam("ticket"), Message.author.in_(("agent", "customer")))
    return words.where(Message.id != bindparam("but")).order_by(Message.id.desc()).limit(1)
