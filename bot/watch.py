"""T5: what time does: bursts end, clocks come due. Each sweep stands alone."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import select

from bot import dues, overdue, window
from bot.perform import play
from bot.scene import open_scene, open_ticket_scene
from bot.shell import Shell
from conversations.events import WentQuiet
from models import Conversation

log = structlog.get_logger()
BATCH = 200


T = TypeVar("T")


def sweep(work: Callable[[], T], name: str) -> T | None:
    """Runs one piece of work and returns what it does; one that fails is logged and does not stop the others."""
    try:
        return work()
    except Exception:
        log.exception("sweep_failed", sweep=name)
        return None


def quiet(shell: Shell) -> None:
    """Ends the bursts whose time has come."""
    now = shell.clock.now()
    with shell.db.reading() as session:
        ended = select(Conversation.id).where(Conversation.wake_at <= now).order_by(Conversation.wake_at)
        numbers = session.scalars(ended.limit(BATCH)).all()
    for number in numbers:
        sweep(partial(_end_burst, shell, number), "quiet")
        shell.wakes.deliver.set()


def _end_burst(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_scene(shell, session, Conversation.id == number)
        if scene and scene.conversation.wake_at and scene.conversation.wake_at <= scene.now:
            play(scene, WentQuiet(scene.facts()))


def windows(shell: Shell) -> None:
    """Says once, hours before WhatsApp's window closes on a customer who waits, that it will."""
    now = shell.clock.now()
    with shell.db.reading() as session:
        ending = select(Conversation.id).where(Conversation.window_warn_at <= now).order_by(Conversation.window_warn_at)
        numbers = session.scalars(ending.limit(BATCH)).all()
    for number in numbers:
        sweep(partial(_window_ends, shell, number), "windows")
        shell.wakes.deliver.set()


def _window_ends(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_scene(shell, session, Conversation.id == number)
        if scene is not None:
            window.warn(scene)


def clocks(shell: Shell) -> None:
    """Records targets missed and limits breached, and says so in the topic."""
    for number in dues.claim(shell, BATCH):
        sweep(partial(_come_due, shell, number), "clocks")
        shell.wakes.deliver.set()


def _come_due(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        assert scene is not None
        overdue.tell(scene)
