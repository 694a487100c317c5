"""The SEV3 cycle in the group: its card lists the tickets as it begins, its end names what is left (sla.md, 1)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot import ledger
from bot.lanes import Lane
from bot.scene import Scene
from bot.speak import say, told_time
from channels.wire import SendText, to_json
from conversations.phrases import clock_time
from models import Batch, Delivery, Ticket
from models import Clock as Row
from sla import Clock

_LISTED = 40  # tickets a card names


def begun(scene: Scene, clock: Clock) -> None:
    """The first ticket of a cycle that comes due posts the card of all of them."""
    if clock.target_due is None or clock.limit_due is None or scene.shell.desk.group is None:
        return
    values = {"starts_at": clock.target_due, "ends_at": clock.limit_due}
    if scene.shell.db.insert_once(scene.session, Batch, values, ("starts_at",)) is None:
        return
    until = _told(scene, clock.limit_due)
    joined = _joined(scene, clock.target_due)
    head = f"🗂 Fix round until {until}: close each of these or promise it anew with /next."
    scene.session.get_one(Batch, clock.target_due).delivery_id = _post(scene, head, joined)


def ended(scene: Scene, clock: Clock) -> None:
    """What the cycle did not settle is named once and goes into the next, which its customer is told."""
    assert clock.target_due is not None
    batch = scene.session.get(Batch, clock.target_due, with_for_update=True)
    if batch is not None and batch.closed_at is None and scene.group:
        batch.closed_at = scene.now
        _post(scene, "🗂 The fix round is over, {count} left:", _joined(scene, clock.target_due))
    ledger.record(scene, "batch_left", scene.now, "bot", {})
    following = ledger.reckon(scene).running("BATCH")
    if following and following.target_due:
        say(scene, "batch_moved", {"by": told_time(scene, following.target_due)})


def _joined(scene: Scene, starts_at: datetime) -> Sequence[Ticket]:
    """The tickets of a cycle that are neither closed nor promised anew in it."""
    scene.session.flush()
    open_ones = (Row.name == "BATCH", Row.target_due == starts_at, Row.met_at.is_(None), Row.cancelled_at.is_(None))
    of_cycle = select(Ticket).join(Row, Row.ticket_id == Ticket.id).where(*open_ones).order_by(Ticket.id)
    return scene.session.scalars(of_cycle).unique().all()


def _lines(joined: Sequence[Ticket]) -> str:
    lines = [f"#{ticket.id} {ticket.category} · {ticket.studio.name if ticket.studio else '?'}" for ticket in joined]
    more = [f"and {len(lines) - _LISTED} more: flask tickets list"] if len(lines) > _LISTED else []
    return "\n".join([*lines[:_LISTED], *more]) or "none"


def _post(scene: Scene, head: str, joined: Sequence[Ticket]) -> int:
    """A message in each group that has some of the tickets, past all topics; the number of the first."""
    here = int(scene.group)
    places: dict[int, list[Ticket]] = {}
    for ticket in joined:
        places.setdefault(ticket.topic.chat_id if ticket.topic else here, []).append(ticket)
    told = (places or {here: []}).items()
    return min(_message(scene, chat, f"{head.format(count=len(some))}\n{_lines(some)}") for chat, some in told)


def _message(scene: Scene, chat: int, text: str) -> int:
    kind, payload = to_json(SendText(str(chat), text))
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=str(chat))
    row.thread, row.lane, row.created_at = f"batch:{chat}", Lane.TO_GROUP, scene.now
    scene.session.add(row)
    scene.session.flush()
    return row.id


def _told(scene: Scene, moment: datetime) -> str:
    return clock_time(moment, scene.now, scene.shell.policies.support_zone, "en")
