"""What crosses between the shell and a channel: requests in, calls out, receipts and errors back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from pydantic import TypeAdapter

from channels.arranging import CloseTopic, NameTopic, PinMessage, ReopenTopic
from channels.telephone import HangUp, RingUp
from conversations.events import Media


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook as it came: ``target`` is the raw request target (path and query, undecoded),
    ``headers`` have lower-case names."""

    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is needed to keep a webhook once and in order, read without understanding it."""

    account: str
    provider_id: str
    source: str


class Forged(Exception):
    """The webhook is not from the provider; it leaves nothing."""


class NotUnderstood(Exception):
    """The webhook is authentic, and its body is not what the provider documents; it is parked."""


class TransportError(Exception):
    """The provider did not take a call.

    ``permanent``: sending it again cannot help. ``unknown``: it may have been taken. ``retry_after`` seconds the
    provider asked for. ``code`` is the provider's own; the message is for people and holds no private text.
    """

    def __init__(
        self,
        words: str,
        *,
        code: str = "",
        permanent: bool = False,
        unknown: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(words)
        self.code, self.permanent, self.unknown, self.retry_after = code, permanent, unknown, retry_after


CUSTOMER_TAP = "say:"  # the keys of a customer's options begin so; an agent's begin with v1:


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the key we get back (at most 64 bytes) and the label people read."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class SendText:
    """Plain text, or Telegram's HTML. ``sender`` is our own address, ``thread`` a forum topic; ``template`` is one
    of ours at the provider which shows this text as ``{{1}}`` with the options as buttons."""

    to: str
    text: str
    sender: str = ""
    thread: int | None = None
    options: tuple[Option, ...] = ()
    html: bool = False
    reply_to: int | None = None
    silent: bool = False
    template: str = ""


@dataclass(frozen=True, slots=True)
class SendTemplate:
    """A text approved beforehand, which the provider keeps under ``sid``; ``values`` fill ``{{1}}``, ``{{2}}``..."""

    to: str
    sid: str
    sender: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SendMedia:
    """One attachment: by Telegram ``ref``, or fetched from ``source`` (then the shell adds ``url`` or ``data``).
    ``line`` is the shell's own: the message it belongs to, where that is not its row's."""

    to: str
    kind: str
    sender: str = ""
    thread: int | None = None
    caption: str = ""
    ref: str = ""
    source: str = ""
    content_type: str = ""
    name: str = ""
    url: str = ""
    data: bytes = b""
    seconds: int | None = None
    reply_to: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class SendAlbum:
    """Two to ten attachments shown as one; ``thread`` and ``reply_to`` count for all of them."""

    to: str
    items: tuple[SendMedia, ...]
    thread: int | None = None
    reply_to: int | None = None


@dataclass(frozen=True, slots=True)
class OpenTopic:
    """Open a forum topic; the receipt's provider id is its thread id."""

    to: str
    name: str


@dataclass(frozen=True, slots=True)
class EditText:
    """Replace the text and buttons of a message of ours, or the words under its picture (``caption``)."""

    to: str
    message: int
    text: str
    options: tuple[Option, ...] = ()
    html: bool = True
    caption: bool = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Take a message of ours away."""

    to: str
    message: int


@dataclass(frozen=True, slots=True)
class React:
    """Set our one reaction on a message."""

    to: str
    message: int
    emoji: str


@dataclass(frozen=True, slots=True)
class AnswerTap:
    """Tell somebody who pressed a button what became of it (at most 200 characters)."""

    query: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Bring an attachment here; it is stored under the message's media."""

    media: Media


Call = (
    SendText
    | SendTemplate
    | SendMedia
    | SendAlbum
    | OpenTopic
    | ReopenTopic
    | CloseTopic
    | NameTopic
    | PinMessage
    | EditText
    | Delete
    | React
    | AnswerTap
    | RingUp
    | HangUp
    | Fetch
)
_CALLS: dict[str, TypeAdapter[Any]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Call)}


def to_json(call: Call) -> tuple[str, dict[str, Any]]:
    """(kind, payload) for a row of the outbox."""
    kind = type(call).__name__
    return kind, _CALLS[kind].dump_python(call, mode="json", exclude_defaults=True)


def from_json(kind: str, payload: Mapping[str, Any]) -> Call:
    """The call of a row. Raises KeyError or ValueError for a kind or shape this program does not know."""
    call: Call = _CALLS[kind].validate_python(payload)
    return call


@dataclass(frozen=True, slots=True)
class File:
    """What a Fetch brought."""

    data: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider took the call; ``provider_id`` is its name for what was made, ``file`` what was fetched;
    ``others`` name the rest of an album."""

    provider_id: str = ""
    file: File | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missed:
    """A customer's message in the provider's own list: ``request`` is what its webhook would have brought, but for
    the addresses of its ``attachments``."""

    provider_id: str
    written: datetime
    request: Request
    attachments: int = 0
