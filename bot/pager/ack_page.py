"""Behind a page's signed link: what it shows, and taking the page by its button (sla.md section 6)."""

from dataclasses import dataclass

from bot.pager import acks
from bot.pager.ack_link import named
from bot.pager.page_words import time, who, worded
from bot.scene import open_ticket_scene
from bot.shell import Shell
from conversations.phrases import shortened
from models import Ticket
from oncall.pages import from_json

_WORDS = 240


@dataclass(frozen=True, slots=True)
class Shown:
    """What somebody who opens the link reads: the ticket, and who has it or (``asked``) that nobody does."""

    language: str
    title: str
    words: str
    standing: str
    asked: bool


def shown(shell: Shell, token: str) -> Shown:
    """Looks only: previews and scanners open every link they see. Raises NoLink, OldLink."""
    with shell.db.reading() as session:
        page, person = named(shell, session, token)
        ticket, holder, language = (
            session.get_one(Ticket, page.ticket_id),
            from_json(page.state).holder,
            person.language,
        )
        since = time(shell, ticket.opened_at, language)
        values = {"kind": worded(language, page.ladder), "number": ticket.id, "who": who(ticket), "since": since}
        title, words = worded(language, "link_title", **values), shortened(ticket.words, _WORDS) or ticket.category
        if page.ended_at is None and holder is None:
            return Shown(language, title, words, worded(language, "link_asks"), asked=True)
        if holder is None:
            return Shown(language, title, words, worded(language, "over", number=ticket.id), asked=False)
        phrase = "mine" if holder.person == person.id else "has"
        at = time(shell, holder.at, language)
        has = worded(language, phrase, name=holder.name, number=ticket.id, since=at)
        return Shown(language, title, words, has, asked=False)


def take(shell: Shell, token: str) -> None:
    """The button was pressed; who comes late changes nothing. Raises NoLink, OldLink."""
    with shell.db.writing() as session:
        page, person = named(shell, session, token)
        scene = open_ticket_scene(shell, session, page.ticket_id)
        assert scene is not None
        session.refresh(page)
        acks.by_person(scene, page, person, "link")
    shell.wakes.deliver.set()
