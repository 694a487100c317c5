"""T5: what time does: bursts end, clocks come due. Each sweep stands alone."""

from dataclasses import replace

from sqlalchemy import select

from bot import dues, overdue, window
from bot.incidents import answers
from bot.perform import play
from bot.scene import BY_NUMBER, open_scene, open_ticket_scene
from bot.shell import Shell
from bot.sweeps import BATCH, sweep_due, sweep_each
from conversations.events import WentQuiet
from models import Conversation


def quiet(shell: Shell) -> None:
    """Ends the bursts whose time has come, and asks for the stars that waited for the end of a shoot."""
    due = select(Conversation.id).where(Conversation.wake_at <= shell.clock.now()).order_by(Conversation.wake_at)
    sweep_due(shell, due, _wake, "quiet")


def _wake(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_scene(shell, session, BY_NUMBER, number=number)
        if scene and scene.conversation.wake_at and scene.conversation.wake_at <= scene.now:
            play(scene, WentQuiet(replace(scene.facts(), shared=answers.asks(scene))))


def windows(shell: Shell) -> None:
    """Says once, hours before WhatsApp's window closes on a customer who waits, that it will."""
    ending = select(Conversation.id).where(Conversation.window_warn_at <= shell.clock.now())
    sweep_due(shell, ending.order_by(Conversation.window_warn_at), _window_ends, "windows")


def _window_ends(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_scene(shell, session, BY_NUMBER, number=number)
        if scene is not None:
            window.warn(scene)


def clocks(shell: Shell) -> None:
    """Records targets missed and limits breached, and says so in the topic."""
    sweep_each(shell, ((number,) for number in dues.claim(shell, BATCH)), _come_due, "clocks")


def _come_due(shell: Shell, number: int) -> None:
    with shell.db.writing() as session:
        scene = open_ticket_scene(shell, session, number)
        assert scene is not None
        overdue.tell(scene)
