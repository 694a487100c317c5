"""A ticket that changes its group: a new topic there with its history, a word with the way to it in the old one."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import outbox, successors, topics
from bot.lanes import Lane
from bot.scene import Scene
from channels.arranging import CloseTopic
from channels.wire import Call, SendText, TransportError, to_json
from models import Delivery, Topic

THREAD = "moved:"  # begins the thread of the old topic's last calls; the ticket's number follows
_LINK = "{topic}"  # in the text, until the new topic has its number


def move(scene: Scene, chat: int, name: str) -> None:
    """What waits for the old topic goes to the new one."""
    ticket, old = scene.ticket, outbox.topic_of(scene)
    assert ticket is not None
    assert old is not None
    assert old.thread_id is not None
    thread = old.thread_id
    successors.renew_topic(scene, chat=chat)
    point(scene, old.chat_id, thread, f"#{ticket.id} goes on in the group {name}:")


def point(scene: Scene, chat: int, thread: int, words: str) -> None:
    """Says in a topic that is no longer the ticket's where it goes on, once, and closes it."""
    assert scene.ticket is not None
    where, key = str(chat), f"{THREAD}{scene.ticket.id}:{chat}/{thread}"
    if scene.session.scalar(select(Delivery.id).where(Delivery.destination == where, Delivery.thread == key).limit(1)):
        return
    for call in (SendText(where, f"{words} {_LINK}", thread=thread, silent=True), CloseTopic(where, thread)):
        kind, payload = to_json(call)
        row = Delivery(kind=kind, payload=payload, channel="telegram", destination=where)
        row.thread, row.lane, row.created_at = key, Lane.TO_GROUP, scene.now
        scene.session.add(row)


def linked(session: Session, row: Delivery, call: Call) -> Call | TransportError:
    """The last word in the old topic, with the way to the new one once that is there."""
    if not isinstance(call, SendText):
        return call
    topic = session.get(Topic, int(row.thread.split(":")[1]), populate_existing=True)
    if topic is None or topic.thread_id is None:
        return TransportError("the ticket's new topic is not there yet")
    return replace(call, text=call.text.replace(_LINK, topics.link(topic)))
