"""Who has the engineering page of a ticket, and what they are told privately."""

from sqlalchemy import select

from bot import outbox
from bot.lanes import Lane
from bot.scene import Scene
from channels.wire import Option, SendText, to_json
from models import Channel, Delivery, Page


def on_it(scene: Scene) -> Page | None:
    """The newest engineering page, if somebody has it or has done what it asked for; ``acknowledged_by`` is who."""
    mine = select(Page).where(Page.ticket_id == (scene.ticket.id if scene.ticket else None))
    row = scene.session.scalars(mine.where(Page.ladder == "engineering").order_by(Page.id.desc()).limit(1)).first()
    return row if row is not None and row.acknowledged_by is not None else None


def tell(scene: Scene, text: str, options: tuple[Option, ...] = ()) -> None:
    """Privately to who has the engineering page, where they can be written to."""
    row = on_it(scene)
    if row is None or "telegram" not in scene.shell.channels:
        return
    theirs = select(Channel.address).where(Channel.person_id == row.acknowledged_by, Channel.kind == "telegram")
    address = scene.session.scalar(theirs.where(Channel.verified_at.is_not(None), Channel.stopped_at.is_(None)))
    if address is not None:
        kind, payload = to_json(SendText(address, text, options=options))
        owed = Delivery(kind=kind, payload=payload, channel="telegram", destination=address, lane=Lane.PAGE)
        owed.thread, owed.created_at = f"staff:telegram:{address}", scene.now
        scene.session.add(owed)


def unfixed(scene: Scene, name: str) -> None:
    """Somebody has seen that a fix is none: engineering hears of it."""
    ticket = scene.ticket
    assert ticket is not None
    outbox.notice(scene, f"{name} has checked: #{ticket.id} is still broken. Engineering goes on.")
    tell(scene, f"#{ticket.id}: {name} has checked, and it is still broken.")
