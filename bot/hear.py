"""A customer's line: finds or makes the conversation, keeps the line, asks the machine."""

from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.perform import play
from bot.scene import Scene, open_scene
from bot.shell import Shell
from conversations.events import Line, Said
from conversations.states import Idle, to_json
from models import Address, Conversation, Inbound, Message
from triage import Triage

_OLDEST = timedelta(hours=24)  # a provider's time is believed this far back (sla.md rule 2)


def hear(shell: Shell, session: Session, row: Inbound, line: Line, triage: Triage) -> str:
    """Acts on one line; returns the reason if the customer gets no answer to it."""
    conversation_id = _conversation(shell, session, line)
    scene = open_scene(shell, session, conversation_id)
    _remember_sender(scene, line)
    said_at = min(max(line.occurred_at or row.ingested_at, row.ingested_at - _OLDEST), row.ingested_at)
    scene.line, scene.message = line, _message(scene, line, said_at, row.ingested_at)
    return play(scene, Said(line, triage, scene.facts()))


def _conversation(shell: Shell, session: Session, line: Line) -> int:
    """The one conversation of this address; of sixteen first lines at once one makes it."""
    known = select(Conversation.id).join(Address).where(Address.channel == line.channel, Address.value == line.address)
    found = session.scalar(known)
    if found is not None:
        return found
    address = {"channel": line.channel, "value": line.address, "profile_name": line.name}
    shell.db.insert_once(session, Address, address, ("channel", "value"))
    address_id = session.scalar(
        select(Address.id).where(Address.channel == line.channel, Address.value == line.address)
    )
    fresh = {"address_id": address_id, "state": to_json(Idle())}
    shell.db.insert_once(session, Conversation, fresh, ("address_id",))
    made: int = session.scalars(known).one()
    return made


def _remember_sender(scene: Scene, line: Line) -> None:
    scene.conversation.our_address = line.our_address
    scene.conversation.language = line.language or scene.conversation.language
    if line.name and scene.address.profile_name != line.name:
        scene.address.profile_name = line.name


def _message(scene: Scene, line: Line, said_at: datetime, ingested_at: datetime) -> Message:
    message = Message(
        conversation_id=scene.conversation.id,
        ticket_id=scene.ticket.id if scene.ticket else None,
        author="customer",
        text=line.text,
        media=[asdict(media) for media in line.media],
        origin=line.provider_id,
        occurred_at=said_at,
        ingested_at=ingested_at,
    )
    scene.session.add(message)
    scene.session.flush()
    return message
