"""Who calls us, who is asked to take the call, and where the caller is written to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bot.hotline import windows
from bot.hotline.roster import load_rota
from bot.scene import BY_ADDRESS, BY_NUMBER, Scene, open_scene, open_ticket_scene
from bot.shell import Shell
from conversations.phrases import clock_time
from conversations.states import Idle, to_json
from models import Address, Channel, Contact, Conversation, HotlineWindow, IncomingCall, Person, Studio, Ticket
from oncall.people import EVERYBODY
from oncall.rota import crew

_NUMBERS = ("sms", "whatsapp")  # channels whose addresses are telephone numbers
_ASKED = 5  # people rung one after the other, at most: nobody waits longer than two minutes for a voice
_AGAIN = timedelta(hours=1)  # a caller is sent one text in this time, however often they call


@dataclass(frozen=True, slots=True)
class Promised:
    """By when a person answers, as the caller reads it: what stops a studio, and anything else."""

    urgent: str
    by: str


def contact_of(session: Session, number: str) -> Contact | None:
    """Whom the directory has under this number."""
    known = select(Address).where(
        Address.value == number, Address.channel.in_(_NUMBERS), Address.contact_id.is_not(None)
    )
    address = session.scalars(known.order_by(Address.channel, Address.id)).unique().first() if number else None
    return address.contact if address else None


def on_hotline(contact: Contact | None, now: datetime) -> bool:
    until = contact.studio.hotline_until if contact else None
    return until is not None and now < until


def hotline_ran(session: Session, contact: Contact, at: datetime) -> bool:
    """Whether their studio's hotline was, or was to be, open at a moment of the past."""
    mine = (HotlineWindow.studio_id == contact.studio_id, HotlineWindow.opens_at <= at, HotlineWindow.closes_at > at)
    return session.scalar(select(HotlineWindow.id).where(*mine).limit(1)) is not None


def of_the_crew(session: Session, number: str) -> str:
    """The language of somebody on call who has this number, "" where it is nobody's."""
    theirs = select(Person).join(Channel).where(Channel.address == number, Channel.kind.in_(("sms", "voice")))
    person = session.scalars(theirs.order_by(Person.id)).first() if number else None
    return person.language if person and person.roles else ""


def asked(shell: Shell, session: Session, caller: str) -> list[dict[str, Any]]:
    """Who is rung for the hotline, in the order of the response ladder; everybody only where no role is held."""
    now = shell.clock.now()
    on = crew(load_rota(session, now), now)
    roles = [role for step in shell.ladders["response"].steps for role in step.roles if role != EVERYBODY]
    people = [one for role in roles for one in on.get(role, ()) if "voice" in one.channels]
    people = people or [one for one in on[EVERYBODY] if "voice" in one.channels]
    kinds = select(Channel.person_id, Channel.address).where(Channel.kind == "voice")
    numbers = {person: address for person, address in session.execute(kinds)}  # noqa: C416 (rows, not pairs)
    found = {one.id: {"person": one.id, "to": numbers[one.id], "language": one.language} for one in people}
    return [leg for leg in found.values() if leg["to"] != caller][:_ASKED]


def promised(shell: Shell, contact: Contact | None, now: datetime) -> Promised:
    studio: Studio | None = contact.studio if contact else None
    where = ZoneInfo(studio.timezone) if studio else shell.policies.support_zone
    tier, inside = studio.tier if studio else "free", on_hotline(contact, now)
    dues = (shell.policies.promised(tier, severity, inside).first_response.dues(now).target for severity in (1, 3))
    return Promised(*(clock_time(due, now, where, studio.language if studio else "en") for due in dues))


def may_text(shell: Shell, session: Session, call: IncomingCall, contact: Contact | None) -> bool:
    """Not who has said STOP on any channel, and not again and again."""
    since = call.begun_at - _AGAIN
    again = exists().where(
        IncomingCall.caller == call.caller, IncomingCall.texted_at > since, IncomingCall.id != call.id
    )
    theirs = (Address.contact_id == contact.id) if contact else (Address.value == call.caller)
    stopped = exists().where(theirs | (Address.value == call.caller), Address.stopped_at.is_not(None))
    able = bool(call.caller and shell.senders.get("sms")) or contact is not None
    return able and not session.scalar(select(again | stopped))


def scene_of(shell: Shell, session: Session, call: IncomingCall, contact: Contact | None) -> Scene | None:
    """Where the call belongs, locked: its ticket, else the caller's open one, else where they are written to."""
    if call.ticket_id is not None:
        return open_ticket_scene(shell, session, call.ticket_id)
    if contact is not None:
        current = select(Ticket.conversation_id).join(Conversation, Conversation.ticket_id == Ticket.id)
        open_ones = current.where(Ticket.contact_id == contact.id, Ticket.state == "open").order_by(Ticket.id.desc())
        number = session.scalar(open_ones.limit(1))
        if number is not None:
            return open_scene(shell, session, BY_NUMBER, number=number)
    chat = windows.reach(shell, session, contact) if contact and call.state != "outside" else None
    return chat or _by_number(shell, session, call, contact)


def _by_number(shell: Shell, session: Session, call: IncomingCall, contact: Contact | None) -> Scene | None:
    """The conversation by SMS with the number that called; without SMS one on whatever channel the caller has."""
    if shell.senders.get("sms") and call.caller:
        value = {"channel": "sms", "value": call.caller, "contact_id": contact.id if contact else None}
        shell.db.insert_once(session, Address, {**value, "profile_name": ""}, ("channel", "value"))
        mine = select(Address.id).where(Address.channel == "sms", Address.value == call.caller)
    elif contact is not None:
        on = Address.channel.in_([name for name in shell.channels if name != "email"])
        mine = select(Address.id).where(Address.contact_id == contact.id, on).order_by(Address.id).limit(1)
    else:
        return None
    number = session.scalar(mine)
    if number is None:
        return None
    fresh = {"address_id": number, "language": call.language, "state": to_json(Idle())}
    shell.db.insert_once(session, Conversation, fresh, ("address_id",))
    return open_scene(shell, session, BY_ADDRESS, number=number)
