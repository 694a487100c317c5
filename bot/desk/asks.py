"""What an agent asks for, by a command or by a tap, with all that carrying it out takes."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot import outbox
from bot.desk.rights import Actor
from bot.scene import Scene
from bot.shell import Shell
from channels.wire import Option
from conversations.events import DeskSaid, DeskTapped
from models import Agent, Inbound, Ticket


@dataclass(frozen=True)
class Ask:
    """A command of ``by``: ``args`` are the words behind its name, ``here`` the scene of the ticket it is about,
    None in General and in topics of no ticket."""

    shell: Shell
    session: Session
    row: Inbound
    event: DeskSaid
    by: Actor
    args: str
    here: Scene | None

    @property
    def agent(self) -> Agent:
        return self.by.agent

    @property
    def scene(self) -> Scene:
        """For commands registered as needing a ticket."""
        assert self.here is not None
        return self.here

    @property
    def ticket(self) -> Ticket:
        return ticket_of(self.scene)

    def done(self) -> str:
        """For what the card shows: a reaction instead of one more message."""
        outbox.react(self.scene, str(self.event.chat), self.event.message, "👌")
        return ""


@dataclass(frozen=True)
class Tap:
    """A button under one of our messages, pressed by ``by``; ``argument`` is what follows the ticket's number."""

    scene: Scene
    by: Actor
    argument: str
    event: DeskTapped

    @property
    def agent(self) -> Agent:
        return self.by.agent

    @property
    def ticket(self) -> Ticket:
        return ticket_of(self.scene)


@dataclass(frozen=True)
class Told:
    """An answer of more than words: as Telegram's HTML, with buttons."""

    text: str
    html: bool = False
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Command:
    """``run`` returns what the agent is told, "" for nothing; ``usage`` is what stands behind the name, ``help`` one
    line for the menu; a command that ``needs_ticket`` runs only in a ticket's topic, one ``for_leads`` only by one."""

    run: Callable[[Ask], str | Told]
    help: str
    usage: str = ""
    needs_ticket: bool = False
    for_leads: bool = False


def ticket_of(scene: Scene) -> Ticket:
    assert scene.ticket is not None
    return scene.ticket


def current(scene: Scene) -> bool:
    """Whether the customer's conversation is about this ticket (not about a later one)."""
    return scene.conversation.ticket_id == ticket_of(scene).id


def who(agent: Agent) -> str:
    """An actor of the history."""
    return f"agent:{agent.id}"
