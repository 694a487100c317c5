"""Pictures, files and places both ways: which can cross, which go as a link, and which are said instead."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import outbox
from bot.scene import Scene
from channels.wire import Fetch, SendAlbum, SendMedia, from_json, to_json
from conversations.events import Media
from models import Delivery, Message

CAPTION = 1000  # characters a picture carries on every channel; Telegram takes 1024
LINK_DAYS = 7
_WORDS = ("location", "contact")  # media that are words, not files
_MB = 2**20
_FETCHED = 20 * _MB  # what Telegram hands out to bots (facts: getFile)
# What an MMS or a WhatsApp message carries; anything else goes as a link (twilio.com: accepted-mime-types).
_MMS = ("image/jpeg", "image/png")
_PICTURES = (*_MMS, "image/webp")
_OTHERS = (
    *("audio/ogg", "audio/mpeg", "audio/aac", "audio/amr", "audio/3gpp", "video/mp4", "video/3gpp"),
    *("application/pdf", "text/plain", "text/vcard", "application/msword", "application/vnd.ms-excel"),
    "application/vnd.ms-powerpoint",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
)
_ALBUMS = ({"picture", "video"}, {"audio"}, {"document"})  # kinds that go together (facts: sendMediaGroup)
_ITEMS = 10
_GATHER = timedelta(seconds=1)  # an album comes item by item and has no end mark


def files(media: tuple[Media, ...]) -> list[Media]:
    """What is sent as a file."""
    return [one for one in media if one.kind not in _WORDS and one.kind != "unsupported"]


def words(media: tuple[Media, ...]) -> list[str]:
    """What is told in words: places, contacts, and kinds that nothing but their own app can show."""
    said = [_told(one) for one in media if one.kind in _WORDS]
    return said + [f"({one.name or 'a message'}: this kind cannot be shown here)" for one in _unsupported(media)]


def fits(channel: str, media: list[Media], words: str) -> bool:
    """Whether the words go under the first of these files; else they are a message of their own before it."""
    return bool(media) and len(words) <= CAPTION and bears(channel, media[0].kind, media[0].content_type)


def refused(scene: Scene, media: tuple[Media, ...]) -> str:
    """Why some of an agent's attachments cannot reach this customer; empty if all can."""
    for one in _unsupported(media):
        return f"a {one.name} cannot leave Telegram; write it in words"
    if scene.address.channel == "telegram":
        return ""
    for one in files(media):
        if one.kind == "sticker" and one.content_type != "image/webp":
            return "a moving sticker cannot leave Telegram"
        if (one.size or 0) > _FETCHED:
            size = -(-(one.size or 0) // _MB)
            return f"the file has {size} MB, and Telegram hands bots at most {_FETCHED // _MB} MB; send a link"
    return ""


def to_topic(scene: Scene, media: Media, caption: str, message: Message, reply_to: int | None) -> None:
    """A customer's file in the topic: by its id within Telegram, else fetched first; its length told."""
    length = f" · {lasting(media.seconds)}" if media.seconds is not None and media.kind in ("voice", "audio") else ""
    call = SendMedia(
        scene.group,
        media.kind,
        caption=caption + length,
        content_type=media.content_type,
        name=media.name,
        seconds=media.seconds,
        reply_to=reply_to,
        line=message.id,
    )
    if scene.address.channel != "telegram" or media.ref.startswith("https://"):
        theirs = "twilio" if scene.address.channel == "telegram" else scene.address.channel
        outbox.to_group(scene, Fetch(media), message, channel=theirs)
        outbox.to_group(scene, replace(call, source=media.ref), message)
        return
    call, topic = replace(call, ref=media.ref), outbox.topic_of(scene)
    if topic is not None and not _joined(scene, f"topic:{topic.ticket_id}", call, media.album):
        _gathering(scene, outbox.to_group(scene, call, message), media)


def to_customer(scene: Scene, media: Media, caption: str, message: Message, reply_to: int | None) -> None:
    """An agent's file: by its id within Telegram, elsewhere fetched and served by a signed link."""
    sender, to = outbox.route(scene)
    call = SendMedia(
        to,
        media.kind,
        sender,
        caption=caption,
        content_type=media.content_type,
        name=media.name,
        seconds=media.seconds,
        reply_to=reply_to,
        line=message.id,
    )
    if scene.address.channel == "telegram":
        call = replace(call, ref=media.ref)
        if not _joined(scene, f"telegram:{scene.address.value}", call, media.album):
            _gathering(scene, outbox.customer_row(scene, call, message), media)
        return
    outbox.fetch_for_customer(scene, media, message)
    outbox.customer_row(scene, replace(call, source=media.ref), message)


def carries(channel: str, content_type: str, size: int) -> bool:
    """Whether a channel shows such a file itself: WhatsApp 5 MB a picture, 16 MB else; MMS pictures of 5 MB."""
    plain = content_type.partition(";")[0]
    if channel == "sms":
        return plain in _MMS and size <= 5 * _MB
    return size <= 5 * _MB if plain in _PICTURES else plain in _OTHERS and size <= 16 * _MB


def bears(channel: str, kind: str, content_type: str) -> bool:
    """Whether words stand under such a file: on WhatsApp under pictures and films alone (Twilio: guidance on WhatsApp
    media messages), on Telegram under all but stickers and round films; a link is words itself."""
    if channel == "telegram":
        return kind not in ("sticker", "video_note")
    bare = channel == "whatsapp" and content_type.partition(";")[0] in (*_OTHERS, "image/webp")
    return not bare or content_type.startswith("video/")


def keep(session: Session, row: Delivery, others: tuple[str, ...]) -> None:
    """The rest of an album as rows of their own, so that each of its pictures can be replied to."""
    album = from_json(row.kind, row.payload)
    assert isinstance(album, SendAlbum)
    columns = ("channel", "destination", "thread", "lane", "ticket_id", "created_at")
    for item, number in zip(album.items[1:], others, strict=False):
        kind, payload = to_json(item)
        made = Delivery(kind=kind, payload=payload, state="accepted", provider_id=number, message_id=item.line or None)
        for name in columns:
            setattr(made, name, getattr(row, name))
        session.add(made)


def apart(scene: Scene, row: Delivery) -> None:
    """A refused album again, item by item, so that one bad picture takes no other with it."""
    album = from_json(row.kind, row.payload)
    assert isinstance(album, SendAlbum)
    columns = ("channel", "destination", "thread", "lane")
    for item in album.items:
        call = replace(item, thread=album.thread, reply_to=album.reply_to)
        message_id = item.line or row.message_id
        outbox.queue(scene, call, message_id=message_id, **{name: getattr(row, name) for name in columns})


def lasting(seconds: int) -> str:
    """``0:41``"""
    return f"{seconds // 60}:{seconds % 60:02d}"


def _told(media: Media) -> str:
    """A place as a link that any telephone opens, a contact as name and number."""
    if media.kind == "location":
        return f"{media.name} https://maps.google.com/?q={media.ref}".strip()
    return ", ".join(filter(None, (media.name, media.ref)))


def _unsupported(media: tuple[Media, ...]) -> list[Media]:
    return [one for one in media if one.kind == "unsupported"]


def _gathering(scene: Scene, row: Delivery | None, media: Media) -> None:
    """The first of an album waits a moment for the rest."""
    if row is not None and media.album:
        row.coalesce_key = f"album:{row.thread}:{media.album}"
        row.retry_at = scene.shell.clock.real() + _GATHER


def _joined(scene: Scene, thread: str, call: SendMedia, album: str) -> bool:
    """Puts one more item into the album that still waits, if the two can stand together."""
    if not album:
        return False
    scene.session.flush()
    waiting = select(Delivery).where(
        Delivery.coalesce_key == f"album:{thread}:{album}", Delivery.state == "queued", Delivery.attempts == 0
    )
    row = scene.session.scalars(waiting.order_by(Delivery.id.desc()).limit(1).with_for_update()).first()
    if row is None:
        return False
    known = from_json(row.kind, row.payload)
    assert isinstance(known, SendMedia | SendAlbum)
    items = known.items if isinstance(known, SendAlbum) else (replace(known, thread=None, reply_to=None),)
    kinds = {item.kind for item in items} | {call.kind}
    if len(items) == _ITEMS or not any(kinds <= together for together in _ALBUMS):
        return False
    whole = SendAlbum(known.to, (*items, replace(call, reply_to=None)), known.thread, known.reply_to)
    row.kind, row.payload = to_json(whole)
    row.retry_at = scene.shell.clock.real() + _GATHER
    return True
