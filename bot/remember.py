"""T1: keeps a webhook once, before anything is understood."""

from bot.shell import Shell
from channels.wire import Request
from models import Inbound


def remember(shell: Shell, channel: str, request: Request) -> bool:
    """Verifies and stores; False for a copy of what is already stored. Raises Forged, and the database's errors."""
    shell.channels[channel].verify(request)
    return keep(shell, channel, request)


def keep(shell: Shell, channel: str, request: Request) -> bool:
    """Stores what is known to be the provider's; False for a copy."""
    envelope = shell.channels[channel].identify(request)
    row = {
        "channel": channel,
        "account": _storable(envelope.account),
        "provider_id": _storable(envelope.provider_id),
        "source": _storable(envelope.source),
        "target": request.target,
        "content_type": request.headers.get("content-type", ""),
        "body": request.body,
        "ingested_at": shell.clock.now(),
    }
    return shell.db.keep(Inbound, row, ("channel", "account", "provider_id"))


def _storable(name: str) -> str:
    """PostgreSQL takes no NUL in a text, and no database half a surrogate: such a webhook would come again for ever."""
    return name.replace("\0", "\ufffd").encode(errors="replace").decode()
