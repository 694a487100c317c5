"""Who may do what in an agent group: Telegram's user ids decide, never names, and what Telegram told in this minute."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.shell import Shell
from conversations.group_events import Person
from models import Agent, Alarm, Audit, Member, Role

log = structlog.get_logger()
FRESH = timedelta(seconds=60)  # what Telegram told of somebody counts this long for whatever a lead alone may do
_TOLD = timedelta(hours=24)  # Telegram keeps what it has to tell us this long: who left since, it would have told of
ROLES = ("engineer", "privacy")  # given by a lead; agent and lead are Telegram's own
ANONYMOUS = (
    "Telegram hides who you are here, so this did nothing. Switch off “Remain anonymous” in the group's admin rights."
)
STRANGER = "Only members of this group can do that."


class Unsure(Exception):
    """Whether this person belongs to the group was not told lately; Telegram is asked, and the act waits."""

    def __init__(self, chat: int, person: int) -> None:
        super().__init__("membership not known")
        self.chat, self.person = chat, person


@dataclass(frozen=True)
class Actor:
    """A member of the group who acts; a ``lead`` is one of its administrators."""

    agent: Agent
    lead: bool
    unsure: Unsure | None = None  # why it may be otherwise by now

    def leads(self) -> bool:
        """For what only leads may do. Raises Unsure when Telegram's word is older than a minute."""
        if self.unsure:
            raise self.unsure
        return self.lead

    def has(self, session: Session, role: str) -> bool:
        return session.get(Role, (self.agent.id, role)) is not None


def admitted(shell: Shell, session: Session, chat: int, person: Person) -> Actor | None:
    """Who acts, None for somebody who is no member. Raises Unsure when that is not known well enough.

    Telegram is asked about who works every half minute (``members.look_up``), and tells of a removal by itself. So an
    older word of its own counts too while the bot hears of removals: nobody's answer waits for a bad line."""
    row = session.execute(_member(), {"chat": chat, "person": person.id}).first()
    member, agent = row if row else (None, None)
    now = shell.clock.real()
    unsure = Unsure(chat, person.id)
    if member is None or not member.standing or member.checked_at is None:
        raise unsure
    age = now - member.checked_at
    if age > FRESH and (member.standing == "gone" or age > _TOLD or _deaf(session, chat)):
        raise unsure
    if member.standing == "gone":
        log.warning("stranger_refused", agent=person.id, chat=chat)
        return None
    if now - member.seen_at > FRESH:
        member.seen_at = now
    known = _named(session, agent or Agent(id=person.id), person, shell.clock.now())
    return Actor(known, member.standing == "lead", unsure if age > FRESH else None)


@cache
def _member() -> Any:
    """Built once: all that is written in a group asks for it."""
    found = select(Member, Agent).outerjoin(Agent, Agent.id == Member.agent_id)
    return found.where(Member.chat_id == bindparam("chat"), Member.agent_id == bindparam("person"))


def audit(session: Session, at: datetime, who: tuple[int, int], ticket: int | None, act: tuple[str, str]) -> None:
    """One line of the audit log: ``who`` is (chat, user id), ``act`` (what was asked, what became of it)."""
    chat, agent = who
    what, outcome = act
    session.add(
        Audit(
            at=at, chat_id=chat, agent_id=agent, ticket_id=ticket, what=what[:60], outcome=outcome.split("\n")[0][:120]
        )
    )


def _deaf(session: Session, chat: int) -> bool:
    """Whether the bot is no administrator there just now: then nobody tells it who left."""
    alarm = select(Alarm.id).where(Alarm.key == f"bot:{chat}", Alarm.cleared_at.is_(None))
    return session.scalar(alarm) is not None


def _named(session: Session, agent: Agent, person: Person, now: datetime) -> Agent:
    """The name shown is the newest; when they were seen is true to a minute."""
    known = (agent.name, agent.username) == (person.name, person.username)
    if not known or now - agent.seen_at > FRESH:
        agent.name, agent.username, agent.seen_at = person.name, person.username, now
        session.add(agent)
    return agent
