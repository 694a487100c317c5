"""Lanes: which of the calls owed go first, and which may draw on a group's last tokens (delivery.md, budgets)."""

from enum import IntEnum

from sqlalchemy import update

from bot.scene import Scene
from models import Delivery

_CUSTOMERS = ("whatsapp", "sms", "telegram", "email")  # channels, which begin the names of customers' threads


class Lane(IntEnum):
    """The lower goes first. Up to PAGE the tokens kept for SEV1 are open; from CARD on some are left to others."""

    TAP = -1  # answers to taps, which cost nothing and are old within seconds
    PAGE = 0  # pages, alarms, and what a SEV1 ticket owes, but for ticks and edits that can wait
    TO_CUSTOMER = 1
    TO_GROUP = 2
    CARD = 3  # edits and ticks
    DIGESTED = 4  # topics of tickets that a digest shows meanwhile


def urgent(scene: Scene) -> bool:
    """Whether what this ticket owes goes before all others' now."""
    return scene.ticket is not None and scene.ticket.severity == 1


def hurry(scene: Scene) -> None:
    """What a ticket that has become SEV1 owes already goes first too."""
    if scene.ticket is None or not urgent(scene):
        return
    owed = (Delivery.ticket_id == scene.ticket.id, Delivery.state == "queued")
    scene.session.flush()
    first = {"lane": Lane.PAGE}
    scene.session.execute(update(Delivery).where(*owed, Delivery.lane < Lane.CARD).values(first))
    put_off = Delivery.lane == Lane.DIGESTED
    scene.session.execute(update(Delivery).where(*owed, put_off).values({**first, "retry_at": None}))


def for_customer(row: Delivery) -> bool:
    """Whether it is part of what a customer is told, whatever its lane."""
    return row.thread.partition(":")[0] in _CUSTOMERS
