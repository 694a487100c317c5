"""Test pages: one channel of one person is tried; a code, a key or a tap that comes back proves it."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.hotline.roster import open_to_us
from bot.lanes import Lane
from bot.pager.page_words import worded
from bot.shell import Shell
from channels.telephone import KEYS, RingUp
from channels.twiml import Spoken
from channels.wire import CUSTOMER_TAP, Option, SendText, to_json
from models import Channel, Delivery, Person, Trial

CODE = "t"  # ends a test page's reply code: 7t
REFUSAL = "n"  # ends the code that says "I can't": 7n
TAP = "here:"  # the key of the button under a private one


@dataclass(frozen=True, slots=True)
class Words:
    """What a test page says; ``{code}`` and ``{no}`` are filled in. A private message has ``label`` on its button, and
    others for ``refusal`` and ``choices`` (what each does, its label)."""

    written: str
    spoken: str
    label: str
    refusal: str = ""
    choices: tuple[tuple[str, str], ...] = ()


def plain(person: Person) -> Words:
    """Of nothing but itself."""
    spoken = worded(person.language, "test_spoken")
    return Words(
        worded(person.language, "test", name=person.name, code="{code}"), spoken, worded(person.language, "got")
    )


def ask(shell: Shell, session: Session, channel: Channel, test: Words, muster: int | None = None) -> bool:
    """Sends one; False where this channel cannot be tried: no address, off here, stopped, WhatsApp's window shut."""
    if not channel.address or not open_to_us(shell, channel):
        return False
    row = Delivery(kind="", payload={}, channel=channel.kind, destination=channel.address, lane=Lane.PAGE)
    row.thread, row.created_at = f"staff:{channel.kind}:{channel.address}", shell.clock.now()
    row.kind, row.payload = to_json(SendText(channel.address, "-"))
    row.sender = shell.senders.get(channel.kind, "")
    session.add(row)
    session.flush()
    trial = Trial(channel_id=channel.id, address=channel.address, muster_id=muster, delivery_id=row.id)
    trial.sent_at, trial.choices = row.created_at, " ".join(key for key, _ in test.choices)
    session.add(trial)
    session.flush()
    row.kind, row.payload = to_json(_call(session, channel, test, row, trial))
    return True


def _call(session: Session, channel: Channel, test: Words, row: Delivery, trial: Trial) -> SendText | RingUp:
    language = session.get_one(Person, channel.person_id).language
    if channel.kind == "voice":
        return RingUp(channel.address, test.spoken, row.sender, language)
    to = f"whatsapp:{channel.address}" if channel.kind == "whatsapp" else channel.address
    written = test.written.format(code=f"{trial.id}{CODE}", no=f"{trial.id}{REFUSAL}")
    return SendText(to, written, row.sender, options=_buttons(test, trial) if channel.kind == "telegram" else ())


def _buttons(test: Words, trial: Trial) -> tuple[Option, ...]:
    key = f"{CUSTOMER_TAP}{TAP}{trial.id}"
    chosen = tuple(Option(f"{key}:{number}", label) for number, (_, label) in enumerate(test.choices, 1))
    refused = (Option(f"{key}:no", test.refusal),) if test.refusal else ()
    return (*chosen, Option(key, test.label), *refused)


def answered(shell: Shell, session: Session, trial: Trial) -> Person:
    """The channel is proven, unless it has another address by now; returns whose it is."""
    channel = session.get_one(Channel, trial.channel_id, with_for_update=True)
    trial.answered_at = trial.answered_at or shell.clock.now()
    if channel.address == trial.address:
        channel.verified_at = channel.verified_at or shell.clock.now()
    return session.get_one(Person, channel.person_id)


def of(session: Session, number: str, person: Person, channel: str) -> Trial | None:
    """The test page of this number, if it is this person's; one that was not sent is answered on its own channel."""
    mine = select(Trial).join(Channel).where(Trial.id == int(number), Channel.person_id == person.id)
    return session.scalar(mine.where(Trial.delivery_id.is_not(None) | (Channel.kind == channel)))


def called(session: Session, delivery: int) -> Trial | None:
    return session.scalar(select(Trial).where(Trial.delivery_id == delivery))


def again(shell: Shell, session: Session, trial: Trial, asked: int) -> Spoken:
    """After any other key, or none: what was said, twice more."""
    channel = session.get_one(Channel, trial.channel_id)
    person, row = session.get_one(Person, channel.person_id), session.get_one(Delivery, trial.delivery_id)
    keys = f"{shell.public_url}{KEYS}{row.id}?asked={asked + 1}" if asked < 2 else ""
    words = str(row.payload["text"]) if keys else worded(person.language, "no_key")
    return Spoken(words, person.language, keys)
