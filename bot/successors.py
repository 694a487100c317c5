"""Rows of the outbox that take another's place: once more, in a new topic, past it, or on another channel."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from bot import card, card_edits, outbox, topics
from bot.scene import Scene
from channels.wire import Fetch, SendMedia, SendText, from_json
from conversations.events import Media
from models import Address, Delivery


def follow(scene: Scene, row: Delivery, successor: Delivery | None) -> None:
    """Writes down which row goes on from here."""
    if successor is not None:
        scene.session.add(successor)
        scene.session.flush()
        row.successor_id = successor.id


def again(row: Delivery, **facts: Any) -> Delivery:
    """The same call as a fresh row; ``facts`` are columns it does not share."""
    copied = ("kind", "channel", "destination", "sender", "thread", "lane", "payload", "message_id", "ticket_id")
    fresh = Delivery(**{**{name: getattr(row, name) for name in (*copied, "created_at")}, **facts})
    fresh.sender = fresh.payload.get("sender", "")
    return fresh


def renew_topic(scene: Scene, gone: Delivery | None = None, chat: int | None = None) -> None:
    """A new topic for a ticket, in its group or in ``chat``: its card, what was said so far, then every line that had
    not arrived."""
    ticket = scene.ticket
    assert ticket is not None
    waiting = select(Delivery).where(Delivery.thread == f"topic:{ticket.id}", Delivery.state.in_(("queued", "unknown")))
    rows = scene.session.scalars(waiting.order_by(Delivery.id).with_for_update())
    lines = [*([gone] if gone else []), *(row for row in rows if row is not gone)]
    known = outbox.topic_of(scene)
    if known is not None:
        chat = chat or (known.chat_id if known.chat_id in scene.shell.desk.chats else None)
        scene.session.delete(known)
        scene.session.flush()
    topics.open_topic(
        scene, card.topic_name(scene, ticket), card.card(scene, ticket), card.buttons(scene, ticket), chat
    )
    topics.tell_history(scene, {line.message_id for line in lines} - _shown(scene))
    for line in lines:
        line.state = "superseded"
        begins = line.kind in ("OpenTopic", "ReopenTopic") or line.coalesce_key == card_edits.key_of(ticket.id)
        if not begins and not topics.is_history(line):
            where = scene.group if line.channel == "telegram" and line.kind != "Fetch" else ""
            moved = {"destination": where or line.destination}
            payload = {**_without(line, "thread"), **({"to": where} if where else {})}
            scene.session.add(again(line, payload=payload, **moved))


def _shown(scene: Scene) -> set[int | None]:
    """The lines that stood in the topic that is gone, whole or in part: what waits of them is an edit or a rest."""
    stood = (Delivery.thread == f"topic:{scene.ticket and scene.ticket.id}", Delivery.provider_id != "")
    return set(scene.session.scalars(select(Delivery.message_id).where(*stood)))


def past_topic(scene: Scene, refused: Delivery) -> None:
    """The line again, in the group itself and under the ticket's number; it waits there as long as it must."""
    payload = {"to": refused.payload["to"], "text": f"#{refused.ticket_id} {refused.payload['text']}"}
    follow(scene, refused, again(refused, thread=f"general:{refused.id}", payload=payload))


def plain(scene: Scene, row: Delivery) -> None:
    """A question whose template was refused, as numbered text."""
    follow(scene, row, again(row, payload=_without(row, "template")))


def across(scene: Scene, row: Delivery, address: Address) -> None:
    """The same words or file on another channel of the same person."""
    call = from_json(row.kind, _without(row, "template"))
    assert isinstance(call, SendText | SendMedia)
    to = f"whatsapp:{address.value}" if address.channel == "whatsapp" else address.value
    call = replace(call, to=to, sender=scene.shell.senders.get(address.channel, ""))
    where = {"channel": address.channel, "destination": address.value, "thread": f"{address.channel}:{address.value}"}
    common = {**where, "lane": row.lane, "message_id": row.message_id, "ticket_id": row.ticket_id}
    if isinstance(call, SendMedia) and call.ref and address.channel != "telegram":
        fetch = Fetch(Media(call.kind, call.ref, call.content_type))
        outbox.queue(scene, fetch, **{**common, "channel": "telegram", "destination": "files"})
        call = replace(call, ref="", source=call.ref)
    for piece in _pieces(call, outbox.LONGEST.get(address.channel, 1600)):
        follow(scene, row, outbox.queue(scene, piece, **common))


def _pieces(call: SendText | SendMedia, most: int) -> list[SendText | SendMedia]:
    if isinstance(call, SendMedia):
        return [call]
    texts = outbox.split(call.text, most)
    return [*(replace(call, text=text, options=()) for text in texts[:-1]), replace(call, text=texts[-1])]


def _without(row: Delivery, name: str) -> dict[str, Any]:
    return {key: value for key, value in row.payload.items() if key != name}
