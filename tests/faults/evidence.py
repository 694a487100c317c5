"""What the judge goes by: the provider's ledger, the database's rows and clock; of the product the tables' shape."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, Executable, Row, create_engine, func, or_, select, text

from models import Address, Clock, Delivery, Inbound, Message, Page, Ring, Ticket
from tests.support.sandbox import Sandbox

Json = dict[str, Any]
ACTIONS = {
    "OpenTopic": "createForumTopic",
    "EditText": "editMessageText",
    "React": "setMessageReaction",
    "AnswerTap": "answerCallbackQuery",
    "SendText": "sendMessage",
    "SendMedia": "sendMedia",
    "SendAlbum": "sendMedia",
    "Delete": "deleteMessage",
    "RingUp": "Calls.create",
    "HangUp": "Calls.update",
}
# Questions and settings, which are no sends and stand in no outbox.
ASKED = (
    *("get", "download", "setWebhook", "setMyCommands", "deleteMyCommands", "sendChatAction"),
    *("Messages.list", "Messages.fetch", "Calls.list", "Calls.fetch", "Media.", "Content."),
)
REMARK = "(may be repeated)"
LONG_AGO = datetime.min.replace(tzinfo=UTC)
NAMELESS = "sha256:"  # a webhook without a name of its own is kept by its hash
PENDING = ("queued", "leased", "unknown")


@dataclass(frozen=True)
class Mark:
    """Where ledger and tables stood when a test began; ``pending`` had these attempts already."""

    ledger: int
    inbox: int
    deliveries: int
    pending: dict[int, int]
    shows: datetime = LONG_AGO


@dataclass(frozen=True)
class Witness:
    """Reads both sides, beside the product and without its help."""

    sandbox: Sandbox
    engine: Engine
    fallback: str = ""  # whom an exhausted ladder pages: ALARM_TO's number

    @staticmethod
    def on(sandbox: Sandbox, database_url: str, fallback: str = "") -> "Witness":
        url = database_url.replace("postgresql://", "postgresql+psycopg://")
        return Witness(sandbox, create_engine(url, pool_pre_ping=True), fallback)

    def rows(self, statement: Executable) -> list[Row[Any]]:
        with self.engine.connect() as connection:
            return list(connection.execute(statement))

    def can_write(self) -> bool:
        """Whether nobody is in the middle of a transaction just now."""
        if self.engine.dialect.name == "postgresql":
            begun = "datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
            return not self.rows(text(f"SELECT 1 FROM pg_stat_activity WHERE {begun}"))
        with closing(sqlite3.connect(str(self.engine.url.database), timeout=0.1, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
        return True

    def now(self) -> datetime:
        """The clock leases go by."""
        if self.engine.dialect.name != "postgresql":
            return datetime.now(UTC)
        moment: datetime = self.rows(select(func.clock_timestamp()))[0][0]
        return moment.astimezone(UTC)

    def shows(self) -> datetime:
        """Business time."""
        return datetime.fromisoformat(self.sandbox.get("clock")["shows"]).astimezone(UTC)

    def mark(self) -> Mark:
        inbox: int = self.rows(select(func.max(Inbound.id)))[0][0] or 0
        deliveries: int = self.rows(select(func.max(Delivery.id)))[0][0] or 0
        pending = self.rows(select(Delivery.id, Delivery.attempts).where(Delivery.state.in_(PENDING)))
        attempted = {row.id: row.attempts for row in pending}
        return Mark(self.sandbox.last, inbox, deliveries, attempted, self.shows())

    def since(self, mark: Mark, posted: dict[str, int] | None = None) -> "Evidence":
        """All there is since the mark, and all pages; ``posted`` are webhooks the test itself posted: id → status."""
        ours = or_(Delivery.id > mark.deliveries, Delivery.id.in_(mark.pending))
        urgent = select(Ticket.id).where(Ticket.state == "open", Ticket.severity == 1)
        return Evidence(
            mark=mark,
            entries=self.sandbox.ledger(mark.ledger),
            inbox=self.rows(select(Inbound.__table__).where(Inbound.id > mark.inbox)),
            kept={_kept(name) for (name,) in self.rows(select(Inbound.provider_id))},
            deliveries=self.rows(select(Delivery.__table__).where(ours).order_by(Delivery.id)),
            messages=self.rows(select(Message.ticket_id, Message.origin).where(Message.author == "customer")),
            clocks={number for (number,) in self.rows(select(Clock.ticket_id))},
            stopped=self.rows(select(Address.value, Address.stopped_at).where(Address.stopped_at.is_not(None))),
            urgent=self.rows(urgent),
            pages=self.rows(select(Page.__table__).order_by(Page.id)),
            rings=self.rows(select(Ring.__table__).order_by(Ring.id)),
            now=self.now(),
            shows=self.shows(),
            fallback=self.fallback,
            posted=posted or {},
        )


@dataclass(frozen=True)
class Evidence:
    """Ledger entries and rows since a mark; of names kept, messages, clocks, stopped addresses, open SEV1 tickets
    (``urgent``), pages and rings all. ``now`` is the clock of leases, ``shows`` business time."""

    mark: Mark
    entries: list[Json]
    inbox: list[Any]
    kept: set[str]
    deliveries: list[Any]
    messages: list[Any]
    clocks: set[int]
    stopped: list[Any]
    now: datetime
    posted: dict[str, int] = field(default_factory=dict)
    urgent: list[Any] = field(default_factory=list)
    pages: list[Any] = field(default_factory=list)
    rings: list[Any] = field(default_factory=list)
    shows: datetime = LONG_AGO
    fallback: str = ""

    @cached_property
    def calls(self) -> list[Json]:
        """Sends the product attempted, whatever became of them."""
        return [one for one in self.entries if one["flow"] == "call" and not one["action"].startswith(ASKED)]

    @cached_property
    def look_ups(self) -> int:
        return sum(one["action"] in ("Messages.list", "Calls.list") for one in self.entries if one["flow"] == "call")

    @cached_property
    def taken(self) -> list[Json]:
        """The calls the provider did, told or not."""
        return [one for one in self.calls if _taken(one)]

    @cached_property
    def answered(self) -> dict[str, int]:
        """Provider id → times we answered it 2xx."""
        told = Counter(_name(one) for one in self.entries if _webhook(one) and _ok(one["outcome"]))
        told.update(name for name, status in self.posted.items() if _ok(status))
        return dict(told)

    @cached_property
    def lines(self) -> dict[str, tuple[str, datetime]]:
        """MessageSid → (words, when the provider first tried us) of each customer's line that has words to find."""
        found: dict[str, tuple[str, datetime]] = {}
        for one in self.entries:
            if one["provider"] == "twilio" and one["flow"] == "person" and one["action"] == "says":
                body = str(one["request"]["body"])
                if len(body.split()) >= 3:
                    found[one["request"]["sid"]] = (body, moment(one))
        return found

    def shown(self, words: str) -> datetime | None:
        """When the group first got these words; of a line longer than a message the first of its pieces."""
        return next((at for text, at in self._told if words[:1000] in text), None)

    @cached_property
    def _told(self) -> list[tuple[str, datetime]]:
        return [(said(one), moment(one)) for one in self.taken if one["provider"] == "telegram"]


def said(entry: Json) -> str:
    """The text or caption of a send, without the remark that it may have been sent before."""
    request = entry["request"]
    text = str(request.get("text") or request.get("caption") or request.get("Body") or "")
    return text.removesuffix(REMARK).removesuffix("\n")


def moment(entry: Json) -> datetime:
    return datetime.fromisoformat(entry["real"])


def shown_at(entry: Json) -> datetime:
    """Its moment in business time, which a rehearsal clock moves."""
    return datetime.fromisoformat(entry["shows"]).astimezone(UTC)


def delivery_of(entry: Json) -> int:
    """The number a Messages.create or Calls.create names in its status callback."""
    return int(str(entry["request"]["StatusCallback"]).rpartition("/")[2])


def _taken(entry: Json) -> bool:
    """Whether the provider made it, by its own answer (which the product may never have got)."""
    answer = entry["response"]
    if not isinstance(answer, dict):
        return False
    return bool(answer.get("ok")) if entry["provider"] == "telegram" else bool(answer.get("sid"))


def _webhook(entry: Json) -> bool:
    """Keys pressed on a telephone are answered in words, by what they have done, and are kept in no inbox."""
    return bool(entry["flow"] == "webhook" and entry["action"] != "voice")


def _ok(outcome: Any) -> bool:
    return isinstance(outcome, int) and 200 <= outcome < 300


def _kept(name: str) -> str:
    return NAMELESS if name.startswith(NAMELESS) else name


def _name(entry: Json) -> str:
    """How the inbox must name this webhook, reckoned from the provider's own fields."""
    request = entry["request"]
    if entry["provider"] == "telegram":
        return str(request["update_id"])
    sid = str(request.get("MessageSid") or request.get("CallSid") or NAMELESS)
    told = entry["action"].startswith(("status:", "call-status:"))
    return f"{sid}:{request.get('MessageStatus') or request['CallStatus']}" if told else sid
