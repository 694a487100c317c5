"""What a card in the group shows is changed in place: the newest state, by as few calls as do."""

from datetime import timedelta

from sqlalchemy import select

from bot import outbox
from bot.lanes import Lane, urgent
from bot.scene import Scene
from channels.wire import EditText, Option
from models import Delivery

BACK = "v1:back:"  # a card that offers this lets somebody choose
_CHOOSING = timedelta(minutes=2)  # as long as a card's changes leave the choices to who asked for them
_BOT_TEXT_EDITS = timedelta(seconds=60)  # the card takes the bot's own words at most this often (delivery.md)


def key_of(ticket_id: int) -> str:
    """The ``coalesce_key`` of a ticket's card and of the edits of it."""
    return f"card:{ticket_id}"


def show(scene: Scene, text: str, buttons: tuple[Option, ...], *, soon: bool = True) -> None:
    """Shows the card's new text by one call at most: a waiting card or edit takes it, what stands there already is not
    said again, and choices stay for a while unless this follows a tap."""
    topic = outbox.topic_of(scene)
    if topic is None:
        return
    key = key_of(topic.ticket_id)
    scene.session.flush()
    newest = select(Delivery).where(Delivery.coalesce_key == key, Delivery.state.not_in(("failed", "superseded")))
    row = scene.session.scalars(newest.order_by(Delivery.id.desc()).limit(1).with_for_update()).first()
    if row is not None and buttons and not scene.tapped and row.created_at > scene.now - _CHOOSING:
        buttons = _choices(row) or buttons
    if row is not None and (row.payload["text"], row.payload.get("options", [])) == (text, _plain(buttons)):
        soon = soon and row.state == "queued"  # an edit that waits goes at once if anything asks for it
        if not soon:
            return
    if row is not None and row.state == "queued":
        row.payload = {**row.payload, "text": text, "options": _plain(buttons)}
        if soon and row.kind == "EditText":
            row.retry_at, row.lane = None, Lane.PAGE if urgent(scene) else row.lane
        return
    retry_at = None if soon else scene.shell.clock.real() + _BOT_TEXT_EDITS
    call = EditText(str(topic.chat_id), 0, text, buttons)
    common = {"channel": "telegram", "destination": str(topic.chat_id), "thread": key, "lane": Lane.CARD}
    outbox.queue(scene, call, coalesce_key=key, retry_at=retry_at, **common)


def _plain(buttons: tuple[Option, ...]) -> list[dict[str, str]]:
    return [{"key": button.key, "label": button.label} for button in buttons]


def _choices(row: Delivery) -> tuple[Option, ...]:
    """Among which somebody is asked to pick on this card or edit of it; none if it shows the card's own buttons."""
    shown = tuple(Option(**option) for option in row.payload.get("options", []))
    return shown if any(option.key.startswith(BACK) for option in shown) else ()
