"""The SEV3 cycle in the group: its card lists the tickets and follows as they close, its end names what is left
(sla.md section 1)."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import ledger
from bot.lanes import Lane
from bot.scene import Scene
from bot.shell import Shell
from bot.speak import say, told_time
from bot.sweeps import sweep_due
from channels.wire import EditText, SendText, to_json
from conversations.phrases import clock_time
from models import Batch, Delivery, Ticket
from models import Clock as Row
from models.deliveries import PENDING
from sla import Clock

_LISTED = 40  # tickets a card names


def begun(scene: Scene, clock: Clock) -> None:
    """The first ticket of a cycle that comes due posts the card of all of them."""
    if clock.target_due is None or clock.limit_due is None or scene.shell.desk.group is None:
        return
    values = {"starts_at": clock.target_due, "ends_at": clock.limit_due}
    if scene.shell.db.insert_once(scene.session, Batch, values, ("starts_at",)) is None:
        return
    scene.session.flush()
    batch = scene.session.get_one(Batch, clock.target_due)
    cards = _cards(scene.shell, scene.session, batch)
    made = [_post(scene.shell, scene.session, SendText(str(chat), text, html=True)) for chat, text in cards.items()]
    for row in made:
        row.coalesce_key = _key(clock.target_due)
    batch.delivery_id = made[0].id


def show(shell: Shell) -> None:
    """The sweep: the cards of the cycles that run say what is left of them; it comes round once a minute."""
    now = shell.clock.now()
    running = select(Batch.starts_at).where(Batch.closed_at.is_(None), Batch.ends_at > now)
    sweep_due(shell, running.order_by(Batch.starts_at), _show, "batches")


def _show(shell: Shell, starts_at: datetime) -> None:
    with shell.db.writing() as session:
        batch = session.get_one(Batch, starts_at, with_for_update=True)
        cards = _cards(shell, session, batch) if batch.closed_at is None else {}
        for chat, text in cards.items():
            mine = (Delivery.coalesce_key == _key(starts_at), Delivery.destination == str(chat))
            last = session.scalars(select(Delivery).where(*mine).order_by(Delivery.id.desc()).limit(1)).first()
            number = _message(last) if last is not None and last.payload["text"] != text else 0
            if number:
                _post(shell, session, EditText(str(chat), number, text)).coalesce_key = _key(starts_at)


def _message(last: Delivery) -> int:
    """The number of the card's message; 0 while a call for it is under way."""
    if last.kind == "EditText":
        return int(last.payload["message"]) if last.state not in PENDING else 0
    return int(last.provider_id) if last.provider_id.isdecimal() else 0


def ended(scene: Scene, clock: Clock) -> None:
    """What the cycle did not settle is named once and goes into the next, which its customer is told."""
    assert clock.target_due is not None
    batch = scene.session.get(Batch, clock.target_due, with_for_update=True)
    if batch is not None and batch.closed_at is None and scene.group:
        batch.closed_at = scene.now
        scene.session.flush()
        for chat, some in _places(scene.shell, _joined(scene.session, clock.target_due)).items():
            left = [ticket for ticket, done in some if not done]
            over = f"🗂 The fix round is over, {len(left)} left:\n{_lines(left)}"
            if left:
                _post(scene.shell, scene.session, SendText(str(chat), over, html=True))
    ledger.record(scene, "batch_left", scene.now, "bot", {})
    following = ledger.reckon(scene).running("BATCH")
    if following and following.target_due:
        say(scene, "batch_moved", {"by": told_time(scene, following.target_due)})


def _cards(shell: Shell, session: Session, batch: Batch) -> dict[int, str]:
    """The card of each group that has some of the tickets, as Telegram HTML."""
    until = clock_time(batch.ends_at, shell.clock.now(), shell.policies.support_zone, "en")
    found = {}
    for chat, some in _places(shell, _joined(session, batch.starts_at)).items():
        left = [ticket for ticket, done in some if not done]
        done = f" {len(some) - len(left)} of {len(some)} done." if len(left) < len(some) else ""
        head = f"🗂 Fix round until {until}: close each of these or promise it anew with /next.{done}"
        found[chat] = f"{head}\n{_lines(left)}"
    return found


def _joined(session: Session, starts_at: datetime) -> list[tuple[Ticket, bool]]:
    """The tickets of a cycle, each with whether it is closed or promised anew."""
    of_cycle = select(Ticket, Row).join(Row, Row.ticket_id == Ticket.id).order_by(Ticket.id)
    rows = session.execute(of_cycle.where(Row.name == "BATCH", Row.target_due == starts_at)).unique()
    return [(ticket, bool(clock.met_at or clock.cancelled_at)) for ticket, clock in rows]


def _places(shell: Shell, joined: Sequence[tuple[Ticket, bool]]) -> dict[int, list[tuple[Ticket, bool]]]:
    """The tickets by their groups."""
    found: dict[int, list[tuple[Ticket, bool]]] = {}
    for ticket, done in joined:
        chat = ticket.topic.chat_id if ticket.topic else shell.desk.group
        if chat is not None:
            found.setdefault(chat, []).append((ticket, done))
    return found


def _lines(left: Sequence[Ticket]) -> str:
    names = [f"#{one.id} {one.category} · {escape(one.studio.name if one.studio else '?')}" for one in left]
    more = [f"and {len(names) - _LISTED} more: flask tickets list"] if len(names) > _LISTED else []
    return "\n".join([*names[:_LISTED], *more]) or "none is left"


def _key(starts_at: datetime) -> str:
    return f"batch:{starts_at.isoformat()}"


def _post(shell: Shell, session: Session, call: SendText | EditText) -> Delivery:
    """In the group itself, past all topics."""
    kind, payload = to_json(call)
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=call.to, thread=f"batch:{call.to}")
    row.lane, row.created_at = Lane.TO_GROUP, shell.clock.now()
    session.add(row)
    session.flush()
    return row
