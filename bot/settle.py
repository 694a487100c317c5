"""T4: what became of a delivery, and what follows: the topic's number, the agent's tick, the words of a failure."""

import random
from datetime import timedelta

import structlog
from sqlalchemy.orm import Session

from bot import attachments, buckets, failures, groups, lanes, media, tickets
from bot.alarms import clear_alarm, raise_alarm
from bot.hotline import roster
from bot.lanes import Lane
from bot.pager import rings
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from bot.ticks import RANK, tick, to_customer
from bot.window import CLOSED
from channels.meanings import Meaning
from channels.wire import Receipt, TransportError
from conversations.events import Reported
from models import Delivery, Message, Topic

log = structlog.get_logger()
# Twilio's words for how far a message got (twilio.com/docs/messaging/guides/track-outbound-message-status).
_REPORTED = {"accepted": "accepted", "queued": "accepted", "sending": "accepted", "scheduled": "accepted"} | {
    "sent": "sent",
    "delivered": "delivered",
    "read": "read",
}
_FAILED = ("failed", "undelivered", "canceled")
_FETCHED = 120.0  # seconds for which an attachment is tried: what was written after it waits behind it
_GIVEN_UP = "; given up"
# Seconds between attempts, at most: what a fault of any length leaves behind when it ends (delivery.md, N5).
_SLOWEST, _SLOWEST_PAGE = 10.0, 4.0


def settle(shell: Shell, sent: Delivery, outcome: Receipt | TransportError) -> None:
    """Writes the provider's answer down, with all that follows from it, in one transaction."""
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, sent.ticket_id) if _matters(sent, outcome) else None
        row = session.get_one(Delivery, sent.id, with_for_update=True, populate_existing=True)
        if isinstance(outcome, Receipt):
            _accepted(shell, session, scene, row, outcome)
        elif row.state == "leased" and row.attempts == sent.attempts:
            _refused(shell, session, scene, row, outcome)


def crashed(shell: Shell, sent: Delivery, words: str, given_up: bool) -> None:
    """Tried again at first, then failed and said; where saying it crashes too, the row is set aside with an alarm."""
    if not given_up:
        settle(shell, sent, TransportError(words, unknown=True))
        return
    hopeless = sent.fault.endswith(_GIVEN_UP)
    with shell.db.writing() as session:
        row = session.get_one(Delivery, sent.id, with_for_update=True, populate_existing=True)
        row.fault = words + _GIVEN_UP
        if hopeless:
            row.state, row.lease_until, row.retry_at = "failed", None, None
            log.error("delivery_set_aside", delivery=row.id)
            told = f"Delivery {row.id} of ticket #{row.ticket_id} was set aside: {words}. See `flask outbox list`."
            raise_alarm(shell, session, f"delivery:{row.id}", told)
    if not hopeless:
        settle(shell, sent, TransportError(words, permanent=True, unknown=True))


def _matters(sent: Delivery, outcome: Receipt | TransportError) -> bool:
    """Whether anything follows for the ticket, so that its scene must be locked, and before the delivery is."""
    if isinstance(outcome, TransportError) or sent.kind == "OpenTopic" or lanes.for_customer(sent):
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
    if row.kind == "RingUp":
        return rings.rang(session, row, event.status)
    if event.status in _FAILED:
        return failures.told_later(shell, scene, row, event)
    reached = _REPORTED.get(event.status)
    if reached is None:
        return f"the status {event.status} changes nothing"
    _rise(scene, row, reached)
    return f"status {event.status}"


def _accepted(shell: Shell, session: Session, scene: Scene | None, row: Delivery, receipt: Receipt) -> None:
    row.provider_id = row.provider_id or receipt.provider_id
    if receipt.file and row.message_id:
        _keep_file(shell, session, row, receipt)
    if scene and row.kind == "SendMedia" and lanes.for_customer(row):
        media.tell_link(scene, row)
    if receipt.others:
        attachments.keep(session, row, receipt.others)
    topic = session.get(Topic, scene.ticket.id) if scene and scene.ticket else None
    here = topic is not None and row.destination == str(topic.chat_id)  # not moved meanwhile
    if topic and here and row.kind == "OpenTopic":
        topic.thread_id = int(receipt.provider_id)
        clear_alarm(shell, session, f"group:{row.destination}")
    if topic and here and row.kind == "SendText" and row.coalesce_key.startswith("card:"):
        topic.card_id = int(receipt.provider_id)
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
    message = to_customer(scene, row)
    if message is None:
        return
    if before == RANK["failed"]:
        failures.arrived_after_all(scene, row)
    if before in (RANK["queued"], RANK["failed"]):  # accepted, or delivered in spite of a failure told before
        tickets.reached(scene, row, message)
    if message.author == "agent":
        tick(scene, message)


def _keep_file(shell: Shell, session: Session, row: Delivery, receipt: Receipt) -> None:
    assert receipt.file is not None
    digest, ref = media.store(shell, session, receipt.file), row.payload["media"]["ref"]
    message = session.get_one(Message, row.message_id)
    found = {"sha256": digest, "seconds": media.seconds(receipt.file)}
    message.media = [
        entry | {**found, "seconds": entry.get("seconds") or found["seconds"]} if entry["ref"] == ref else entry
        for entry in message.media
    ]


def _refused(shell: Shell, session: Session, scene: Scene | None, row: Delivery, error: TransportError) -> None:
    """Back-off on the row; a permanent refusal is failed at once and said."""
    now = shell.clock.real()
    row.fault = f"{error.code} {error}".strip()
    if error.code == rings.SILENT:
        row.state, row.lease_until, row.retry_at = "superseded", None, None
        return
    if error.code.startswith("migrated:"):
        groups.moved(shell, session, int(row.destination), int(error.code.removeprefix("migrated:")))
        row.state, row.lease_until, row.retry_at = "queued", None, None
        return
    patience = min(_FETCHED, shell.limits.give_up) if row.kind == "Fetch" else shell.limits.give_up
    late = (now - (row.begun_at or now)).total_seconds() > patience
    meaning = _meaning(shell, row, error)
    if (error.permanent and not _stays(shell, row, meaning)) or late:
        if meaning.then == "stop":
            roster.opted_out(shell, session, row.channel, row.destination)
        failures.fail(scene, row, meaning, error.code)
        return
    row.state = "unknown" if error.unknown else "queued"
    row.lease_until = None
    row.retry_at = now + timedelta(seconds=_wait(shell, row, error))
    if error.retry_after is not None and row.destination:
        buckets.hold(shell.db, session, row.channel, row.destination, row.retry_at)


def _meaning(shell: Shell, row: Delivery, error: TransportError) -> Meaning:
    """What follows by the provider's code; what was tried for a whole day in vain goes to another channel."""
    if error.code == CLOSED:
        return Meaning(str(error), then="window")
    channel = shell.channels.get(row.channel)
    known = channel.explain(error.code) if channel and error.code else Meaning("")
    then = known.then if error.permanent else "channel"
    return Meaning(str(error), then=then, step=known.step, wait=known.wait)


def _stays(shell: Shell, row: Delivery, meaning: Meaning) -> bool:
    """What no other way leads past: all that is for an agents' group which the bot was thrown out of, and what is said
    in General, which may be opened again."""
    if meaning.then == "wait" and row.destination in {str(chat) for chat in shell.desk.chats}:
        return True
    return row.kind == "SendText" and row.thread.startswith(("general:", "alarm:", "batch:", "hotline:"))


def _wait(shell: Shell, row: Delivery, error: TransportError) -> float:
    """What the provider asked for; the time an unknown one is given to be reported; else doubling with jitter."""
    if error.retry_after is not None:
        return error.retry_after
    slowest = _SLOWEST_PAGE if row.lane <= Lane.PAGE else _SLOWEST
    backoff = min(0.5 * 2.0 ** min(row.attempts, 10), slowest) * random.uniform(0.75, 1.25)  # noqa: S311
    return max(shell.limits.settle_unknown, backoff) if error.unknown else backoff
