"""New terms for open tickets: a studio's new tier, and an edited policy taken over on purpose. Source: rule 8, S19."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bot import tickets
from bot.scene import open_ticket_scene
from bot.shell import Shell
from models import Studio, Ticket


def new_tier(shell: Shell, session: Session, studio: Studio) -> None:
    """The studio's open tickets take its tier; the stricter of old and new holds."""
    for number in session.scalars(_open().where(Ticket.studio_id == studio.id, Ticket.tier != studio.tier)).all():
        scene = open_ticket_scene(shell, session, number)
        if scene is None or scene.ticket is None or scene.ticket.state != "open":
            continue
        before, scene.ticket.tier = scene.ticket.tier, studio.tier
        tickets.record(scene, "tier_changed", scene.now, "bot", {"from": before, "to": studio.tier})
        tickets.refresh(scene)


def rebase(shell: Shell, numbers: Sequence[int], why: str, who: str) -> list[int]:
    """Reckons the clocks of open tickets, all if none is named, under the running policy; returns those it did.

    It may loosen a promise, so it is only done by hand; a breach stays, and a due already past gets the grace.
    """
    with shell.db.reading() as session:
        wanted = _open().where(Ticket.id.in_(numbers)) if numbers else _open()
        found = session.scalars(wanted).all()
    return [number for number in found if _rebased(shell, number, why, who)]


def _rebased(shell: Shell, number: int, why: str, who: str) -> bool:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        if scene is None or scene.ticket is None or scene.ticket.state != "open":
            return False
        tickets.record(scene, "rebased", scene.now, who, {"why": why, "policy": shell.policies.version})
        tickets.refresh(scene)
    return True


def _open() -> Select[int]:
    return select(Ticket.id).where(Ticket.state == "open").order_by(Ticket.id)
