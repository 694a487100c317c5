"""Answers to agents where they asked: in the ticket's topic, or in General."""

from sqlalchemy.orm import Session

from bot import outbox
from bot.lanes import Lane
from bot.scene import Scene
from bot.shell import Shell
from channels.wire import SendText, to_json
from conversations.events import DeskSaid
from models import Delivery


def tell(shell: Shell, session: Session, event: DeskSaid, scene: Scene | None, text: str) -> None:
    """One message of the bot under the agent's own."""
    if scene is not None and event.topic is not None:
        outbox.notice(scene, text, reply_to=event.message)
        return
    kind, payload = to_json(SendText(str(event.chat), f"ℹ️ {text}", thread=event.topic, reply_to=event.message))  # noqa: RUF001 (the sign is meant)
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=str(event.chat))
    row.thread, row.lane, row.created_at = f"desk:{event.chat}", Lane.TO_GROUP, shell.clock.now()
    session.add(row)
