"""The signed link by which one person takes one page: made, and read again."""

from datetime import timedelta

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy.orm import Session

from bot.shell import Shell
from models import Page, Person

PATH = "/ack/"
LASTS = timedelta(hours=12)  # a night; a page that still rings then has sent younger ones
_SALT = "ack"


class NoLink(Exception):
    """The link is not one of ours, was cut off, or names nobody who is on call any more."""


class OldLink(NoLink):
    """The link was one of ours once."""


def link(shell: Shell, page: Page, person: Person) -> str:
    """One person's link to one page."""
    until = int((shell.clock.real() + LASTS).timestamp())
    return f"{shell.public_url}{PATH}{_signer(shell).dumps([page.id, person.id, until])}"


def named(shell: Shell, session: Session, token: str) -> tuple[Page, Person]:
    """What a link names. Raises NoLink, OldLink."""
    try:
        page_id, person_id, until = (int(part) for part in _signer(shell).loads(token))
    except (BadData, TypeError, ValueError) as error:
        raise NoLink from error
    if shell.clock.real().timestamp() >= until:
        raise OldLink
    page, person = session.get(Page, page_id), session.get(Person, person_id)
    if page is None or person is None or not person.roles:
        raise NoLink
    return page, person


def _signer(shell: Shell) -> URLSafeSerializer:
    return URLSafeSerializer(shell.secret, salt=_SALT)
