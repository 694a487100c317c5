"""What can happen: lines and taps from customers, the desk and the providers; past tense throughout."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conversations.group_events import BotChanged, GroupMoved, Person, TopicClosed
from conversations.incident_events import WentClear
from triage import Triage


@dataclass(frozen=True, slots=True)
class Media:
    """One attachment as the provider names it. ``kind`` is picture, voice, video, video_note (a round one), animation,
    audio, document, sticker, location, contact or unsupported (``name`` says what it was); ``ref`` is a URL (Twilio)
    or a file id (Telegram); ``seconds`` its length, ``size`` its bytes, if told; ``album``: what was sent as one."""

    kind: str
    ref: str
    content_type: str = ""
    name: str = ""
    seconds: int | None = None
    size: int | None = None
    album: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a customer. ``address`` and ``our_address`` are opaque (a WhatsApp user may hide the number);
    ``occurred_at`` is the channel's own time, None where it tells none; ``tapped`` is the key of a tapped button;
    ``answered``: the carrier has answered it itself (STOP, START, HELP); ``recovered``: found in the provider's own
    list, as no webhook brought it; ``quotes`` is the provider's id of the message it replies to."""

    channel: str
    address: str
    our_address: str
    provider_id: str
    text: str = ""
    media: tuple[Media, ...] = ()
    occurred_at: datetime | None = None
    name: str = ""
    language: str = ""
    tapped: str = ""
    answered: bool = False
    recovered: bool = False
    quotes: str = ""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long a burst is collected before its one receipt (conversations.md rule 1)."""

    quiet: timedelta = timedelta(seconds=8)
    burst: timedelta = timedelta(seconds=20)
    urgent: timedelta = timedelta(seconds=8)
    reopens_for: timedelta = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the shell knows when it tells the machine: the time, whether the sender is in the directory or has said
    who they are, whether a ticket is open, the name of the person who has it, its category, whether the sender
    said STOP, whether free text may go out (WhatsApp's 24 hours), whether answers are held until they write, whether
    we think it is one problem ``shared`` with other studios, until when their studio shoots (None: not now, or
    ``states.may_rate`` says that nobody asks), the pace."""

    now: datetime
    known: bool = True
    open: bool = False
    owner: str = ""
    category: str = ""
    stopped: bool = False
    window_open: bool = True
    held: bool = False
    shared: bool = False
    shoots_until: datetime | None = None
    pace: Pace = field(default_factory=Pace)


@dataclass(frozen=True, slots=True)
class Said:
    """A customer wrote; ``triage`` is what the line is about. ``late`` is when it was written, if it reached us long
    after that and they have not yet been told of this outage."""

    line: Line
    triage: Triage
    facts: Facts
    late: datetime | None = None


@dataclass(frozen=True, slots=True)
class WentQuiet:
    """The moment the state asked to be woken at has come."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Taken:
    """A person took the ticket."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Answered:
    """A person's reply is on its way to the customer."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Another person took the ticket over; ``by`` is the next update that stays promised, as the customer reads it."""

    facts: Facts
    by: str = ""


@dataclass(frozen=True, slots=True)
class CallOffered:
    """A person wants to call and needs a number."""

    facts: Facts


@dataclass(frozen=True, slots=True)
class Closed:
    """A person resolved the ticket: its ``cause``, and whether money or files were ``affected``, as far as told."""

    facts: Facts
    cause: str = ""
    affected: bool | None = None


@dataclass(frozen=True, slots=True)
class OpenedAgain:
    """A person opened a resolved ticket again; the question that stood is no longer asked."""

    facts: Facts


Event = Said | WentQuiet | Taken | Answered | HandedOver | CallOffered | Closed | OpenedAgain | WentClear


# What channels parse out of webhooks (the shell makes a Said of a Line).


@dataclass(frozen=True, slots=True)
class Reported:
    """A provider told the fate of a delivery; ``status`` is the provider's word, ``code`` its error if any."""

    delivery_id: int
    status: str
    provider_id: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class DeskSaid:
    """Somebody wrote in an agent group. ``reply_to`` is the message replied to, None for the topic's own root;
    ``quoted`` how it reads, else the topic's name."""

    chat: int
    topic: int | None
    message: int
    person: Person
    occurred_at: datetime
    text: str = ""
    media: tuple[Media, ...] = ()
    reply_to: int | None = None
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class DeskTapped:
    """Somebody pressed a button under one of our messages in an agent group."""

    chat: int
    message: int
    person: Person
    query: str
    data: str
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """Somebody came into an agent group, left it, or rose or fell in it; ``standing`` is lead, agent or gone."""

    chat: int
    person: Person
    standing: str


@dataclass(frozen=True, slots=True)
class Edited:
    """A customer changed a line; ``line`` is how it now reads, under its old provider id."""

    line: Line


@dataclass(frozen=True, slots=True)
class Reacted:
    """A customer put a reaction on a message of the chat with us; taken back it is "", None is one bots cannot set."""

    channel: str
    address: str
    message: str
    emoji: str | None


@dataclass(frozen=True, slots=True)
class DeskEdited:
    """Somebody changed what they had written in an agent group; ``said`` is how it now reads."""

    said: DeskSaid


@dataclass(frozen=True, slots=True)
class DeskReacted:
    """Somebody in an agent group put a reaction on a message; taken back it is "", None is one bots cannot set."""

    chat: int
    message: int
    person: Person
    emoji: str | None


@dataclass(frozen=True, slots=True)
class Unused:
    """An authentic event that asks nothing of us; ``reason`` is kept with the payload."""

    reason: str


Parsed = (
    Line
    | Edited
    | Reacted
    | Reported
    | DeskSaid
    | DeskEdited
    | DeskReacted
    | DeskTapped
    | MemberChanged
    | GroupMoved
    | BotChanged
    | TopicClosed
    | Unused
)
