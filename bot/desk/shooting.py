"""``/shoot``: the shoots of a ticket's studio, entered by hand; windows follow as from the imported calendar."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot import tickets
from bot.desk.asks import Ask
from bot.hotline import shoots
from models import Shoot, Studio
from oncall.bookings import BookingError
from oncall.typed import EXAMPLE, read_line
from sla.zones import zone

_OFF = re.compile(r"off(?:\s+#?(\d{1,18}))?", re.IGNORECASE)


def shoot(ask: Ask) -> str:
    """``/shoot 28.11. 14:00-22:00 Wedding`` books, ``/shoot off 12`` takes away, alone it lists what is ahead."""
    studio = ask.ticket.studio
    if studio is None:
        return (
            f"#{ask.ticket.id} is of no studio we know, so a shoot cannot be booked; `flask studios import` names them."
        )
    if not ask.args:
        return _listed(ask, studio)
    off = _OFF.fullmatch(ask.args)
    return _off(ask, studio, off[1]) if off else _entered(ask, studio)


def _listed(ask: Ask, studio: Studio) -> str:
    rows = shoots.ahead(ask.session, studio.id, ask.scene.now)
    if not rows:
        return f"No shoot of {studio.name} is ahead. Enter one: {EXAMPLE}"
    return "\n".join([f"Shoots of {studio.name}:", *(f"{_said(one)} {one.title}".strip() for one in rows)])


def _off(ask: Ask, studio: Studio, number: str | None) -> str:
    found = ask.session.get(Shoot, int(number)) if number else None
    if found is None or found.studio_id != studio.id:
        which = f"There is no shoot {number} of {studio.name}" if number else "Write which one, like /shoot off 12"
        return f"{which}; /shoot lists them."
    said = _said(found)
    shoots.remove(ask.shell, ask.session, found)
    tickets.refresh(ask.scene)
    return f"{said} is called off."


def _entered(ask: Ask, studio: Studio) -> str:
    """The first line goes into the audit log, so it says nothing in the agent's own words."""
    try:
        booked = read_line(ask.args, studio.timezone, ask.scene.now)
    except BookingError as error:
        return f"Nothing was booked:\n{error}"
    kept, before = shoots.enter(ask.shell, ask.session, studio, booked)
    tickets.refresh(ask.scene)
    others = [one for one in shoots.overlapping(ask.session, studio.id, booked) if one.id != kept.id]
    return "\n".join(filter(None, [f"{_said(kept)} is {_news(kept, before)}.", *_hotline(ask, kept, others)]))


def _news(kept: Shoot, before: shoots.Span | None) -> str:
    if before is None:
        return "booked"
    if before == (kept.begins_at, kept.ends_at):
        return "known already"
    return f"moved; it was {_span(*before, zone(kept.zone))}"


def _hotline(ask: Ask, kept: Shoot, others: list[Shoot]) -> list[str]:
    """What it overlaps, and the window that follows."""
    window = shoots.window_of(ask.session, kept)
    where = zone(kept.zone)
    shared = ", ".join(f"{one.title or f'shoot {one.id}'} {_span(one.begins_at, one.ends_at, where)}" for one in others)
    if window is None:
        tiers = " and ".join(sorted(tier.capitalize() for tier in ask.shell.hotline.tiers))
        none = f"No hotline follows: it is for {tiers}, and {kept.studio.name} is {kept.studio.tier.capitalize()}."
        return [f"It overlaps {shared}." if shared else "", none]
    span = _span(window.opens_at, window.closes_at, where)
    return [f"It overlaps {shared}: one window {span}." if shared else f"Hotline {span}."]


def _said(one: Shoot) -> str:
    return f"Shoot {one.id}: {_span(one.begins_at, one.ends_at, zone(one.zone))} ({one.zone})"


def _span(begins: datetime, ends: datetime, where: ZoneInfo) -> str:
    """``Sat 28 Nov 14:00-22:00``, with the end's day if it is another."""
    here, there = begins.astimezone(where), ends.astimezone(where)
    end = f"{there:%H:%M}" if there.date() == here.date() else f"{there:%a} {there.day} {there:%b %H:%M}"
    return f"{here:%a} {here.day} {here:%b %H:%M}-{end}"
