"""What Twilio's own lists hold of customers' messages, in the form their webhooks would have brought (Messages.list),
and of their calls (Calls.list).

The list tells no profile name, tapped button or place: a tap comes as its words, a place as an empty line.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from channels.ringing import OVER, Heard, Rang, number
from channels.wire import Missed, Request

if TYPE_CHECKING:
    from twilio.rest.api.v2010.account.call import CallInstance
    from twilio.rest.api.v2010.account.message import MessageInstance
    from twilio.rest.api.v2010.account.message.media import MediaInstance

PATH = "/recovered/twilio/messages"  # no door has it, so no webhook can claim to be recovered
_UNORDERED = timedelta(hours=1)  # the list is newest first; so much disorder is searched through
HOST = "https://api.twilio.com"


def since(listed: "Iterable[MessageInstance]", moment: datetime) -> list[Missed]:
    """Customers' messages written at ``moment`` or later, oldest first.

    Twilio documents its date filter by whole days only, so each message's own time decides; it tells whole seconds,
    so within one the order of the list does.
    """
    found = []
    for message in listed:
        written = message.date_created
        if written is None or written < moment - _UNORDERED:
            break
        if message.direction == "inbound" and message.sid and written >= moment:
            found.append(_missed(message, written.astimezone(UTC)))
    found.reverse()
    return sorted(found, key=lambda one: one.written)


def rang(listed: "Iterable[CallInstance]", moment: datetime) -> list[Rang]:
    """Customers' calls that came at ``moment`` or later and are over, oldest first."""
    found = []
    for call in listed:
        at = call.date_created
        if at is None or at < moment - _UNORDERED:
            break
        if call.direction == "inbound" and call.sid and at >= moment and call.status in OVER:
            caller = number(call._from or "")
            heard = Heard(str(call.account_sid), call.sid, caller, str(call.to), over=True)
            found.append(Rang(heard, at.astimezone(UTC)))
    return sorted(found, key=lambda one: one.at)


def with_media(missed: Missed, files: "Iterable[MediaInstance]") -> Request:
    """The request with its attachments' addresses, as the webhook names them."""
    listed = [file for file in files if file.uri]
    fields = {"NumMedia": str(len(listed))}
    for place, file in enumerate(listed):
        fields[f"MediaUrl{place}"] = HOST + str(file.uri).removesuffix(".json")
        fields[f"MediaContentType{place}"] = file.content_type or ""
    request = missed.request
    return Request(request.target, request.headers, request.body + b"&" + urlencode(fields).encode())


def _missed(message: "MessageInstance", written: datetime) -> Missed:
    fields = {
        "MessageSid": message.sid,
        "AccountSid": message.account_sid,
        "From": message.from_,
        "To": message.to,
        "Body": message.body,
    }
    body = urlencode({name: value or "" for name, value in fields.items()}, errors="replace").encode()
    target = f"{PATH}?{urlencode({'written': written.isoformat()})}"
    request = Request(target, {"content-type": "application/x-www-form-urlencoded"}, body)
    return Missed(str(message.sid), written, request, attachments=int(message.num_media or 0))
