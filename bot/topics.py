"""A ticket's topic: opened with its card."""

from bot import outbox
from bot.lanes import Lane
from bot.scene import Scene
from channels.wire import OpenTopic, Option, SendText
from models import Topic


def open_topic(scene: Scene, name: str, card: str, buttons: tuple[Option, ...]) -> None:
    """A fresh topic and its card: the two calls a new ticket costs."""
    group, ticket = scene.shell.desk.group, scene.ticket
    if group is None or ticket is None:
        return
    scene.session.add(Topic(ticket_id=ticket.id, chat_id=group))
    thread = f"topic:{ticket.id}"
    common = {"channel": "telegram", "destination": str(group), "thread": thread, "lane": Lane.TO_GROUP}
    outbox.queue(scene, OpenTopic(str(group), name[:128]), **common)
    card_call = SendText(str(group), card, options=buttons, html=True)
    outbox.queue(scene, card_call, coalesce_key=outbox.card_key(ticket.id), **common)
