"""``/incident`` and the buttons of an incident's card: what several studios have at once is told and ended as one."""

import re
from collections.abc import Callable
from datetime import datetime

from bot.desk import keyboards, times
from bot.desk.asks import Ask, Tap, Told
from bot.incidents import deciding, links, showing, telling
from bot.incidents.telling import Said
from bot.shell import Shell
from conversations.phrases import books
from models import Incident, IncidentTicket, Ticket

USAGE = (
    "/incident lists them, /incident 7 shows I-7.\n"
    "/incident new Galleries don't load, in a ticket's topic, begins one with it.\n"
    "/incident 7 add 12 13 links tickets, /incident 7 drop 12 takes one out; in its topic without its number.\n"
    "/incident 7 status 11:45 words tells everybody in it; a line that begins with es: is for those who read Spanish.\n"
    "/incident 7 clear words asks each whether theirs works; /incident 7 close ours words resolves all that are left.\n"
    "/incident 7 sev 1 and /incident 7 name words change what it is called."
)
_NUMBER = re.compile(r"(?:I-)?([0-9]{1,9})\b\s*", re.IGNORECASE)
_TICKET = re.compile(r"#?([0-9]{1,18})")
_FARTHEST = 2  # days ahead an update of an incident may be promised


def incident(ask: Ask) -> str | Told:
    """``/incident [number] verb ...``."""
    if not ask.args:
        return _list(ask)
    verb, rest = _parted(ask.args)
    if verb.lower() == "new":
        return _new(ask, rest)
    found = _NUMBER.match(ask.args)
    if found is None:
        return USAGE
    known = ask.session.get(Incident, int(found[1]))
    if known is None:
        return "There is no such incident; /incident lists them."
    verb, rest = _parted(ask.args[found.end() :])
    if not verb:
        return Told(showing.words(ask.shell, ask.session, known), html=True)
    act = _VERBS.get(verb.lower())
    if act is None:
        return USAGE
    held = links.locked(ask.session, known.id)
    if held is None or held.state not in links.RUNNING:
        return deciding.stands(ask.session, held)
    return act(ask, held, rest)


def tapped(tap: Tap) -> str:
    """``7:sev1``: what a button of the card says, under the card's group."""
    number, _, verb = tap.argument.partition(":")
    shell, session = tap.scene.shell, tap.scene.session
    if not number.isdecimal():
        return "This button is from another version; use the newest card."
    if verb in ("sev1", "sev2"):
        return deciding.confirm(shell, session, int(number), tap.agent, int(verb[-1]))
    if verb == "refuse":
        return deciding.refuse(shell, session, int(number), tap.agent)
    held = links.locked(session, int(number))
    if verb != "first" or held is None or held.state != "open" or showing.told(session, held):
        return "That has been said already; /incident shows what stands."
    line = telling.write(shell, session, held, tap.agent, Said("status"))
    return f"It goes to {telling.reach(shell, session, line)}."


def _list(ask: Ask) -> str | Told:
    found = links.standing(ask.session, "proposed", *links.RUNNING)
    lines = [showing.brief(ask.shell, ask.session, one) for one in found]
    return Told("\n".join(lines), html=True) if lines else f"No incident stands.\n{USAGE}"


def _new(ask: Ask, title: str) -> str:
    if ask.here is None or not title:
        return "Write it in the topic of a ticket, with what it is: /incident new Galleries don't load"
    if ask.ticket.state != "open":
        return f"#{ask.ticket.id} is already resolved."
    if links.held(ask.session, ask.ticket.id) is not None:
        return f"#{ask.ticket.id} is in an incident already; its card says in which."
    made = deciding.by_hand(ask.scene, ask.agent, title)
    return f"{links.name(made)} stands, with #{ask.ticket.id}. /incident {made.id} add 12 links further tickets."


def _add(ask: Ask, held: Incident, args: str) -> str:
    """The tickets learn of it at the next look, each under its own lock."""
    numbers = _tickets(ask, args)
    if not numbers:
        return f"Which tickets? /incident {held.id} add 12 13, or without a number in the ticket's topic."
    told = [_linked(ask, held, number) for number in numbers]
    return " ".join(told)


def _linked(ask: Ask, held: Incident, number: int) -> str:
    ticket = ask.session.get(Ticket, number)
    if ticket is None or ticket.state != "open":
        return f"#{number} is no open ticket."
    if links.held(ask.session, number) is not None:
        return f"#{number} is in an incident already."
    made = IncidentTicket(incident_id=held.id, ticket_id=number, linked_by=f"agent:{ask.agent.id}")
    made.linked_at = ask.shell.clock.now()
    ask.session.add(made)
    return f"#{number} is in {links.name(held)} now."


def _drop(ask: Ask, held: Incident, args: str) -> str:
    numbers = _tickets(ask, args)
    made = links.link_of(ask.session, held.id, numbers[0]) if len(numbers) == 1 else None
    if len(numbers) != 1:
        return f"Which ticket? /incident {held.id} drop 12, or without a number in its topic."
    if made is None:
        return f"#{numbers[0]} is not in {links.name(held)}."
    made.left_why = f"taken out by {ask.agent.name}"
    return f"#{numbers[0]} is a ticket of its own again."


def _status(ask: Ask, held: Incident, args: str) -> str:
    at, words = _moment(ask.shell, args)
    if isinstance(at, str):
        return at
    if not words:
        return (
            f"What is the news? /incident {held.id} status 11:45 The cause is found, galleries come back step by step."
        )
    return _said(ask, held, Said("status", _texts(words), at))


def _clear(ask: Ask, held: Incident, args: str) -> str:
    at, words = _moment(ask.shell, args)
    if isinstance(at, str):
        return at
    return f"{_said(ask, held, Said('clear', _texts(words), at))} Each is asked whether theirs works."


def _close(ask: Ask, held: Incident, args: str) -> str:
    cause, words = _parted(args)
    if cause.lower() not in keyboards.CAUSES:
        causes = ", ".join(keyboards.CAUSES)
        return (
            f"What was wrong? One of {causes}: /incident {held.id} close ours All clear since 12:30, nothing was lost."
        )
    return f"{_said(ask, held, Said('close', _texts(words), None, cause.lower()))} Their tickets are resolved."


def _severity(ask: Ask, held: Incident, args: str) -> str:
    """Its tickets rise with it at the next look; none is lowered."""
    level = args.upper().removeprefix("SEV")
    if level not in ("1", "2", "3"):
        return f"Write the level: /incident {held.id} sev 1"
    held.severity = int(level)
    for made, _ in links.members(ask.session, held):
        made.joined_at = None
    return f"{links.name(held)} is SEV{level}."


def _name(_: Ask, held: Incident, args: str) -> str:
    if not args:
        return f"What is it called? /incident {held.id} name Galleries don't load"
    held.title = args[: deciding.LONGEST]
    return f"{links.name(held)} is “{held.title}”."


def _said(ask: Ask, held: Incident, said: Said) -> str:
    line = telling.write(ask.shell, ask.session, held, ask.agent, said)
    return f"It goes to {telling.reach(ask.shell, ask.session, line)}."


def _moment(shell: Shell, args: str) -> tuple[datetime | str | None, str]:
    """(the next update that is promised, the words); a time that cannot be is said."""
    now, zone = shell.clock.now(), shell.policies.support_zone
    first, rest = _parted(args)
    second, last = _parted(rest)
    for text, words in ((f"{first} {second}", last), (first, rest)):
        meant = times.read(text, now, zone, bare=False)  # the next words may begin with a day's name
        if meant is not None and (meant.passed or (meant.at - now).days >= _FARTHEST):
            return f"The next update must lie ahead, within {_FARTHEST} days, like {times.EXAMPLES}.", ""
        if meant is not None:
            return meant.at, words
    return None, args


def _texts(words: str) -> dict[str, str]:
    """By language: a line that begins with the code of a phrase book begins that language's text."""
    texts, language = dict[str, list[str]](), ""
    for line in words.splitlines():
        code, colon, rest = line.partition(":")
        named = bool(colon) and code.strip().lower() in books()
        language = code.strip().lower() if named else language
        texts.setdefault(language, []).append((rest if named else line).strip())
    told = {key: "\n".join(some).strip() for key, some in texts.items()}
    return {key: text for key, text in told.items() if text}


def _parted(text: str) -> tuple[str, str]:
    """(the first word, the rest with its lines)."""
    first, *rest = text.split(maxsplit=1) or [""]
    return first, rest[0].strip() if rest else ""


def _tickets(ask: Ask, args: str) -> list[int]:
    numbers = [int(found) for found in _TICKET.findall(args)]
    return numbers or ([ask.ticket.id] if ask.here else [])


_VERBS: dict[str, Callable[[Ask, Incident, str], str]] = {
    "add": _add,
    "drop": _drop,
    "status": _status,
    "clear": _clear,
    "close": _close,
    "sev": _severity,
    "name": _name,
}
