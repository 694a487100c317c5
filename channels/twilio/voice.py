"""Calls by Twilio (twilio.com/docs/voice/api/call-resource): what is asked of it, and what it has of ours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from channels import twiml
from channels.telephone import KEYS, HangUp, RingUp
from channels.twilio.parse import STATUS
from channels.wire import Receipt, TransportError

if TYPE_CHECKING:
    from twilio.rest import Client

Asked = Callable[[Callable[["Client"], Any]], Any]
_OVER = "21220"  # the call has ended by itself
_RINGS = 25  # seconds until it is given up, before most voicemails answer


def form(call: RingUp, public_url: str, delivery_id: int) -> dict[str, Any]:
    """The Calls.create parameters. Nobody guesses whether a machine answers: only a key counts."""
    keys = f"{public_url}{KEYS}{delivery_id}"
    return {
        "to": call.to,
        "from_": call.sender,
        "twiml": twiml.document(twiml.Spoken(call.text, call.language, keys)),
        "timeout": _RINGS,
        "status_callback": f"{public_url}{STATUS}{delivery_id}",
        "status_callback_event": ["completed"],
    }


def made(asked: Asked, call: RingUp | HangUp, public_url: str, delivery_id: int) -> Receipt:
    """Places a call, or ends one; one that has ended by itself is ended."""
    if isinstance(call, RingUp):
        return Receipt(asked(lambda client: client.calls.create(**form(call, public_url, delivery_id))).sid)
    try:
        asked(lambda client: client.calls(call.call).update(status="completed"))
    except TransportError as error:
        if error.code != _OVER:
            raise
    return Receipt(call.call)


def found(asked: Asked, call: RingUp, since: datetime) -> list[Receipt]:
    """The calls from our number to theirs, made since then."""
    after = since - timedelta(seconds=60)
    listed = asked(lambda client: client.calls.list(to=call.to, from_=call.sender, limit=20))
    return [Receipt(one.sid) for one in listed if one.date_created is None or one.date_created >= after]
