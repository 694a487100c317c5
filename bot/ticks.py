"""How far a delivery got, and the tick by which the agent sees it under their own words."""

from sqlalchemy import select

from bot import outbox
from bot.scene import Scene
from models import Delivery, Message

RANK = {
    "queued": 0,
    "leased": 0,
    "unknown": 0,
    "held": 0,
    "accepted": 1,
    "sent": 2,
    "failed": 3,
    "delivered": 4,
    "read": 5,
}
_TICKS = {"held": "✍", "accepted": "👀", "sent": "👀", "failed": "👎", "delivered": "👌", "read": "👍"}
CARRIERS = ("SendText", "SendMedia", "SendAlbum")


def agents_message(scene: Scene, row: Delivery) -> Message | None:
    """The agent's words this delivery carries to the customer, if it does."""
    message = to_customer(scene, row)
    return message if message and message.author == "agent" else None


def to_customer(scene: Scene, row: Delivery) -> Message | None:
    """The words this delivery carries to the customer, if it does."""
    if row.message_id is None or row.kind not in CARRIERS or row.thread.startswith("topic:"):
        return None
    return scene.session.get(Message, row.message_id)


def tick(scene: Scene, message: Message) -> None:
    """Shows how far the whole reply got: of several pieces the worst, nothing before all are accepted."""
    scene.session.flush()
    states = [row.state for row in standing(scene, message)]
    worst = "failed" if "failed" in states else min(states, key=lambda state: RANK.get(state, 0), default="")
    chat, _, number = message.origin.partition("/")
    if number and worst in _TICKS:
        outbox.react(scene, chat, int(number), _TICKS[worst], soon=worst == "failed")


def standing(scene: Scene, message: Message) -> list[Delivery]:
    """The deliveries that carry this message; one whose place another of them took no longer counts."""
    pieces = select(Delivery).where(Delivery.message_id == message.id, Delivery.kind.in_(CARRIERS))
    rows = {row.id: row for row in scene.session.scalars(pieces) if not row.thread.startswith("topic:")}
    return [row for row in rows.values() if row.state != "superseded" and not _replaced(row, rows)]


def _replaced(row: Delivery, rows: dict[int, Delivery]) -> bool:
    """Whether a row that stands goes on from this one, over however many that were superseded on the way."""
    following = rows.get(row.successor_id or 0)
    while following is not None and following.state == "superseded":
        following = rows.get(following.successor_id or 0)
    return following is not None
