"""Canned replies: written once, by name and language, filled in for each customer."""

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from string import Formatter

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import tickets
from bot.desk.asks import Ask, ticket_of
from bot.scene import Scene
from conversations.phrases import books, clock_time
from models import Agent, Canned

VARIABLES = ("name", "agent", "studio", "number", "by")
_NAME = re.compile(r"([a-z][a-z0-9_-]{1,29})(?:\.([a-z]{2}))?")
_LONGEST = 1500
_ALIKE = 0.8  # of 1: "acess" is a slip of "access", "paid" none of "payment"
_USAGE = (
    "/canned lists them, /canned refund shows one.\n"
    "/canned add refund Hello {name}, ... adds one in English, /canned add refund.es Hola {name}, ... in Spanish.\n"
    "/canned edit refund ... and /canned remove refund change it.\n"
    "Filled in: " + ", ".join(f"{{{one}}}" for one in VARIABLES)
)


@cache
def shipped() -> Mapping[tuple[str, str], str]:
    """The starter set by (name, language)."""
    found = tomllib.loads(resources.files("bot.desk").joinpath("canned.toml").read_text(encoding="utf-8"))
    return {(name, language): text for name, texts in found.items() for language, text in texts.items()}


def filled(scene: Scene, agent: Agent, name: str) -> str:
    """The reply of this name in the customer's language, else in English; nothing for no such name."""
    if not _NAME.fullmatch(name.lower()):
        return ""
    known = _known(scene.session)
    language = scene.language.replace("_", "-").split("-")[0].lower()
    text = known.get((name.lower(), language)) or known.get((name.lower(), "en"), "")
    contact = scene.address.contact
    values = {
        "name": scene.name,
        "agent": agent.name,
        "studio": contact.studio.name if contact else "",
        "number": str(ticket_of(scene).id),
        "by": clock_time(tickets.promised(scene), scene.now, scene.zone, scene.language),
    }
    return text.format_map(values).removeprefix(", ") if text else ""


def meant(session: Session, word: str) -> str:
    """The name a single word is a slip of, if any."""
    names = {name for name, _ in _known(session)} if _NAME.fullmatch(word.lower()) else set()
    if word.lower() in names:
        return ""  # it is there in another language only
    return next(iter(get_close_matches(word.lower(), names, 1, _ALIKE)), "")


def canned(ask: Ask) -> str:
    """``/canned``, ``/canned name``, ``/canned add|edit|remove name[.language] text``."""
    verb, _, rest = ask.args.partition(" ")
    verb, known = verb.lower(), _known(ask.session)
    if verb in ("", "list"):
        names = sorted({name for name, _ in known})
        told = [f"{name} ({', '.join(sorted(one for each, one in known if each == name))})" for name in names]
        return f"{', '.join(told) or 'There are none.'}\nSend one with /r name.\n{_USAGE}"
    if verb not in ("add", "edit", "remove"):
        texts = [f"{name}.{language}: {text}" for (name, language), text in sorted(known.items()) if name == verb]
        return "\n".join(texts) or f"There is no canned reply {verb}.\n{_USAGE}"
    name, _, text = rest.strip().partition(" ")
    return _changed(ask, verb, name.lower(), text.strip())


def _changed(ask: Ask, verb: str, key: str, text: str) -> str:
    found = _NAME.fullmatch(key)
    if found is None or (found[2] or "en") not in books() or (verb != "remove" and not text):
        return _USAGE
    name, language = found[1], found[2] or "en"
    exists = (name, language) in _known(ask.session)
    wrong = "" if verb == "remove" else _wrong(text)
    if wrong:
        return wrong
    if exists == (verb == "add"):
        return (
            f"{name}.{language} is there already; /canned edit changes it."
            if exists
            else f"There is no {name}.{language}."
        )
    _write(ask, name, language, "" if verb == "remove" else text)
    return {"add": "Added", "edit": "Changed", "remove": "Removed"}[verb] + f": {name}.{language}"


def _wrong(text: str) -> str:
    """What would not go out right, in words; nothing for a text that will."""
    try:
        named = [name for _, name, form, how in Formatter().parse(text) if name is not None or form or how]
    except ValueError:
        return "A { or } stands alone; for a brace itself write it twice."
    unknown = [str(name) for name in named if name not in VARIABLES]
    if unknown:
        return f"Nothing can be filled in for {{{unknown[0]}}}; known are " + ", ".join(
            f"{{{one}}}" for one in VARIABLES
        )
    return f"It is {len(text)} characters long, at most {_LONGEST} go out in one." if len(text) > _LONGEST else ""


def _write(ask: Ask, name: str, language: str, text: str) -> None:
    where = (Canned.name == name, Canned.language == language)
    row = ask.session.scalar(select(Canned).where(*where)) or Canned(name=name, language=language)
    row.text, row.changed_by, row.changed_at = text, ask.agent.id, ask.shell.clock.now()
    ask.session.add(row)


def _known(session: Session) -> dict[tuple[str, str], str]:
    """What ships, changed and added to by the agents; a removed one has no text."""
    ours = {(row.name, row.language): row.text for row in session.scalars(select(Canned))}
    return {key: text for key, text in {**shipped(), **ours}.items() if text}
