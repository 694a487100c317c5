"""T4: what became of a delivery, and what follows: the topic's number, the agent's tick, the words of a failure."""

import random
from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot import card, media, outbox, tickets
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from channels.wire import Receipt, SendMedia, TransportError, from_json
from conversations.events import Reported
from models import Delivery, Message, Topic

log = structlog.get_logger()
RANK = {
    "queued": 0,
    "leased": 0,
    "unknown": 0,
    "held": 0,
    "accepted": 1,
    "sent": 2,
    "failed": 3,
    "delivered": 4,
    "read": 5,
}
# Twilio's words for how far a message got (twilio.com/docs/messaging/guides/track-outbound-message-status).
_REPORTED = {"accepted": "accepted", "queued": "accepted", "sending": "accepted", "scheduled": "accepted"} | {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
}
_FAILED = ("failed", "undelivered", "canceled")
_TICKS = {"accepted": "👀", "sent": "👀", "failed": "👎", "delivered": "👌", "read": "👍"}
_SLOWEST = 60.0  # seconds between attempts, at most


def settle(shell: Shell, sent: Delivery, outcome: Receipt | TransportError) -> None:
    """Writes the provider's answer down, with all that follows from it, in one transaction."""
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, sent.ticket_id) if _matters(sent, outcome) else None
        row = session.get_one(Delivery, sent.id, with_for_update=True, populate_existing=True)
        if isinstance(outcome, Receipt):
            _accepted(shell, session, scene, row, outcome)
        elif row.state == "leased" and row.owner == sent.owner:
            _refused(shell, session, scene, row, outcome)


def _matters(sent: Delivery, outcome: Receipt | TransportError) -> bool:
    """Whether anything follows for the ticket, so that its scene must be locked, and before the delivery is."""
    if isinstance(outcome, TransportError) or sent.kind == "OpenTopic" or sent.lane == outbox.Lane.TO_CUSTOMER:
        return True
    return sent.kind == "SendText" and bool(sent.coalesce_key)


def reported(shell: Shell, session: Session, event: Reported) -> str:
    """A status callback: unordered, doubled, perhaps before our own commit; the state only ever rises."""
    known = session.get(Delivery, event.delivery_id)
    if known is None or known.provider_id not in ("", event.provider_id):
        return "a status for no delivery of ours"
    scene = open_ticket_scene(shell, session, known.ticket_id)
    row = session.get_one(Delivery, event.delivery_id, with_for_update=True, populate_existing=True)
    row.provider_id = event.provider_id
    if event.status in _FAILED:
        return _failed_later(shell, scene, row, event)
    reached = _REPORTED.get(event.status)
    if reached is None:
        return f"the status {event.status} changes nothing"
    _rise(scene, row, reached)
    return f"status {event.status}"


def _accepted(shell: Shell, session: Session, scene: Scene | None, row: Delivery, receipt: Receipt) -> None:
    row.provider_id = row.provider_id or receipt.provider_id
    if receipt.file and row.message_id:
        _keep_file(shell, session, row, receipt)
    if scene and row.kind == "OpenTopic":
        session.get_one(Topic, scene.ticket and scene.ticket.id).thread_id = int(receipt.provider_id)
    if scene and row.kind == "SendText" and row.coalesce_key.startswith("card:"):
        session.get_one(Topic, scene.ticket and scene.ticket.id).card_id = int(receipt.provider_id)
    row.accepted_at = row.accepted_at or shell.clock.now()
    _rise(scene, row, "accepted")


def _rise(scene: Scene | None, row: Delivery, reached: str) -> None:
    """Moves the state up the lattice, never down; a failure already told stays a fact of its own."""
    before = RANK.get(row.state, 9 if row.state == "superseded" else 0)
    if RANK[reached] <= before:
        return
    row.state, row.lease_until, row.retry_at = reached, None, None
    if scene is None:
        return
    row.accepted_at = row.accepted_at or scene.now
    message = _agents_message(scene, row)
    if message is None:
        return
    if before in (RANK["queued"], RANK["failed"]):  # accepted, or delivered in spite of a failure told before
        tickets.record(scene, "replied", row.accepted_at, f"agent:{message.agent_id}", {"delivery": row.id})
        tickets.refresh(scene)
    _tick(scene, message)


def _agents_message(scene: Scene, row: Delivery) -> Message | None:
    """The agent's words this delivery carries to the customer, if it does."""
    if row.message_id is None or row.kind not in ("SendText", "SendMedia") or row.thread.startswith("topic:"):
        return None
    message = scene.session.get(Message, row.message_id)
    return message if message and message.author == "agent" else None


def _tick(scene: Scene, message: Message) -> None:
    """Shows how far the whole reply got: of several pieces the worst, nothing before all are accepted."""
    pieces = select(Delivery.state).where(
        Delivery.message_id == message.id,
        Delivery.kind.in_(("SendText", "SendMedia")),
        Delivery.state != "superseded",  # another piece took its place
    )
    states = list(scene.session.scalars(pieces))
    worst = "failed" if "failed" in states else min(states, key=lambda state: RANK.get(state, 0))
    chat, _, number = message.origin.partition("/")
    if number and worst in _TICKS:
        outbox.react(scene, chat, int(number), _TICKS[worst])


def _keep_file(shell: Shell, session: Session, row: Delivery, receipt: Receipt) -> None:
    assert receipt.file is not None
    digest, ref = media.store(shell, session, receipt.file), row.payload["media"]["ref"]
    message = session.get_one(Message, row.message_id)
    message.media = [entry | {"sha256": digest} if entry["ref"] == ref else entry for entry in message.media]


def _refused(shell: Shell, session: Session, scene: Scene | None, row: Delivery, error: TransportError) -> None:
    """Back-off on the row; a permanent refusal is failed at once and said."""
    now = shell.clock.real()
    row.fault = f"{error.code} {error}".strip()
    late = (now - (row.begun_at or now)).total_seconds() > shell.limits.give_up
    if (error.permanent and not _must_arrive(row)) or late:
        row.state, row.lease_until = "failed", None
        log.warning("delivery_failed", delivery=row.id, code=error.code)
        if scene:
            _failed(scene, row, str(error), error.code)
        return
    row.state = "unknown" if error.unknown else "queued"
    row.lease_until = None
    row.retry_at = now + timedelta(seconds=_wait(shell, row, error))
    if error.retry_after is not None and row.destination:
        _hold_destination(session, row)


def _must_arrive(row: Delivery) -> bool:
    """A line already sent past its topic, and an alarm, wait for the group itself: the bot may be let in again."""
    return row.kind == "SendText" and row.thread.startswith(("general:", "alarm:"))


def _wait(shell: Shell, row: Delivery, error: TransportError) -> float:
    """What the provider asked for; the time an unknown one is given to be reported; else doubling with jitter."""
    if error.retry_after is not None:
        return error.retry_after
    backoff = min(0.5 * 2.0 ** min(row.attempts, 10), _SLOWEST) * random.uniform(0.75, 1.25)  # noqa: S311
    return max(shell.limits.settle_unknown, backoff) if error.unknown else backoff


def _hold_destination(session: Session, row: Delivery) -> None:
    """A 429 delays its destination, and only that."""
    same = (Delivery.destination == row.destination, Delivery.channel == row.channel, Delivery.state == "queued")
    earlier = (Delivery.retry_at.is_(None)) | (Delivery.retry_at < row.retry_at)
    session.execute(update(Delivery).where(*same, earlier, Delivery.id != row.id).values(retry_at=row.retry_at))


def _failed_later(shell: Shell, scene: Scene | None, row: Delivery, event: Reported) -> str:
    """A failure told after acceptance (63016 comes after a 201): said in the topic, and the answer is taken back."""
    if row.state == "failed" or RANK.get(row.state, 0) >= RANK["delivered"]:
        return "a failure told twice, or after the delivery"
    words = shell.channels[row.channel].explain(event.code)
    accepted = RANK.get(row.state, 0) >= RANK["accepted"]
    row.state, row.fault, row.lease_until = "failed", f"{event.code} {words}".strip(), None
    log.warning("delivery_failed", delivery=row.id, code=event.code)
    if scene and accepted and _agents_message(scene, row):
        tickets.record(scene, "reply_failed", scene.now, "bot", {"delivery": row.id, "code": event.code})
    if scene:
        _failed(scene, row, words, event.code)
    return f"status {event.status}"


def _failed(scene: Scene, row: Delivery, words: str, code: str) -> None:
    """Says a failure where somebody can act on it; what was for the group is put there in another form."""
    if row.thread.startswith(("topic:", "general:", "card:", "react:", "tap:")):
        _failed_in_group(scene, row, words, code)
        return
    if row.kind == "Fetch":
        return  # the picture that waited for it says so itself
    if code == "21610" and row.destination == scene.address.value:
        scene.address.stopped_at = scene.now  # the carrier knew of a STOP that we did not
    who, message = scene.name or "the customer", _agents_message(scene, row)
    if message is None:
        outbox.notice(scene, f"The bot's message did not reach {who}: {words}.")
        return
    _, _, number = message.origin.partition("/")
    outbox.notice(scene, f"NOT DELIVERED to {who}: {words}.", reply_to=int(number) if number else None)
    _tick(scene, message)
    tickets.refresh(scene)


def _failed_in_group(scene: Scene, row: Delivery, words: str, code: str) -> None:
    """A deleted topic is opened anew with all that waited; a refused line goes to the group itself."""
    if code == "topic_gone" and row.thread.startswith("topic:") and scene.ticket:
        ticket = scene.ticket
        outbox.renew_topic(scene, row, card.topic_name(scene, ticket), card.card(scene, ticket), card.buttons(ticket))
        return
    if row.kind == "SendMedia" and row.payload["kind"] != "document":
        # Telegram is choosy about pictures and sounds; as a file it takes nearly all.
        call = from_json(row.kind, row.payload)
        assert isinstance(call, SendMedia)
        outbox.to_group(scene, replace(call, kind="document"), scene.session.get(Message, row.message_id))
    elif row.kind == "SendMedia":
        caption = row.payload.get("caption", "")
        outbox.notice(
            scene, f"An attachment ({row.payload.get('kind')}) could not be shown: {words}.\n{caption}".strip()
        )
    elif row.kind == "SendText" and row.thread.startswith("topic:"):
        outbox.past_topic(scene, row)
    elif row.kind in ("OpenTopic", "SendText"):
        log.error("group_refused", delivery=row.id, ticket=row.ticket_id, kind=row.kind)
