"""Other ways to reach the same person, and whether we may take one (docs/decisions)."""

from sqlalchemy import select

from bot import ledger
from bot.scene import Scene
from models import Address, Conversation, Delivery

NAMES = {"whatsapp": "WhatsApp", "sms": "SMS", "telegram": "Telegram", "email": "e-mail"}
_ORDER = ("whatsapp", "telegram", "sms")  # chats they wrote in first; a text message costs and interrupts


def elsewhere(scene: Scene, row: Delivery) -> Address | None:
    """An address of the same contact on a channel that was not tried for this message yet; None if there is none.

    A number in the directory is consent to answer there. Whoever said STOP anywhere is followed nowhere.
    """
    contact = scene.address.contact
    if contact is None:
        return None
    theirs = select(Address).where(Address.contact_id == contact.id).order_by(Address.id)
    addresses = list(scene.session.scalars(theirs).unique())
    if any(address.stopped_at for address in addresses):
        return None
    tried = {row.channel, *_tried(scene, row)}
    able = [one for one in addresses if one.channel in _ORDER and one.channel not in tried and _able(scene, one)]
    return min(able, key=lambda address: _ORDER.index(address.channel), default=None)


def text_only(scene: Scene) -> bool:
    """Whether they chose [Text only, please] and gave no number since."""
    if scene.ticket is None or scene.ticket.call_back or scene.fresh:
        return False
    return any(event.kind == "text_only" for event in ledger.history(scene))


def _tried(scene: Scene, row: Delivery) -> list[str]:
    if row.message_id is None:
        return []
    carried = select(Delivery.channel).where(Delivery.message_id == row.message_id, Delivery.kind == row.kind)
    return list(scene.session.scalars(carried.where(Delivery.thread.not_like("topic:%")).distinct()))


def _able(scene: Scene, address: Address) -> bool:
    """Whether the channel is on here and lets us begin: WhatsApp within its window, Telegram once they wrote."""
    if address.channel not in scene.shell.channels:
        return False
    if address.channel == "sms":
        return bool(scene.shell.senders.get("sms"))
    known = select(Conversation.window_expires_at).where(Conversation.address_id == address.id)
    found = scene.session.execute(known).first()
    if found is None:
        return False
    return address.channel == "telegram" or (found[0] is not None and found[0] > scene.now)
