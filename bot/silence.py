"""The silence ceiling: no SEV1 or SEV2 customer hears nothing for longer; no clock is asked (sla.md section 3)."""

import structlog
from sqlalchemy import select

from bot import alarms, ledger, outbox, promises, tickets
from bot.scene import Scene, open_ticket_scene
from bot.shell import Shell
from bot.sweeps import sweep_due
from models import Ticket

log = structlog.get_logger()


def silence(shell: Shell) -> None:
    """Finds who has heard nothing for too long, and breaks the silence."""
    silent = select(Ticket.id).where(Ticket.silent_at < shell.clock.now()).order_by(Ticket.silent_at)
    sweep_due(shell, silent, _break, "silence")


def _break(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        assert scene is not None
        ticket = scene.ticket
        if ticket and ticket.silent_at and ticket.silent_at < scene.now:
            _speak(scene, ticket)


def _speak(scene: Scene, ticket: Ticket) -> None:
    """The bot's holding message, if it was not the last to speak with one; an alarm in any case."""
    since = ticket.silent_at
    assert since is not None
    log.error("silence_ceiling", ticket=ticket.id)
    ticket.silent_at = None  # counts anew once the customer hears something
    ledger.record(scene, "silence", since, "bot", {})
    words = f"#{ticket.id}: the customer has heard nothing for too long. A person must write now."
    outbox.notice(scene, words)
    alarms.raise_alarm(scene.shell, scene.session, tickets.overdue_key(scene), words, scene.group)
    if not held_last(scene):
        promises.hold(scene)


def held_last(scene: Scene) -> bool:
    """Whether the bot has asked for patience since a person last wrote: a second time is forbidden."""
    last = [event.kind for event in ledger.history(scene) if event.kind in ("held_over", "replied")]
    return last[-1:] == ["held_over"]
