"""A tap on the digest: the ticket's topic opens before all that wait."""

from sqlalchemy import select

from bot import buckets
from bot.desk.asks import Tap
from bot.lanes import Lane
from models import Delivery


def open_now(tap: Tap) -> str:
    """Takes the topic off the digest; where Telegram takes nothing just now it is the next to open."""
    scene, number = tap.scene, tap.ticket.id
    put_off = (Delivery.ticket_id == number, Delivery.kind == "OpenTopic", Delivery.lane == Lane.DIGESTED)
    owed = select(Delivery).where(*put_off, Delivery.state == "queued").with_for_update()
    opening = scene.session.scalars(owed).first()
    if opening is None:
        return f"#{number} has its topic, or it is just being opened."
    opening.lane, opening.retry_at = Lane.TO_CUSTOMER, None  # first among those without a claim on SEV1's tokens
    left = buckets.left(scene.shell, scene.session, "telegram", opening.destination)
    budget = scene.shell.budgets.telegram_group
    if left is not None and budget is not None and left <= budget.urgent:
        return f"#{number} opens next; Telegram takes no more calls for some seconds."
    return f"#{number} opens now."
