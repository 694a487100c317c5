"""What a Telegram message carries besides words: attachments, places, and kinds that cannot cross."""

from typing import Any

from telegram import Message, Sticker

from conversations.events import Media

# Content that no other channel and no copy can show; anything else without words is a service message.
_UNSUPPORTED = ("poll", "dice", "game", "story", "paid_media", "checklist", "invoice", "giveaway")


def media(message: Message) -> tuple[Media, ...]:
    """The one attachment of a message; of an album each is a message of its own."""
    if message.photo:
        largest = message.photo[-1]
        return (_file("picture", largest, "image/jpeg", message),)
    for kind, found, plain in (
        ("voice", message.voice, "audio/ogg"),
        ("animation", message.animation, "video/mp4"),  # shown as a document too: before it
        ("video", message.video, "video/mp4"),
        ("video_note", message.video_note, "video/mp4"),
        ("audio", message.audio, ""),
        ("document", message.document, ""),
    ):
        if found:
            return (_file(kind, found, getattr(found, "mime_type", None) or plain, message),)
    if message.sticker:
        return (_file("sticker", message.sticker, _sticker(message.sticker), message),)
    if message.location:
        place = f"{message.venue.title} {message.venue.address}" if message.venue else ""
        return (Media("location", f"{message.location.latitude},{message.location.longitude}", name=place),)
    if message.contact:
        return (Media("contact", message.contact.phone_number, name=message.contact.first_name),)
    kind = next((kind for kind in _UNSUPPORTED if getattr(message, kind, None)), "")
    return (Media("unsupported", "", name=kind.replace("_", " ")),) if kind else ()


def _file(kind: str, found: Any, content_type: str, message: Message) -> Media:
    length = getattr(found, "_duration", None)  # .duration warns of its coming change of type
    return Media(
        kind,
        found.file_id,
        content_type,
        name=getattr(found, "file_name", None) or "",
        seconds=_seconds(length),
        size=found.file_size,
        album=message.media_group_id or "",
    )


def _sticker(sticker: Sticker) -> str:
    """Telegram tells no type of a sticker's file (core.telegram.org/bots/api#sticker)."""
    return "application/x-tgsticker" if sticker.is_animated else "video/webm" if sticker.is_video else "image/webp"


def _seconds(duration: object) -> int | None:
    """python-telegram-bot gives an int now and a timedelta later."""
    if duration is None:
        return None
    return int(duration.total_seconds()) if hasattr(duration, "total_seconds") else int(str(duration))
