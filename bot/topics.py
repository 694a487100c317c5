"""A ticket's topic: opened with its card, and with what was said if it is not the first; named by what it is about."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from bot import card_edits, outbox
from bot.lanes import Lane
from bot.scene import Scene
from channels.arranging import NameTopic
from channels.wire import Call, EditText, OpenTopic, Option, SendAlbum, SendMedia, SendText, TransportError
from conversations.phrases import clock_time
from models import Agent, Delivery, Message, Ticket, Topic

_SO_FAR = "So far in this ticket:\n"
_HISTORY = 3500  # characters, of what Telegram takes in one message
_NAME = 128  # characters of a topic's name
_CHANGES = timedelta(seconds=10)  # a new name waits this long for a newer one


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
    opening = outbox.queue(scene, OpenTopic(str(group), name[:_NAME]), **common)
    card_call = SendText(str(group), card, options=buttons, html=True)
    outbox.queue(scene, card_call, coalesce_key=card_edits.key_of(ticket.id), **common)
    return opening


def rename(scene: Scene, name: str) -> None:
    """The topic says what the ticket has become: by the call that opens it if that still waits, else by one of its own,
    after the cards."""
    topic = outbox.topic_of(scene)
    if topic is None:
        return
    key = f"name:{topic.ticket_id}"
    scene.session.flush()
    waiting = (Delivery.ticket_id == topic.ticket_id, Delivery.kind.in_(("OpenTopic", "NameTopic")))
    queued = select(Delivery).where(*waiting, Delivery.state == "queued").with_for_update(skip_locked=True)
    row = scene.session.scalars(queued.order_by(Delivery.id.desc()).limit(1)).first()
    if row is not None:
        row.payload = {**row.payload, "name": name[:_NAME]}
        return
    common = {"channel": "telegram", "destination": str(topic.chat_id), "thread": key, "lane": Lane.CARD}
    retry_at = scene.shell.clock.real() + _CHANGES
    outbox.queue(scene, NameTopic(str(topic.chat_id), 0, name[:_NAME]), coalesce_key=key, retry_at=retry_at, **common)


def placed(call: Call, topic: Topic | None, ticket_id: int) -> tuple[Call, TransportError | None]:
    """The call with its topic's numbers. Where no topic could be opened the line goes to the group itself, under the
    ticket's number."""
    match call:
        case EditText() if topic is None or topic.card_id is None:
            return call, TransportError("the card is not there yet")
        case EditText() if topic is not None and topic.card_id is not None:
            return replace(call, to=str(topic.chat_id), message=topic.card_id), None
        case NameTopic() if topic is None or topic.thread_id is None:
            return call, TransportError("the topic is not there yet")
        case NameTopic() if topic is not None and topic.thread_id is not None:
            return replace(call, to=str(topic.chat_id), thread=topic.thread_id), None
        case SendText() if topic is None or topic.thread_id is None:
            return replace(call, text=f"#{ticket_id} {call.text}"), None
        case SendMedia() if topic is None or topic.thread_id is None:
            return replace(call, caption=f"#{ticket_id} {call.caption}"), None
        case SendAlbum(items=(first, *rest)) if topic is None or topic.thread_id is None:
            return replace(call, items=(replace(first, caption=f"#{ticket_id} {first.caption}"), *rest)), None
        case SendText() | SendMedia() | SendAlbum() if topic is not None:
            return replace(call, thread=topic.thread_id), None
    return call, None


def tell_history(scene: Scene, waiting: set[int | None]) -> None:
    """What was said in a topic that is gone, in one message; ``waiting`` comes again by itself."""
    ticket = scene.ticket
    said = select(Message).where(Message.ticket_id == (ticket and ticket.id), Message.author != "bot")
    lines = [
        told(scene, message)
        for message in scene.session.scalars(said.order_by(Message.id))
        if message.id not in waiting and message.text != (ticket and ticket.words)
    ]
    if lines:
        words = "\n".join(lines)
        kept = words if len(words) <= _HISTORY else f"...{words[-_HISTORY:]}"
        outbox.to_group(scene, SendText(scene.group, f"{_SO_FAR}{kept}", silent=True))


def is_history(row: Delivery) -> bool:
    """Whether this tells what was said so far; the next topic tells it anew."""
    return row.message_id is None and str(row.payload.get("text", "")).startswith(_SO_FAR)


def told(scene: Scene, message: Message) -> str:
    """One line of the conversation: when, who, what."""
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
