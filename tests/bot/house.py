"""A whole Backstop in one process, and what customers, agents and providers do to it."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from sqlalchemy import inspect, select
from twilio.request_validator import RequestValidator

import triage
from bot.answer import answer
from bot.claims import Database
from bot.deliver import carry, claim
from bot.desk import look_up
from bot.directory import import_directory
from bot.policy import PolicyBook, read_policy
from bot.remember import remember
from bot.shell import Desk, Limits, Shell
from channels.telegram import Telegram
from channels.telegram.channel import Account as BotAccount
from channels.twilio import Twilio
from channels.twilio.channel import Account
from channels.wire import Request, SendMedia, SendText
from models import Base, Delivery, Member, TicketEvent, Topic
from models import Clock as Promise
from sla import Clock, Happened, fold
from tests.bot.recorder import NOON, Recorder, SteadyClock

PUBLIC = "https://support.example.test"
SID, TOKEN = "AC" + "0" * 32, "twilio-auth-token"
BOT, SECRET = "123456:telegram-token", "telegram-webhook-secret"
OURS = "whatsapp:+34910000000"
TOLU, CHARLIE = "+34600000001", "+34600000099"
GROUP, OTHER_GROUP = -1001000000001, -1001000000002
LENA = {"id": 501, "is_bot": False, "first_name": "Lena", "username": "lena"}
TOMAS = {"id": 502, "is_bot": False, "first_name": "Tomas"}
ROBOT = {"id": 900, "is_bot": True, "first_name": "Helper"}
NOBODY = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
HEADER = "studio,tier,timezone,language,branch,contact,role,channel,address"

Json = dict[str, Any]
Row = TypeVar("Row", bound=Base)
_model = cache(triage.load)
_policy = cache(partial(read_policy, None))


def open_shell(url: str, db: Database | None = None) -> Shell:
    """The program's parts on this database, with a clock and channels of ours."""
    db, policy = db or Database(url), _policy()
    twilio = Recorder(Twilio(Account(SID, TOKEN, "https://api.twilio.com", PUBLIC)), "SM{}")
    groups = {GROUP, OTHER_GROUP}
    telegram = Recorder(Telegram(BotAccount(BOT, SECRET, "https://api.telegram.org", groups)), "{}")
    return Shell(
        db=db,
        clock=SteadyClock(NOON),
        policies=policy.policies,
        book=PolicyBook(db, policy),
        pace=policy.pace,
        hotline=policy.hotline,
        patience=policy.patience,
        model=_model(),
        channels={"twilio": twilio, "whatsapp": twilio, "sms": twilio, "telegram": telegram},
        senders={"whatsapp": OURS, "sms": "+34910000000"},
        desk=Desk(GROUP, groups),
        limits=Limits(),
        public_url=PUBLIC,
        secret="not-a-secret-in-a-test",
    )


def twilio_form(path: str, fields: dict[str, str], token: str = TOKEN) -> Request:
    """A form as Twilio posts it, signed with ``token``."""
    signature = RequestValidator(token).compute_signature(PUBLIC + path, fields)
    headers = {"x-twilio-signature": signature, "content-type": "application/x-www-form-urlencoded"}
    return Request(path, headers, urlencode(fields).encode())


def telegram_update(update: Json, secret: str = SECRET) -> Request:
    headers = {"x-telegram-bot-api-secret-token": secret, "content-type": "application/json"}
    return Request("/webhooks/telegram", headers, json.dumps(update).encode())


@dataclass
class House:
    """``shell`` with the people around it; every verb runs in this thread, at once."""

    shell: Shell
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(50_001))

    @property
    def clock(self) -> SteadyClock:
        assert isinstance(self.shell.clock, SteadyClock)
        return self.shell.clock

    @property
    def twilio(self) -> Recorder:
        channel = self.shell.channels["twilio"]
        assert isinstance(channel, Recorder)
        return channel

    @property
    def telegram(self) -> Recorder:
        channel = self.shell.channels["telegram"]
        assert isinstance(channel, Recorder)
        return channel

    # The directory

    def studio(self, name: str = "Adeyemi Photo", contact: str = "Tolu", address: str = TOLU, **more: str) -> None:
        row = {"tier": "agency", "timezone": "Europe/Madrid", "language": "en", "branch": "", "role": "owner"}
        row |= {"channel": "whatsapp", "studio": name, "contact": contact, "address": address} | more
        line = ",".join(row[column] for column in HEADER.split(","))
        import_directory(self.shell, f"{HEADER}\n{line}\n".encode())

    # What providers post

    def posts(self, channel: str, request: Request) -> bool:
        return remember(self.shell, channel, request)

    def says(self, text: str = "", number: str = TOLU, media: tuple[str, ...] = (), **more: str) -> str:
        """A customer writes on WhatsApp; returns the sid."""
        sid = f"SM{next(self.numbers):032d}"
        files = {f"MediaUrl{n}": f"https://api.twilio.com/media/{name}" for n, name in enumerate(media)}
        kinds = {f"MediaContentType{n}": "image/jpeg" for n, _ in enumerate(media)}
        fields = {"MessageSid": sid, "AccountSid": SID, "From": f"whatsapp:{number}", "To": OURS, "Body": text}
        fields |= {"ProfileName": "Charlie", "NumMedia": str(len(media))} | files | kinds | more
        self.posts("twilio", twilio_form("/webhooks/twilio/messages", fields))
        return fields["MessageSid"]

    def reports(self, delivery: int, status: str, sid: str = "", code: str = "") -> None:
        """Twilio tells how far a delivery got."""
        sid = sid or self.delivery(delivery).provider_id
        fields = {"MessageSid": sid, "AccountSid": SID, "MessageStatus": status} | ({"ErrorCode": code} if code else {})
        self.posts("twilio", twilio_form(f"/webhooks/twilio/status/{delivery}", fields))

    def updates(self, **update: Any) -> bool:
        """Telegram posts one update."""
        return self.posts("telegram", telegram_update({"update_id": next(self.numbers), **update}))

    def texts(self, text: str, user: int = 601, at: datetime | None = None, **more: Any) -> int:
        """A customer writes to the bot on Telegram; returns the message id."""
        sender = {"id": user, "is_bot": False, "first_name": "Pavel", "language_code": "cs"}
        chat = {"id": user, "type": "private", "first_name": "Pavel"}
        message = self._message(chat, sender, at) | ({"text": text} if text else {}) | more
        self.updates(message=message)
        return int(message["message_id"])

    def edits(self, text: str, message: int, user: int = 601, **more: Any) -> None:
        """A customer changes what they wrote on Telegram."""
        sender = {"id": user, "is_bot": False, "first_name": "Pavel", "language_code": "cs"}
        chat = {"id": user, "type": "private", "first_name": "Pavel"}
        changed = self._message(chat, sender) | {"message_id": message, "edit_date": 1} | more
        self.updates(edited_message=changed | ({"text": text} if "photo" not in more else {"caption": text}))

    def reacts(self, emoji: str | None, message: int, sender: Json, chat: int | None = None) -> None:
        """Somebody sets a reaction, in a group or in their own chat with the bot; "" takes it back, None is custom."""
        place = self._forum(chat) if chat else {"id": sender["id"], "type": "private", "first_name": "Pavel"}
        own = [{"type": "custom_emoji", "custom_emoji_id": "5"}] if emoji is None else []
        new = [{"type": "emoji", "emoji": emoji}] if emoji else own
        moment = int(self.clock.now().timestamp())
        self.updates(
            message_reaction={"chat": place, "message_id": message, "user": sender, "date": moment}
            | {"old_reaction": [], "new_reaction": new}
        )

    def private(self, text: str, sender: Json) -> Json:
        """A message to the bot alone, by this sender."""
        chat = {"id": sender["id"], "type": "private", "first_name": sender["first_name"]}
        return self._message(chat, sender) | {"text": text}

    # What agents do

    def writes(
        self,
        text: str,
        thread: int | None = None,
        reply_to: int | None = None,
        sender: Json = LENA,
        chat: int = GROUP,
        **more: Any,
    ) -> int:
        """An agent writes in the group; without a quotation Telegram names the topic's root as the one replied to."""
        self._known(sender, chat)
        message = self._message(self._forum(chat), sender) | ({"text": text} if text else {}) | more
        if thread is not None:
            message |= {"message_thread_id": thread, "is_topic_message": True}
        quoted = reply_to if reply_to is not None else thread
        if quoted is not None:
            message["reply_to_message"] = self._message(self._forum(chat), ROBOT) | {"message_id": quoted}
        self.updates(message=message)
        return int(message["message_id"])

    def rewrites(self, text: str, message: int, thread: int, sender: Json = LENA, chat: int = GROUP) -> None:
        """An agent changes what they wrote."""
        place = {"message_thread_id": thread, "is_topic_message": True}
        changed = self._message(self._forum(chat), sender) | {"message_id": message, "text": text, "edit_date": 1}
        self.updates(edited_message=changed | place)

    def taps(self, data: str, sender: Json = LENA, chat: int = GROUP, message: int = 1) -> str:
        """An agent presses a button; returns the query's id."""
        self._known(sender, chat)
        under = self._message(self._forum(chat), ROBOT) | {"message_id": message, "text": "card"}
        query = str(next(self.numbers))
        self.updates(callback_query={"id": query, "from": sender, "chat_instance": "1", "data": data, "message": under})
        return query

    def told(self, query: str) -> str | None:
        """What the agent who tapped is to be told."""
        answers = [row for row in self.rows(Delivery) if row.kind == "AnswerTap" and row.payload["query"] == query]
        return answers[0].payload.get("text", "") if answers else None

    # The loops

    def answers(self) -> int:
        """Answers until nothing is settled any more, also what waited for a look-up of who acts."""
        done = sum(iter(lambda: answer(self.shell), 0))
        look_up(self.shell)
        return done + sum(iter(lambda: answer(self.shell), 0))

    def delivers(self, owner: str = "worker", rounds: int = 60) -> int:
        """Delivers until nothing is due."""
        done = 0
        for _ in range(rounds):
            jobs = claim(self.shell, owner, 8)
            for job in jobs:
                carry(self.shell, job)
            done += len(jobs)
            if not jobs:
                return done
        raise AssertionError(f"still delivering after {rounds} rounds")

    def works(self) -> None:
        """Answers what came and delivers what is owed."""
        while self.answers() + self.delivers():
            pass

    def admits(self, sender: Json, chat: int = GROUP, standing: str = "agent") -> None:
        """What the look-up of this minute told of somebody who acts in the group."""
        told = Member(chat_id=chat, agent_id=sender["id"], standing=standing, checked_at=self.clock.real())
        told.seen_at = self.clock.real()
        self.changes(lambda session: session.merge(told))

    def opened(self, text: str = "uploads fail", number: str = TOLU, **studio: str) -> int:
        """A ticket with its topic and card; returns the topic's thread id."""
        self.studio(address=number, **studio)
        self.says(text, number)
        self.works()
        thread = self.topic().thread_id
        assert thread is not None
        return thread

    # What became of it

    def rows(self, model: type[Row]) -> list[Row]:
        with self.shell.db.reading() as session:
            return list(session.scalars(select(model).order_by(*inspect(model).primary_key)).unique())

    def one(self, model: type[Row]) -> Row:
        (row,) = self.rows(model)
        return row

    def last(self, model: type[Row]) -> Row:
        return self.rows(model)[-1]

    def promise(self, name: str = "FR", ticket: int = 1) -> Promise:
        """The newest stored clock of that name, the first answer if none is named."""
        found = [row for row in self.rows(Promise) if (row.name, row.ticket_id) == (name, ticket)]
        return max(found, key=lambda row: row.number)

    def ledger(self, ticket: int = 1) -> tuple[Clock, ...]:
        """Every clock of a ticket, folded from its events."""
        rows = [row for row in self.rows(TicketEvent) if row.ticket_id == ticket]
        events = [Happened(row.kind, row.occurred_at, row.ingested_at, row.actor, row.data, row.policy) for row in rows]
        return fold(events, self.shell.book, self.clock.now()).clocks

    def delivery(self, number: int) -> Delivery:
        return next(row for row in self.rows(Delivery) if row.id == number)

    def owed(self, **columns: Any) -> list[Delivery]:
        """The rows of the outbox with these columns, oldest first."""
        return [row for row in self.rows(Delivery) if all(getattr(row, name) == want for name, want in columns.items())]

    def topic(self, ticket: int = 1) -> Topic:
        return next(row for row in self.rows(Topic) if row.ticket_id == ticket)

    def heard(self, number: str = TOLU) -> list[str]:
        """What was sent to a customer on WhatsApp."""
        to = f"whatsapp:{number}"
        return [call.text for call in self.twilio.calls if isinstance(call, SendText) and call.to == to]

    def shown(self, thread: int | None) -> list[str]:
        """What was sent into a topic; None is the group itself."""
        found = []
        for call in self.telegram.calls:
            if isinstance(call, SendText | SendMedia) and call.to == str(GROUP) and call.thread == thread:
                found.append(call.text if isinstance(call, SendText) else f"[{call.kind}] {call.caption}")
        return found

    def changes(self, change: Callable[[Any], object]) -> None:
        """Reaches into the database, for states no provider brings about."""
        with self.shell.db.writing() as session:
            change(session)

    def _known(self, sender: Json, chat: int) -> None:
        """Lena, who leads, and Tomas are in every group, and the worker has asked within this minute."""
        if sender["id"] in (LENA["id"], TOMAS["id"]):
            self.admits(sender, chat, "lead" if sender["id"] == LENA["id"] else "agent")

    def _message(self, chat: Json, sender: Json, at: datetime | None = None) -> Json:
        moment = int((at or self.clock.now()).timestamp())
        return {"message_id": next(self.numbers), "date": moment, "chat": chat, "from": sender}

    def _forum(self, chat: int) -> Json:
        return {"id": chat, "type": "supergroup", "title": "Desk", "is_forum": True}


def hours(number: float) -> timedelta:
    return timedelta(hours=number)
