"""A customer's line: finds or makes the conversation, keeps the line, asks the machine."""

from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import late, tickets, window
from bot.outbox import answer_tap
from bot.pager import phoned
from bot.perform import play
from bot.scene import OF_SENDER, Scene, open_scene
from bot.shell import Shell
from conversations.events import Facts, Line, Said
from conversations.states import Idle, to_json
from models import Address, Conversation, Inbound, Message
from triage import Severity, Triage, in_hotline, in_shoot

_OLDEST = timedelta(hours=24)  # a provider's time is believed this far back (sla.md rule 2)


def hear(shell: Shell, session: Session, row: Inbound, line: Line, triage: Triage) -> str:
    """Acts on one line; returns the reason if the customer gets no answer to it."""
    known = _known(shell, session, line)
    if known is None or phoned.means_code(line):
        ours = phoned.heard(shell, session, line)
        if ours:
            return ours
    scene = known or _made(shell, session, line)
    # Asked before anything is written: what a look finds unwritten goes to the database by itself, bit by bit.
    judged = in_hotline(triage) if scene.hotline else in_shoot(triage) if _shoots(scene, triage) else triage
    said_at = min(max(line.occurred_at or row.ingested_at, row.ingested_at - _OLDEST), row.ingested_at)
    scene.line, scene.message = line, _message(scene, line, said_at, row.ingested_at)
    moved = window.heard(scene, line, said_at)
    _remember_sender(scene, line)
    if line.provider_id.startswith("tap:"):
        answer_tap(shell, session, line.provider_id.removeprefix("tap:"))
    silence = play(scene, Said(line, judged, _facts(scene, said_at), late.untold(scene)))
    if moved:
        tickets.refresh(scene, soon=False)
    return silence


def left(scene: Scene, line: Line, triage: Triage, said_at: datetime) -> None:
    """What was left on the telephone's tape: a line that opens no window and takes no STOP back."""
    if scene.ticket is None or scene.ticket.state != "open":
        scene.conversation.state = to_json(Idle())  # who calls has no patience for a question about the last ticket
    scene.line, scene.message = line, _message(scene, line, said_at, scene.now)
    play(scene, Said(line, triage, replace(scene.facts(), stopped=False)))


def _shoots(scene: Scene, triage: Triage) -> bool:
    """Whether the studio shoots this moment; asked only where it would lift something."""
    return triage.blocked and triage.severity is not Severity.SEV1 and scene.shoots_until is not None


def _facts(scene: Scene, said_at: datetime) -> Facts:
    """A line found late that was written before a STOP does not take it back."""
    stopped_at = scene.address.stopped_at
    facts = scene.facts()
    return replace(facts, stopped=False) if stopped_at and said_at < stopped_at else facts


def _known(shell: Shell, session: Session, line: Line) -> Scene | None:
    """The one conversation of this address, if there is one."""
    return open_scene(shell, session, OF_SENDER, channel=line.channel, value=line.address)


def _made(shell: Shell, session: Session, line: Line) -> Scene:
    """A first conversation; of sixteen first lines at once one makes it."""
    address = {"channel": line.channel, "value": line.address, "profile_name": line.name}
    number = shell.db.insert_once(session, Address, address, ("channel", "value"))
    if number is None:
        here = (Address.channel == line.channel, Address.value == line.address)
        number = session.scalar(select(Address.id).where(*here))
    fresh = {"address_id": number, "state": to_json(Idle())}
    shell.db.insert_once(session, Conversation, fresh, ("address_id",))
    made = _known(shell, session, line)
    assert made is not None
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
