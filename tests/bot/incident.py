"""Studios with one problem in a house, and what the worker does about it."""

from datetime import timedelta

from bot.incidents.proposing import Proposer
from bot.incidents.turn import turn
from bot.pager import rungs
from channels.wire import EditText, SendText
from models import Incident, IncidentTicket, StatusCopy, Ticket
from tests.bot.house import GROUP, LENA, House

BEN, INES, KOFI, OLGA = "+34600000101", "+34600000102", "+34600000103", "+34600000104"
SAID = {
    BEN: "galleries don't load for my clients",
    INES: "all my galleries are blank",
    KOFI: "gallery 502?",
}
NAMES = {BEN: "Ben", INES: "Ines", KOFI: "Kofi", OLGA: "Olga"}


def reports(house: House, number: str, words: str = "", **studio: str) -> None:
    """One studio writes; its receipt is out."""
    house.studio(f"{NAMES[number]} Studio", NAMES[number], number, **studio)
    house.says(words or SAID[number], number)
    looks(house)
    house.clock.passes(20)
    looks(house)


def looks(house: House) -> None:
    """What the worker does within some seconds."""
    from bot import watch  # noqa: PLC0415 (the sweeps are looked up when they run

    propose = Proposer(house.shell)
    for _ in range(3):
        house.works()
        watch.quiet(house.shell)
        watch.clocks(house.shell)
        propose()
        turn(house.shell)
        rungs.climb(house.shell)
        house.works()
        house.clock.passes(6)


def grouped(house: House, level: int = 1, **studio: str) -> None:
    """Three studios write within nine minutes, and Lena groups them."""
    for number in (BEN, INES, KOFI):
        reports(house, number, **studio)
        house.clock.passes(60)
    house.taps(f"v1:incident:1:1:sev{level}")
    looks(house)


def asks(house: House, words: str, thread: int | None = None) -> str:
    """Lena writes ``/incident ...``; what she is told."""
    house.writes(f"/incident {words}", thread, sender=LENA)
    house.answers()
    house.delivers()
    told = [one.text for one in house.telegram.calls if isinstance(one, SendText) and one.to == str(GROUP)][-1]
    looks(house)
    return str(told)


def incident(house: House) -> Incident:
    return house.last(Incident)


def card(house: House) -> SendText | EditText:
    """The incident's card as the group sees it now."""
    sent = [one for one in house.telegram.calls if isinstance(one, SendText | EditText)]
    found: SendText | EditText = [one for one in sent if one.text.startswith("🔥 <b>")][-1]
    return found


def linked(house: House) -> list[int]:
    """The tickets that are in an incident now."""
    return [row.ticket_id for row in house.rows(IncidentTicket) if row.left_at is None]


def ticket(house: House, number: int) -> Ticket:
    return next(row for row in house.rows(Ticket) if row.id == number)


def copies(house: House) -> list[str]:
    return [row.outcome for row in house.rows(StatusCopy)]


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)
