"""A ticket's topic: opened with its card, and with what was said if it is not the first."""

from sqlalchemy import select

from bot import outbox
from bot.lanes import Lane
from bot.scene import Scene
from channels.wire import OpenTopic, Option, SendText
from conversations.phrases import clock_time
from models import Agent, Delivery, Message, Ticket, Topic

_HISTORY = 3500  # characters, of what Telegram takes in one message


def open_topic(
    scene: Scene, name: str, card: str, buttons: tuple[Option, ...], chat: int | None = None
) -> Delivery | None:
    """A fresh topic, where the ticket is routed to or in ``chat``, and its card: the two calls a new ticket costs;
    returns the first."""
    group, ticket = chat or scene.routed, scene.ticket
    if group is None or ticket is None:
        return None
    scene.session.add(Topic(ticket_id=ticket.id, chat_id=group))
    thread = f"topic:{ticket.id}"
    common = {"channel": "telegram", "destination": str(group), "thread": thread, "lane": Lane.TO_GROUP}
    opening = outbox.queue(scene, OpenTopic(str(group), name[:128]), **common)
    card_call = SendText(str(group), card, options=buttons, html=True)
    outbox.queue(scene, card_call, coalesce_key=outbox.card_key(ticket.id), **common)
    return opening


def tell_history(scene: Scene, waiting: set[int | None]) -> None:
    """What was said in a topic that is gone, in one message; ``waiting`` comes again by itself."""
    ticket = scene.ticket
    said = select(Message).where(Message.ticket_id == (ticket and ticket.id), Message.author != "bot")
    lines = [
        _told(scene, message)
        for message in scene.session.scalars(said.order_by(Message.id))
        if message.id not in waiting and message.text != (ticket and ticket.words)
    ]
    if lines:
        words = "\n".join(lines)
        kept = words if len(words) <= _HISTORY else f"...{words[-_HISTORY:]}"
        outbox.to_group(scene, SendText(scene.group, f"So far in this ticket:\n{kept}", silent=True))


def _told(scene: Scene, message: Message) -> str:
    at = clock_time(message.occurred_at, scene.now, scene.shell.policies.support_zone, "en")
    agent = scene.session.get(Agent, message.agent_id) if message.agent_id else None
    name = agent.name if agent else "an agent"
    who = {"customer": scene.name or "Customer", "note": f"{name} (note)"}.get(message.author, name)
    media = " ".join(f"[{entry['kind']}]" for entry in message.media)
    return f"{at} {who}: {message.text} {media}".rstrip()


def link(topic: Topic) -> str:
    """Where a topic is, for those who are in its group."""
    return f"https://t.me/c/{str(topic.chat_id).removeprefix('-100')}/{topic.thread_id}"


def place(ticket: Ticket) -> str:
    """``#12`` as a link to its topic."""
    topic, number = ticket.topic, f"#{ticket.id}"
    if topic is None or topic.thread_id is None:
        return number
    return f'<a href="{link(topic)}">{number}</a>'
