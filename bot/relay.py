"""A customer's line in the ticket's topic: every word, file and place, in order, under the customer's name."""

from bot import attachments, late, outbox, quotes, snooze, tickets
from bot.scene import Scene
from channels.wire import SendText
from conversations.effects import Relay
from conversations.events import Line, Media
from models import Message

VOICEMAIL = "voicemail.mp3"
_ON_CARD = 600  # words up to this length stand on the card and are not relayed again


def relay(scene: Scene, effect: Relay) -> None:
    """One call where the line fits into one; the first words already stand on the card."""
    message, line = scene.message, scene.line
    if message is None or line is None or scene.ticket is None:
        return
    message.ticket_id = scene.ticket.id
    if not scene.fresh:
        tickets.said(scene, courtesy=effect.courtesy)
    if scene.ticket.snoozed_until:
        snooze.wake(scene, "the customer wrote")
    reply_to, reminder = quotes.in_topic(scene, line) if line.quotes else (None, "")
    text = _words(scene, line, reminder)
    files = attachments.files(line.media)
    if text and not attachments.fits("telegram", files, text):
        pieces(scene, text, message, reply_to)
        text = ""
    for media in files:
        attachments.to_topic(scene, media, text or _kind(scene, media), message, reply_to)
        text = ""


def pieces(scene: Scene, text: str, message: Message, reply_to: int | None) -> None:
    """A text in the topic, in as many messages as it needs."""
    for piece in outbox.split(text, outbox.LONGEST["telegram"]):
        outbox.to_group(scene, SendText(scene.group, piece, reply_to=reply_to), message)
        reply_to = None


def said_by(scene: Scene, words: str) -> str:
    return f"{scene.name or 'Customer'}: {words}"


def _words(scene: Scene, line: Line, reminder: str) -> str:
    on_card = scene.fresh and len(line.text) <= _ON_CARD and not reminder
    own = "" if on_card else f"{reminder} {line.text}".strip()
    said = [own] if own else []
    said += attachments.words(line.media)
    found = late.found(scene)
    if found and (said or not scene.fresh):
        return "\n".join([f"{scene.name or 'Customer'} ({found}):", *said])
    return said_by(scene, "\n".join(said)) if said else ""


def _kind(scene: Scene, media: Media) -> str:
    """What a sound is, as nothing here writes down what it says."""
    what = "voicemail on the hotline" if media.name == VOICEMAIL else "voice note"
    return said_by(scene, f"{what}, not transcribed") if media.kind == "voice" else ""
