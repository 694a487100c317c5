"""Files stored once by hash, and the signed links by which a provider fetches them from us."""

import hashlib

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.orm import Session

from bot.shell import Shell
from channels.wire import File
from models import Media

_SALT = "media"
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


def signed(shell: Shell, token: str) -> str | None:
    """The hash a link names; None when it is forged or has expired."""
    try:
        digest: str = _signer(shell).loads(token, max_age=_EXPIRES)
    except BadData:
        return None
    return digest


def _signer(shell: Shell) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(shell.secret, salt=_SALT)
