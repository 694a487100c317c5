"""Who may do what in an agent group: Telegram's user ids decide, never names."""

from datetime import datetime

from sqlalchemy.orm import Session

from conversations.events import Person
from models import Agent

ANONYMOUS = (
    "Telegram hides who you are here, so this did nothing. Switch off “Remain anonymous” in the group's admin rights."
)


def agent(session: Session, person: Person, now: datetime) -> Agent:
    """Whoever writes in an agent group is an agent; the name shown is the newest."""
    known = session.get(Agent, person.id) or Agent(id=person.id)
    known.name, known.username, known.seen_at = person.name, person.username, now
    session.add(known)
    return known
