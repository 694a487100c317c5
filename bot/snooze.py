"""Snoozing: a ticket is out of sight until a moment, or until the customer writes."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import outbox, tickets
from bot.scene import Scene

LONGEST = timedelta(days=31)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_FOR = re.compile(r"(\d{1,4})\s*(m|min|h|d)")
_AT = re.compile(r"(?:(today|tomorrow|mon|tue|wed|thu|fri|sat|sun)\s*)?(?:(\d{1,2}):(\d{2}))?")
_MORNING = (9, 0)  # of a day told without a time


def until(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """The moment that ``2h``, ``30m``, ``1d``, ``14:30``, ``tomorrow 9:00`` or ``mon`` means in ``zone``, if any."""
    words = text.strip().lower()
    if span := _FOR.fullmatch(words):
        unit = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days"}[span[2]]
        return now + timedelta(**{unit: int(span[1])}) if int(span[1]) else None
    found = _AT.fullmatch(words)
    if found is None or not words:
        return None
    hour, minute = (int(found[2]), int(found[3])) if found[2] else _MORNING
    if hour > 23 or minute > 59:
        return None
    today = now.astimezone(zone)
    moment = today.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if found[1] in _DAYS:
        moment += timedelta(days=(_DAYS.index(found[1]) - today.weekday()) % 7)
    elif found[1] == "tomorrow":
        moment += timedelta(days=1)
    if moment <= today and found[1] != "today":
        moment += timedelta(days=7 if found[1] else 1)
    return moment.astimezone(now.tzinfo) if moment > today else None


def wake(scene: Scene, why: str) -> None:
    """In sight again, and said in the topic."""
    ticket = scene.ticket
    if ticket is None or ticket.snoozed_until is None:
        return
    ticket.snoozed_until = None
    outbox.notice(scene, f"#{ticket.id} is back: {why}.")
    tickets.refresh(scene)
