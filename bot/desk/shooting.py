"""``/shoot``: the shoots of a ticket's studio, entered by hand; windows follow as from the imported calendar."""

import re

from sqlalchemy import select

from bot import tickets
from bot.desk import looking
from bot.desk.asks import Ask
from bot.hotline import shoots
from bot.scene import open_ticket_scene
from models import Shoot, Studio, Ticket
from oncall.bookings import BookingError
from oncall.typed import DAY, EXAMPLE, read_line
from sla.zones import zone

_OFF = re.compile(r"off(?:\s+#?(\d{1,18}))?", re.IGNORECASE)
_WHAT = re.compile(rf"(?:^|\s+)({_OFF.pattern}$|{DAY}\s.*)", re.IGNORECASE | re.DOTALL)  # behind the studio's name
_NAMED = EXAMPLE.replace("/shoot", "/shoot Adeyemi Photo")


def shoot(ask: Ask) -> str:
    """``/shoot 28.11. 14:00-22:00 Wedding`` books, ``/shoot off 12`` takes away, alone it lists what is ahead; outside
    the topics of a studio's tickets its name comes first."""
    studio, words = _whose(ask)
    if isinstance(studio, str):
        return studio
    if not words:
        return _listed(ask, studio)
    off = _OFF.fullmatch(words)
    return _off(ask, studio, off[1]) if off else _entered(ask, studio, words)


def _whose(ask: Ask) -> tuple[Studio | str, str]:
    """The studio, or what to ask, and what is said of its shoots."""
    here = ask.ticket.studio if ask.here else None
    if here is not None:
        return here, ask.args
    what = _WHAT.search(ask.args)
    name = (ask.args[: what.start()] if what else ask.args).strip().rstrip(":,")
    if name:
        return looking.called(ask.session, name), what[1] if what else ""
    why = f"#{ask.ticket.id} is of no studio we know: n" if ask.here else "N"
    return f"{why}ame the studio first, like {_NAMED}", ""


def _listed(ask: Ask, studio: Studio) -> str:
    rows = shoots.ahead(ask.session, studio.id, ask.shell.clock.now())
    if not rows:
        return f"No shoot of {studio.name} is ahead. Enter one: {EXAMPLE if ask.here else _NAMED}"
    return "\n".join([f"Shoots of {studio.name}:", *(f"{shoots.said(one)} {one.title}".strip() for one in rows)])


def _off(ask: Ask, studio: Studio, number: str | None) -> str:
    found = ask.session.get(Shoot, int(number)) if number else None
    if found is None or found.studio_id != studio.id:
        which = f"There is no shoot {number} of {studio.name}" if number else "Write which one, like /shoot off 12"
        return f"{which}; /shoot lists them."
    said = shoots.said(found)
    shoots.remove(ask.shell, ask.session, found)
    _shown(ask, studio)
    return f"{said} is called off."


def _entered(ask: Ask, studio: Studio, words: str) -> str:
    """The first line goes into the audit log, so it says nothing in the agent's own words."""
    try:
        booked = read_line(words, studio.timezone, ask.shell.clock.now())
    except BookingError as error:
        return f"Nothing was booked:\n{error}"
    kept, before = shoots.enter(ask.shell, ask.session, studio, booked)
    _shown(ask, studio)
    others = [one for one in shoots.overlapping(ask.session, studio.id, booked) if one.id != kept.id]
    return "\n".join(filter(None, [f"{shoots.said(kept)} is {_news(kept, before)}.", *_hotline(ask, kept, others)]))


def _shown(ask: Ask, studio: Studio) -> None:
    """The cards of all its open tickets say what is shot now."""
    if ask.here is not None:
        tickets.refresh(ask.here)
    mine = select(Ticket.id).where(Ticket.studio_id == studio.id, Ticket.state == "open")
    for number in ask.session.scalars(mine.order_by(Ticket.conversation_id, Ticket.id)).all():
        if ask.here is None or number != ask.ticket.id:
            scene = open_ticket_scene(ask.shell, ask.session, number)
            if scene is not None:
                tickets.refresh(scene)


def _news(kept: Shoot, before: shoots.Span | None) -> str:
    if before is None:
        return "booked"
    if before == (kept.begins_at, kept.ends_at):
        return "known already"
    return f"moved; it was {shoots.span(*before, zone(kept.zone))}"


def _hotline(ask: Ask, kept: Shoot, others: list[Shoot]) -> list[str]:
    """What it overlaps, and the window that follows."""
    window = shoots.window_of(ask.session, kept)
    where = zone(kept.zone)
    shared = ", ".join(
        f"{one.title or f'shoot {one.id}'} {shoots.span(one.begins_at, one.ends_at, where)}" for one in others
    )
    if window is None:
        tiers = " and ".join(sorted(tier.capitalize() for tier in ask.shell.hotline.tiers))
        none = f"No hotline follows: it is for {tiers}, and {kept.studio.name} is {kept.studio.tier.capitalize()}."
        return [f"It overlaps {shared}." if shared else "", none]
    span = shoots.span(window.opens_at, window.closes_at, where)
    return [f"It overlaps {shared}: one window {span}." if shared else f"Hotline {span}."]
