"""``/me``: people on call see how they are reached, and change it; a number counts once its test page was answered."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.pager import trials
from bot.pager.page_words import languages
from bot.shell import Shell
from models import Channel, Person, Trial
from oncall.people import dialled, is_quiet

_KINDS = {"phone": ("sms", "voice"), "whatsapp": ("whatsapp",)}
USAGE = (
    "/me phone +34600000011, /me whatsapp +34600000011, /me language es, /me quiet 22:00-07:00 (or off), /me test; "
    "/me phone off takes a number away."
)


def told(session: Session, person: Person) -> str:
    """Everything but whole numbers: others read along."""
    session.flush()
    session.refresh(person)
    ways = {one.kind: one for one in person.channels if one.address}
    listed = [f"{kind} {_state(one)}" for kind, one in ways.items()] or ["no channel"]
    roles = ", ".join(role.replace("_", " ") for role in person.roles) or "nothing"
    quiet = f"quiet {person.quiet} {person.zone} (pages ring all the same)" if person.quiet else "no quiet hours"
    return f"On call as {roles}; {'; '.join(listed)}; language {person.language}; {quiet}."


def change(shell: Shell, session: Session, person: Person, words: str) -> str:
    """Carries out what stands behind ``/me``; what they are told."""
    what, _, value = words.strip().partition(" ")
    value = value.strip()
    if what in _KINDS and value:
        return _number(shell, session, person, what, value)
    if what == "language" and value in languages():
        person.language = value
    elif what == "quiet" and (value == "off" or is_quiet(value)):
        person.quiet = "" if value == "off" else value
    elif what == "test" and not value:
        return _tested(shell, session, person, [one for one in person.channels if one.address])
    else:
        return f"{_wrong(what, value)}{USAGE}"
    return told(session, person)


def _wrong(what: str, value: str) -> str:
    if what == "language":
        return f"{value or 'That'} is no language pages are written in; they are {', '.join(languages())}. "
    return f"{value!r} is no span like 22:00-07:00. " if what == "quiet" else ""


def _number(shell: Shell, session: Session, person: Person, what: str, value: str) -> str:
    number = "" if value == "off" else dialled(value)
    if number is None:
        return f"{value!r} is no number with its country; write it like /me {what} +34600000011"
    changed = []
    for kind in _KINDS[what]:
        known = session.scalar(select(Channel).where(Channel.person_id == person.id, Channel.kind == kind))
        channel = known or Channel(person_id=person.id, kind=kind, address="", filed="")
        if channel.address != number:
            channel.address, channel.verified_at, channel.stopped_at = number, None, None
            channel.window_expires_at = None
        session.add(channel)
        session.flush()
        changed.append(channel)
    if not number:
        return told(session, person)
    waiting = [one for one in changed if one.verified_at is None]
    return _tested(shell, session, person, waiting) if waiting else f"It is proven already. {told(session, person)}"


def _tested(shell: Shell, session: Session, person: Person, channels: list[Channel]) -> str:
    """Sends test pages; where we may not write first they send us a code."""
    sent = [one.kind for one in channels if trials.ask(shell, session, one, trials.plain(person))]
    words = f"Test page by {', '.join(sent)}: it counts once you have answered." if sent else ""
    shut = [one for one in channels if one.kind == "whatsapp" and one.kind not in sent and shell.senders.get(one.kind)]
    for channel in shut:
        trial = Trial(channel_id=channel.id, address=channel.address, sent_at=shell.clock.now())
        session.add(trial)
        session.flush()
        ours = shell.senders["whatsapp"].removeprefix("whatsapp:")
        words += f" From that WhatsApp write {trial.id}{trials.CODE} to {ours}: it counts once you have."
    return words.strip() or "There is no channel that can be tried from here; `flask oncall show` names yours."


def _state(channel: Channel) -> str:
    shown = "" if channel.kind == "telegram" else f"ending in {re.sub(r'[^0-9]', '', channel.address)[-3:]} "
    state = "stopped by you" if channel.stopped_at else "proven" if channel.verified_at else "not proven, so not rung"
    return f"{shown}({state})"
