"""What a page says on a telephone, in the person's language: short enough for a lock screen."""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.incidents import links
from bot.shell import Shell
from conversations.phrases import clock_time, shortened
from models import Incident, Page, Person, Ring, Shoot, Ticket

_WORDS, _NAME, _LISTED = 60, 24, 5  # characters of theirs and of the studio; tickets a bundle names


@cache
def _books() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(resources.files("bot.pager").joinpath("page_words.toml").read_text(encoding="utf-8"))


def worded(language: str, phrase: str, **values: object) -> str:
    """One sentence in the person's language, else in English."""
    return _books().get(language.partition("-")[0].lower(), _books()["en"])[phrase].format(**values)


def languages() -> tuple[str, ...]:
    """The languages of the book."""
    return tuple(_books())


def ringing(session: Session, delivery: int) -> tuple[Person, list[Page]] | None:
    """Whom a delivery rings, and for which pages; None when all of them are silent by now."""
    found = select(Ring.person_id, Page).join(Page, Page.id == Ring.page_id)
    rows = session.execute(found.where(Ring.delivery_id == delivery, Ring.state == "ringing").order_by(Page.id)).all()
    return (session.get_one(Person, rows[0][0]), [page for _, page in rows]) if rows else None


def text(shell: Shell, session: Session, person: Person, pages: Sequence[Page]) -> str:
    """What a delivery says: of one ticket what and since when, of several their numbers."""
    if len(pages) == 1:
        return one(shell, session, person, pages[0])
    listed = [f"#{page.ticket_id} {who(session.get_one(Ticket, page.ticket_id))} {page.code}" for page in pages]
    more = f", +{len(listed) - _LISTED}" if len(listed) > _LISTED else ""
    return worded(person.language, "several", count=len(pages), list=", ".join(listed[:_LISTED]) + more)


def one(shell: Shell, session: Session, person: Person, page: Page) -> str:
    ticket = session.get_one(Ticket, page.ticket_id)
    return worded(
        person.language,
        "one",
        kind=worded(person.language, page.ladder),
        number=ticket.id,
        who=_whose(session, person, ticket),
        words=shortened(ticket.words, _WORDS) or ticket.category,
        since=time(shell, ticket.opened_at, person.language),
        shoot=worded(person.language, "shoot_now") if shooting(session, ticket, shell.clock.now()) else "",
        code=page.code,
    )


def shooting(session: Session, ticket: Ticket, now: datetime) -> datetime | None:
    """Until when the studio shoots, if it does this moment."""
    running = (Shoot.studio_id == ticket.studio_id, Shoot.begins_at <= now, Shoot.ends_at > now)
    return session.scalar(select(func.max(Shoot.ends_at)).where(*running)) if ticket.studio_id else None


def spoken(session: Session, person: Person, pages: Sequence[Page]) -> str:
    """What a call says; a number is said digit by digit."""
    if len(pages) > 1:
        return worded(person.language, "spoken_several", count=len(pages))
    ticket = session.get_one(Ticket, pages[0].ticket_id)
    return worded(
        person.language,
        "spoken",
        kind=worded(person.language, pages[0].ladder),
        number=" ".join(str(ticket.id)),
        who=_whose(session, person, ticket),
        words=shortened(ticket.words, _WORDS) or ticket.category,
    )


def who(ticket: Ticket) -> str:
    """The studio, else what is known: nobody's number."""
    return shortened(ticket.studio.name, _NAME) if ticket.studio else ticket.tier


def _whose(session: Session, person: Person, ticket: Ticket) -> str:
    """How many there are, when it rings for an incident."""
    incident = session.get(Incident, ticket.incident_id) if ticket.incident_id is not None else None
    if incident is None or incident.state not in links.RUNNING:
        return who(ticket)
    others = links.studios([one for _, one in links.members(session, incident)]) - 1
    return worded(person.language, "shared", who=who(ticket), count=others) if others else who(ticket)


def time(shell: Shell, moment: datetime, language: str) -> str:
    return clock_time(moment, shell.clock.now(), shell.policies.support_zone, language)
