"""Files stored once by hash, and the signed links by which a provider fetches them from us."""

import hashlib
import struct
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO

import mutagen
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import contents, outbox, reach
from bot.attachments import LINK_DAYS, bears, carries, lasting
from bot.scene import Scene
from bot.shell import Shell
from channels.wire import Call, File, SendMedia, SendText, TransportError, from_json
from models import Delivery, Media, Message

_UNFETCHED = "the attachment could not be fetched"
_SALT, _LINK = "media", "link"
# What a file that is no sound, or a broken one, makes its reader raise.
_ODD = (mutagen.MutagenError, ArithmeticError, EOFError, LookupError, OSError, TypeError, ValueError, struct.error)
_EXPIRES = 3600 * 6  # seconds; Twilio fetches at once, its queue holds a WhatsApp message four hours


def store(shell: Shell, session: Session, file: File) -> str:
    """Keeps the bytes under their hash and returns it; the same file twice is one row."""
    digest = hashlib.sha256(file.data).hexdigest()
    row = {
        "sha256": digest,
        "content_type": file.content_type,
        "size": len(file.data),
        "data": file.data,
        "fetched_at": shell.clock.now(),
    }
    shell.db.insert_once(session, Media, row, ("sha256",))
    return digest


def public_url(shell: Shell, digest: str) -> str:
    """A link that works for six hours and names nobody."""
    return f"{shell.public_url}/media/{_signer(shell).dumps(digest)}"


def link(shell: Shell, digest: str, since: datetime) -> str:
    """A link for people, who come when they have time; the same however often it is asked for."""
    until = int((since + timedelta(days=LINK_DAYS)).timestamp())
    return f"{shell.public_url}/media/{_linker(shell).dumps([digest, until])}"


def signed(shell: Shell, token: str) -> str | None:
    """The hash a link names; None when it is forged or has expired."""
    try:
        digest: str = _signer(shell).loads(token, max_age=_EXPIRES)
    except BadData:
        return _linked(shell, token)
    return digest


def attached(shell: Shell, session: Session, row: Delivery, call: SendMedia) -> Call | TransportError:
    """The call with its stored file: as bytes for Telegram, as a link for Twilio to fetch, or as one to tap on."""
    message = session.get(Message, row.message_id, populate_existing=True) if row.message_id else None
    entry = next((entry for entry in (message.media if message else []) if entry["ref"] == call.source), {})
    stored = session.get(Media, entry["sha256"]) if "sha256" in entry else None
    if stored is None:
        return TransportError(_missing(session, row, call), permanent=True)
    call = replace(call, kind=contents.kind(call.kind, stored.content_type))
    if row.channel == "telegram":
        return replace(
            call,
            data=stored.data,
            content_type=stored.content_type,
            caption=_timed(call, entry.get("seconds")),
            seconds=entry.get("seconds"),
        )
    if _as_link(row.channel, call, stored.content_type, stored.size):
        words = f"{call.caption}\n📎 {call.name or call.kind}: {link(shell, stored.sha256, row.created_at)}"
        return SendText(call.to, words.strip(), call.sender)
    known_by = stored.data if row.doubt else b""  # by which the provider's own list tells it from other pictures
    return replace(call, url=public_url(shell, stored.sha256), content_type=stored.content_type, data=known_by)


def tell_link(scene: Scene, row: Delivery) -> None:
    """The agents are told of a file that went as a link, which only the file as stored decides."""
    call, message = from_json(row.kind, row.payload), scene.session.get(Message, row.message_id or 0)
    assert isinstance(call, SendMedia)
    digest = next(
        (entry.get("sha256") for entry in (message.media if message else []) if entry["ref"] == call.source), ""
    )
    stored = scene.session.execute(select(Media.content_type, Media.size).where(Media.sha256 == digest)).first()
    if row.channel != "telegram" and stored and _as_link(row.channel, call, *stored):
        why = f"It goes to {scene.name or 'the customer'} as a link that works for {LINK_DAYS} days"
        outbox.notice(scene, f"{why}: {reach.NAMES[row.channel]} does not carry this kind or size.")


def _as_link(channel: str, call: SendMedia, content_type: str, size: int) -> bool:
    """Whether the channel cannot show the file itself, or not with its words."""
    wordless = bool(call.caption) and not bears(channel, call.kind, content_type)
    return wordless or not carries(channel, content_type, size)


def _missing(session: Session, row: Delivery, call: SendMedia) -> str:
    """Why the file is not here, as its fetching told."""
    tried = select(Delivery).where(
        Delivery.message_id == row.message_id, Delivery.kind == "Fetch", Delivery.fault != ""
    )
    fetches = session.scalars(tried.order_by(Delivery.id.desc()))
    fault = next((fetch.fault for fetch in fetches if fetch.payload["media"]["ref"] == call.source), "")
    why = fault.replace("the attachment", "it", 1)
    return _UNFETCHED if fault in ("", _UNFETCHED) else f"{_UNFETCHED}: {why}"


def seconds(file: File) -> int | None:
    """How long a sound or film lasts; None if its file does not tell."""
    if not file.content_type.startswith(("audio/", "video/")):
        return None
    try:
        found = mutagen.File(BytesIO(file.data))
        length = float(found.info.length) if found is not None and found.info is not None else 0.0
        return round(length) or None
    except _ODD:
        return None


def _timed(call: SendMedia, length: int | None) -> str:
    """The caption with the length, which only the file itself told."""
    told = length is None or call.seconds is not None or call.kind not in ("voice", "audio")
    return call.caption if told else f"{call.caption} · {lasting(length or 0)}".removeprefix(" · ")


def _linked(shell: Shell, token: str) -> str | None:
    try:
        digest, until = _linker(shell).loads(token)
    except (BadData, TypeError, ValueError):
        return None
    return str(digest) if shell.clock.real().timestamp() < until else None


def _linker(shell: Shell) -> URLSafeSerializer:
    return URLSafeSerializer(shell.secret, salt=_LINK)


def _signer(shell: Shell) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(shell.secret, salt=_SALT)
