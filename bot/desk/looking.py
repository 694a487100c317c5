"""Looking things up: a studio's history, and tickets by their words."""

from html import escape

from sqlalchemy import ColumnElement, String, cast, func, or_, select
from sqlalchemy.orm import Session

from bot.desk.asks import Ask, Told
from bot.hotline import shoots
from bot.topics import place
from conversations.phrases import clock_time, shortened
from models import Contact, Message, Rating, Studio, Ticket

_SHOWN = 8
_SHOOTS = 4


def studio(ask: Ask) -> str | Told:
    """``/studio`` in a topic, ``/studio name`` anywhere: people, open and last tickets, shoots ahead, last ratings."""
    found = _studio(ask)
    if isinstance(found, str):
        return found
    session = ask.session
    people = session.scalars(select(Contact).where(Contact.studio_id == found.id).order_by(Contact.name)).unique()
    names = ", ".join(f"{one.name} ({one.role}{', ' + one.branch if one.branch else ''})" for one in people)
    theirs = select(Ticket).where(Ticket.studio_id == found.id).order_by(Ticket.id.desc())
    still = session.scalars(theirs.where(Ticket.state == "open").limit(_SHOWN)).unique().all()
    last = session.scalars(theirs.where(Ticket.state != "open").limit(_SHOWN)).unique().all()
    ahead = shoots.ahead(session, found.id, ask.shell.clock.now())
    lines = [
        f"<b>{escape(found.name)}</b> · {found.tier} · {found.timezone} · {found.language}",
        escape(names),
        f"Open: {len(still)}" if still else "Nothing open.",
        *(_line(ask, one) for one in still),
        "Before:" if last else "Nothing before.",
        *(_line(ask, one) for one in last),
        *(escape(f"{shoots.said(one)} {one.title}".strip()) for one in ahead[:_SHOOTS]),
        f"and {len(ahead) - _SHOOTS} more shoots: /shoot" if len(ahead) > _SHOOTS else "",
        _ratings(session, found.id),
    ]
    return Told("\n".join(filter(None, lines)), html=True)


def find(ask: Ask) -> str | Told:
    """``/find words``: each stands in the ticket, its messages, its studio or its people; a number is a ticket's."""
    words = ask.args.lower().split()[:6]
    if not words:
        return "Write what to look for: a number, a studio, words of the customer, like /find adeyemi card"
    wanted = select(Ticket).outerjoin(Ticket.studio).outerjoin(Ticket.contact).where(*map(_holds, words))
    found = ask.session.scalars(wanted.order_by(Ticket.id.desc()).limit(_SHOWN + 1)).unique().all()
    lines = [_line(ask, one) for one in found[:_SHOWN]]
    more = ["and more: add a word"] if len(found) > _SHOWN else []
    return Told("\n".join([*lines, *more]) or f"No ticket has {escape(' and '.join(words))}.", html=True)


def _studio(ask: Ask) -> Studio | str:
    if not ask.args:
        here = ask.ticket.studio if ask.here else None
        return here or "Write the studio's name: /studio Adeyemi"
    return called(ask.session, ask.args)


def called(session: Session, name: str) -> Studio | str:
    """The studio of this name, or the only one whose name holds these words; else what to ask."""
    wanted = select(Studio).where(func.lower(Studio.name).contains(name.lower(), autoescape=True))
    found = session.scalars(wanted.order_by(Studio.name).limit(_SHOWN + 1)).all()
    exact = [one for one in found if one.name.lower() == name.lower()]
    if len(found) == 1 or exact:
        return (exact or list(found))[0]
    names = ", ".join(one.name for one in found[:_SHOWN])
    return f"Which one: {names}?" if found else f"No studio is called {name}."


def _holds(word: str) -> ColumnElement[bool]:
    number = word.removeprefix("#")
    said = select(Message.id).where(Message.ticket_id == Ticket.id, _in(Message.text, word))
    places = [_in(Ticket.words, word), _in(Ticket.category, word), _in(Studio.name, word), _in(Contact.name, word)]
    return or_(cast(Ticket.id, String) == number, *places, said.exists())


def _in(column: object, word: str) -> ColumnElement[bool]:
    return func.lower(column).contains(word, autoescape=True)


def _ratings(session: Session, studio_id: int) -> str:
    rated = select(Rating).join(Ticket, Ticket.id == Rating.ticket_id).where(Ticket.studio_id == studio_id)
    last = session.scalars(rated.order_by(Rating.answered_at.desc()).limit(5)).all()
    told = [f"#{one.ticket_id} {f'{one.stars}/5' if one.stars else one.solved}" for one in last]
    return f"Ratings: {', '.join(told)}" if told else ""


def _line(ask: Ask, ticket: Ticket) -> str:
    """``#12 SEV2 upload, resolved Mon 8 Jun 14:00 · Adeyemi Photo: "uploads fail"``."""
    now, zone = ask.shell.clock.now(), ask.shell.policies.support_zone
    at = clock_time(ticket.resolved_at or ticket.opened_at, now, zone, "en")
    owner = f", {escape(ticket.owner.name)}" if ticket.owner else ""
    who = f" · {escape(ticket.studio.name)}" if ticket.studio else ""
    words = escape(shortened(ticket.words, 60))
    return f"{place(ticket)} SEV{ticket.severity} {ticket.category}, {ticket.state} {at}{owner}{who}: {words}"
