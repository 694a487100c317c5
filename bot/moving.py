"""A ticket that changes its group: a new topic there with its history, a word with the way to it in the old one."""

from dataclasses import replace

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
    where, thread = str(old.chat_id), old.thread_id
    successors.renew_topic(scene, chat=chat)
    words = SendText(where, f"#{ticket.id} goes on in the group {name}: {_LINK}", thread=thread, silent=True)
    for call in (words, CloseTopic(where, thread)):
        kind, payload = to_json(call)
        row = Delivery(kind=kind, payload=payload, channel="telegram", destination=where)
        row.thread, row.lane, row.created_at = f"{THREAD}{ticket.id}:{where}/{thread}", Lane.TO_GROUP, scene.now
        scene.session.add(row)


def linked(session: Session, row: Delivery, call: Call) -> Call | TransportError:
    """The last word in the old topic, with the way to the new one once that is there."""
    if not isinstance(call, SendText):
        return call
    topic = session.get(Topic, int(row.thread.split(":")[1]), populate_existing=True)
    if topic is None or topic.thread_id is None:
        return TransportError("the ticket's new topic is not there yet")
    return replace(call, text=call.text.replace(_LINK, topics.link(topic)))
