"""Storms: more new tickets at once than Telegram takes topics for; one card in General lists those that wait."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from html import escape
from typing import Any

from sqlalchemy import bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from bot import buckets
from bot.lanes import Lane, urgent
from bot.scene import Scene
from bot.shell import Shell
from channels.wire import EditText, Option, SendText, to_json
from models import Address, Conversation, Delivery, Ticket
from models.base import Moment
from models.deliveries import PENDING

_MINUTE = timedelta(minutes=1)
_COSTS = 3  # calls of a ticket: its topic, its card, the receipt folded in
_LOOK_BACK = 100  # rows of the outbox; a storm fills them within the minute
_PUT_OFF = timedelta(seconds=20)  # the digest and its first edits have the tokens before the topics do
_GROWN, _SHRUNK = timedelta(seconds=10), timedelta(seconds=30)  # between edits, with new tickets and without
_LINES = 30  # with a button each, and within 4096 characters
_WAITING: list[Any] = [literal_column(f"'{state}'") for state in PENDING]  # written in, for the partial index
_DIGESTED: Any = literal_column(str(int(Lane.DIGESTED)))
_DONE = "All topics are open."


def gather(scene: Scene, opening: Delivery | None) -> None:
    """In a storm a new ticket goes on the digest, and its topic opens when others leave room; SEV1 never waits."""
    if opening is None or urgent(scene) or scene.shell.budgets.telegram_group is None:
        return
    if _messages(scene, opening.destination) + _COSTS > scene.shell.budgets.digest:
        opening.lane, opening.retry_at = Lane.DIGESTED, scene.shell.clock.real() + _PUT_OFF


def show(shell: Shell) -> None:
    """Says in General which tickets wait for their topics: one card, edited in place until none does."""
    if shell.budgets.telegram_group is not None:
        for group in shell.desk.chats:
            _show(shell, group)


def _show(shell: Shell, group: int) -> None:
    with shell.db.reading() as session:
        if not _stale(session, group):
            return
    with shell.db.writing() as session:
        if buckets.alone(session, "telegram", str(group)) and (words := _stale(session, group)):
            _say(shell, session, group, *words)
            shell.db.ring(session)
    shell.wakes.deliver.set()


def card_of(session: Session, row: Delivery) -> int | None:
    """The message an edit of this thread is for, once Telegram has told its number."""
    sent = select(Delivery.provider_id).where(Delivery.coalesce_key == row.coalesce_key, Delivery.kind == "SendText")
    number = session.scalar(sent.where(Delivery.provider_id != "").order_by(Delivery.id.desc()).limit(1))
    return int(number) if number else None


def _messages(scene: Scene, destination: str) -> int:
    """What the last minute put into the group, without what this transaction has yet to write."""
    return scene.session.scalar(_counted(), {"to": destination, "since": scene.now - _MINUTE}) or 0


@cache
def _counted() -> Any:
    """Built once, and summed by the database: every new ticket asks."""
    newest = select(Delivery.kind, Delivery.destination, Delivery.created_at).order_by(Delivery.id.desc())
    seen = newest.limit(literal_column(str(_LOOK_BACK))).subquery()
    counts = case({"OpenTopic": 2, "SendText": 1, "SendMedia": 1, "SendAlbum": 1}, value=seen.c.kind, else_=0)
    here = (seen.c.destination == bindparam("to"), seen.c.created_at > bindparam("since", type_=Moment()))
    return select(func.sum(counts)).where(*here)


def _stale(session: Session, group: int) -> tuple[str, tuple[Option, ...]] | None:
    """What the card should say, if it does not say so yet."""
    (waiting, count), last = _waiting(session, group), _last(session, group)
    if not waiting and last is None:
        return None
    text, buttons = (_text(session, waiting, count), _buttons(waiting)) if waiting else (_DONE, ())
    return None if last is not None and last.payload["text"] == text else (text, buttons)


def _say(shell: Shell, session: Session, group: int, text: str, buttons: tuple[Option, ...]) -> None:
    last = _last(session, group)
    if last is not None and last.state == "queued":
        free = select(Delivery).where(Delivery.id == last.id).with_for_update(skip_locked=True)
        row = session.scalars(free.execution_options(populate_existing=True)).one_or_none()
        if row is not None and row.state == "queued":
            row.payload = {**row.payload, "text": text, "options": [{"key": b.key, "label": b.label} for b in buttons]}
        return  # locked: somebody is just claiming it; the next look edits what was sent
    fresh = last is None or last.payload["text"] == _DONE
    to = str(group)
    call = SendText(to, text, options=buttons, html=True) if fresh else EditText(to, 0, text, buttons)
    kind, payload = to_json(call)
    row = Delivery(kind=kind, payload=payload, channel="telegram", destination=to, thread=_key(group))
    # The card itself is one call for all it shows; edits are the first of those without a claim on SEV1's tokens.
    row.lane = Lane.PAGE if fresh else Lane.TO_CUSTOMER
    row.coalesce_key, row.created_at = _key(group), shell.clock.now()
    if last is not None and not fresh:
        known = {option["key"] for option in last.payload.get("options", [])}
        grown = any(button.key not in known for button in buttons)
        row.retry_at = (last.begun_at or shell.clock.real()) + (_GROWN if grown else _SHRUNK)
    session.add(row)


def _key(group: int) -> str:
    return f"digest:{group}"


def _last(session: Session, group: int) -> Delivery | None:
    alive = (Delivery.coalesce_key == _key(group), Delivery.state.not_in(("failed", "superseded")))
    return session.scalars(select(Delivery).where(*alive).order_by(Delivery.id.desc()).limit(1)).first()


def _waiting(session: Session, group: int) -> tuple[Sequence[Ticket], int]:
    """(the first tickets whose topics are put off, worst first, how many there are); thousands are not read for a card
    of thirty lines."""
    put_off = (Delivery.state.in_(_WAITING), Delivery.lane == _DIGESTED, Delivery.destination == str(group))
    count = session.scalar(select(func.count()).select_from(Delivery).where(*put_off)) or 0
    if not count:
        return (), 0
    mine = select(Ticket).join(Delivery, Delivery.ticket_id == Ticket.id).where(*put_off)
    return session.scalars(mine.order_by(Ticket.severity, Ticket.id).limit(_LINES)).unique().all(), count


def _text(session: Session, shown: Sequence[Ticket], count: int) -> str:
    talks = select(Conversation.id, Address).join(Address, Address.id == Conversation.address_id)
    found = session.execute(talks.where(Conversation.id.in_([ticket.conversation_id for ticket in shown])))
    people = {row.id: row.Address for row in found}
    lines = [
        f"<b>{count} new tickets wait for a topic</b>; each opens by itself, or now by its button.",
        *(_line(ticket, people[ticket.conversation_id]) for ticket in shown),
    ]
    more = [f"... and {count - _LINES} more, less severe or later."] if count > _LINES else []
    return "\n".join(lines + more)


def _line(ticket: Ticket, address: Address) -> str:
    who = address.contact.studio.name if address.contact else address.profile_name or address.value
    words = " ".join(ticket.words.split())
    said = f": “{words[:45]}{'...' if len(words) > 45 else ''}”" if words else ""
    return escape(f"#{ticket.id} SEV{ticket.severity} {ticket.category} · {who[:35]}{said}", quote=False)


def _buttons(waiting: Sequence[Ticket]) -> tuple[Option, ...]:
    return tuple(Option(f"v1:open:{ticket.id}", f"Open #{ticket.id}") for ticket in waiting)
