"""What follows a failure: another channel, once again, the agents in words; a failed delivery has a successor."""

from dataclasses import replace
from datetime import timedelta

import structlog
from sqlalchemy import select, update

from bot import attachments, outbox, quotes, reach, reactions, speak, successors, tickets, window
from bot.alarms import raise_alarm
from bot.pager import rings
from bot.relay import VOICEMAIL
from bot.scene import Scene
from bot.shell import Shell
from bot.ticks import RANK, agents_message, tick
from channels.meanings import Meaning
from channels.wire import Fetch, SendMedia, from_json
from conversations.events import Reported
from models import Address, Delivery, Message

log = structlog.get_logger()
_GROUP = ("topic:", "general:", "card:", "name:", "react:", "tap:", "alarm:", "desk:", "leads:")


def fail(scene: Scene | None, row: Delivery, meaning: Meaning, code: str) -> None:
    """Ends a row that will not get through, and begins what follows."""
    row.state, row.lease_until, row.retry_at = "failed", None, None
    log.warning("delivery_failed", delivery=row.id, code=code)
    if scene is None:
        return
    if row.thread.startswith(rings.THREAD):
        rings.failed(scene.session, row.id)
    elif row.thread.startswith(_GROUP):
        _in_group(scene, row, meaning, code)
    elif row.kind == "SendAlbum":
        attachments.apart(scene, row)
    elif row.kind in ("EditText", "Delete"):
        done = "changed" if row.kind == "EditText" else "taken back"
        outbox.notice(scene, f"It could not be {done} at {_who(scene)}: {meaning.words}.")
    elif row.kind == "SendTemplate":
        window.template_failed(scene, row, meaning.words)
    elif row.kind != "Fetch":  # the picture that waited for it says so itself
        _to_customer(scene, row, meaning, code)


def told_later(shell: Shell, scene: Scene | None, row: Delivery, event: Reported) -> str:
    """A failure told after acceptance (63016 comes after a 201): said in the topic, and the answer is taken back."""
    if row.state == "failed" or RANK.get(row.state, 0) >= RANK["delivered"]:
        return "a failure told twice, or after the delivery"
    meaning = shell.channels[row.channel].explain(event.code)
    row.fault = f"{event.code} {meaning.words}".strip()
    if scene and RANK.get(row.state, 0) >= RANK["accepted"] and agents_message(scene, row):
        tickets.record(scene, "reply_failed", scene.now, "bot", {"delivery": row.id, "code": event.code})
    fail(scene, row, meaning, event.code)
    return f"status {event.status}"


def arrived_after_all(scene: Scene, row: Delivery) -> None:
    """A delivery told after its failure: what still waits in its place has nothing more to do."""
    successor = scene.session.get(Delivery, row.successor_id, with_for_update=True) if row.successor_id else None
    if successor is not None and successor.state in ("held", "queued") and successor.message_id == row.message_id:
        successor.state = "superseded"


def _to_customer(scene: Scene, row: Delivery, meaning: Meaning, code: str) -> None:
    then = meaning.then
    if then == "window":
        window.keep(scene, row, code)
        return
    if then == "tell" and row.payload.get("template"):
        successors.plain(scene, row)
        return
    if then == "again" and not _is_second(scene, row):
        retry_at = scene.shell.clock.real() + timedelta(seconds=meaning.wait)
        successors.follow(scene, row, successors.again(row, retry_at=retry_at))
        return
    if then == "stop":
        _opted_out(scene, row)
    other = reach.elsewhere(scene, row) if then in ("channel", "again") else None
    if other is not None:
        successors.across(scene, row, other)
        step = f"It goes to {_who(scene)} by {reach.NAMES[other.channel]} instead"
    else:
        step = meaning.step[:1].upper() + meaning.step[1:]
    _say(scene, row, f"{meaning.words}. {step}".strip().rstrip(".") + ".")


def _say(scene: Scene, row: Delivery, words: str) -> None:
    """In the topic, under the agent's own message; of a message in pieces each piece that fails says so."""
    message = agents_message(scene, row)
    if message is None:
        said = outbox.notice(scene, f"The bot's message did not reach {_who(scene)}: {words}")
    else:
        text = f"NOT DELIVERED to {_who(scene)}: {words}"
        said = outbox.notice(scene, text, reply_to=quotes.own(scene, message))
    if row.successor_id is None:
        successors.follow(scene, row, said)
    if message is not None:
        tick(scene, message)
        tickets.refresh(scene)


def _opted_out(scene: Scene, row: Delivery) -> None:
    """The carrier knew of a STOP that we did not: it binds here too."""
    theirs = (Address.channel == row.channel, Address.value == row.destination, Address.stopped_at.is_(None))
    scene.session.execute(update(Address).where(*theirs).values(stopped_at=scene.now))


def _is_second(scene: Scene, row: Delivery) -> bool:
    """Whether this row is itself another's repetition on the same channel."""
    first = select(Delivery.id).where(Delivery.successor_id == row.id, Delivery.channel == row.channel)
    return scene.session.scalar(first.limit(1)) is not None


def _in_group(scene: Scene, row: Delivery, meaning: Meaning, code: str) -> None:
    """A deleted topic is opened anew with all that waited; a refused line goes to the group itself, then an alarm."""
    if code == "topic_gone" and row.thread.startswith("topic:") and scene.ticket:
        successors.renew_topic(scene, row)
    elif row.kind == "SendAlbum":
        attachments.apart(scene, row)
    elif row.kind == "React" and code == "reaction_invalid" and row.destination == scene.address.value:
        reactions.cannot_set(scene)
    elif row.kind == "Fetch":
        _unfetched(scene, row)
    elif row.kind == "SendMedia":
        _media_in_group(scene, row, meaning.words)
    elif row.kind == "SendText" and row.thread.startswith("topic:"):
        successors.past_topic(scene, row)
    elif row.kind in ("OpenTopic", "SendText"):
        log.error("group_refused", delivery=row.id, ticket=row.ticket_id, kind=row.kind)
        words = f"The group refuses what Backstop posts: {meaning.words}. Check the bot's rights there."
        raise_alarm(scene.shell, scene.session, f"group:{row.destination}", words)


def _unfetched(scene: Scene, row: Delivery) -> None:
    """Who sent a file that is refused or never came is told, as the agents are by the picture that waited for it; of
    what was left on the telephone's tape the caller sent no file."""
    line = scene.session.get(Message, row.message_id) if row.message_id else None
    file = from_json(row.kind, row.payload)
    assert isinstance(file, Fetch)
    known = line is not None and any(one["ref"] == file.media.ref and "sha256" in one for one in line.media)
    theirs = line is not None and line.author == "customer" and file.media.name != VOICEMAIL
    if theirs and not known and scene.address.stopped_at is None:
        speak.say_once(scene, "unopened")


def _media_in_group(scene: Scene, row: Delivery, words: str) -> None:
    """Telegram is choosy about pictures and sounds; as a file it takes nearly all, and the rest is said."""
    call = from_json(row.kind, row.payload)
    assert isinstance(call, SendMedia)
    if call.kind != "document":
        line = scene.session.get(Message, row.message_id) if row.message_id else None
        said = outbox.to_group(scene, replace(call, kind="document"), line)
    else:
        said = outbox.notice(scene, f"An attachment ({call.kind}) could not be shown: {words}.\n{call.caption}".strip())
    successors.follow(scene, row, said)


def _who(scene: Scene) -> str:
    return scene.name or "the customer"
