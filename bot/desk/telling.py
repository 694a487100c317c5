"""Answers to agents where they asked: in the ticket's topic, or in General."""

from sqlalchemy.orm import Session

from bot import outbox
from bot.desk.asks import Told
from bot.lanes import Lane
from bot.scene import Scene
from bot.shell import Shell
from channels.wire import SendText, to_json
from conversations.events import DeskSaid
from models import Delivery


def tell(shell: Shell, session: Session, event: DeskSaid, scene: Scene | None, told: str | Told) -> None:
    """One message of the bot under the agent's own."""
    answer = told if isinstance(told, Told) else Told(f"ℹ️ {told}")  # noqa: RUF001 (the sign is meant)
    text = (
        answer.text if len(answer.text) <= outbox.LONGEST["telegram"] else outbox.split(answer.text, 3900)[0] + " ..."
    )
    call = SendText(
        str(event.chat), text, thread=event.topic, options=answer.options, html=answer.html, reply_to=event.message
    )
    if scene is not None and event.topic is not None:
        outbox.to_group(scene, call)
        return
    kind, payload = to_json(call)
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=str(event.chat))
    row.thread, row.lane, row.created_at = f"desk:{event.chat}", Lane.TO_GROUP, shell.clock.now()
    session.add(row)
