"""Reactions over the bridge: the customer's are shown in the topic, the agents' go where the channel has them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import outbox, reach
from bot.lanes import Lane
from bot.quotes import reminder
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from channels.wire import SendText, to_json
from conversations.events import DeskReacted, Reacted
from models import Delivery, Message


def customer_reacted(shell: Shell, session: Session, event: Reacted) -> str:
    """One quiet line under the agent's words; while it waits, the newest reaction is the one shown."""
    message = _about(session, event.address, event.message)
    scene = open_ticket_scene(shell, session, message.ticket_id) if message else None
    if message is None or scene is None:
        return "a reaction to nothing of ours on a ticket"
    _show(scene, message, event.emoji)
    return "a reaction, shown to the people on the ticket"


def agent_reacted(shell: Shell, session: Session, event: DeskReacted) -> str:
    """Set on the customer's own line, or taken back there."""
    message = _about(session, str(event.chat), str(event.message))
    scene = open_ticket_scene(shell, session, message.ticket_id) if message else None
    if message is None or scene is None or message.author != "customer":
        return "a reaction to no line of a customer"
    if scene.address.channel != "telegram" or not message.origin.isdecimal():
        told = f"{reach.NAMES[scene.address.channel]} takes no reactions from us: this one stays in the group."
        outbox.notice_once(scene, "reaction", told)
        return "a reaction the channel cannot carry"
    if event.emoji is None:
        cannot_set(scene)
        return "a reaction that bots cannot set"
    outbox.react(scene, scene.address.value, int(message.origin), event.emoji)
    return ""


def cannot_set(scene: Scene) -> None:
    """Said once a ticket, of a custom emoji or one that Telegram has refused."""
    who = scene.name or "The customer"
    outbox.notice_once(scene, "emoji", f"Bots cannot set this emoji as a reaction: {who} does not see it.")


def _about(session: Session, destination: str, number: str) -> Message | None:
    """The line that stands under this number in the customer's chat or in the group."""
    sent = select(Delivery.message_id).where(
        Delivery.destination == destination, Delivery.provider_id == number, Delivery.message_id.is_not(None)
    )
    found = session.scalar(sent.order_by(Delivery.id.desc()).limit(1))
    return session.get(Message, found) if found else None


def _show(scene: Scene, message: Message, emoji: str | None) -> None:
    topic, key = outbox.topic_of(scene), f"reacted:{message.id}"
    if topic is None or topic.thread_id is None:
        return
    who = scene.name or "The customer"
    reacted = f"{who} reacted {'with an emoji of their own' if emoji is None else emoji}"
    words = f"{who} took the reaction back" if emoji == "" else reacted
    chat, _, number = message.origin.partition("/")
    there = message.author == "agent" and chat == str(topic.chat_id)
    text = words if there else f"{words} {reminder(message)}"
    call = SendText(
        str(topic.chat_id), text, thread=topic.thread_id, reply_to=int(number) if there else None, silent=True
    )
    waiting = select(Delivery).where(Delivery.coalesce_key == key, Delivery.state == "queued", Delivery.attempts == 0)
    row = scene.session.scalars(waiting.limit(1).with_for_update()).first()
    if row is not None:
        row.payload = to_json(call)[1]
        return
    # Not in the topic's own thread: no line of the customer waits behind a mere reaction.
    outbox.queue(
        scene,
        call,
        channel="telegram",
        destination=str(topic.chat_id),
        thread=f"react:{key}",
        lane=Lane.CARD,
        coalesce_key=key,
    )
