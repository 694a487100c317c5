"""People who can be woken: their roles, the channels proven to reach them, the hours they ask to be left in peace."""

import re
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

ROLES = ("primary", "backup", "lead", "engineer", "backup_engineer")
EVERYBODY = "everybody"  # as a ladder's role: all who hold any
CHANNELS = ("telegram", "sms", "whatsapp", "voice")  # what can wake somebody, in the order they are tried


def dialled(text: str) -> str | None:
    """A phone number with its country, however it is spelled; None for what is none."""
    number = re.sub(r"[\s().-]", "", text)
    return number if re.fullmatch(r"\+\d{8,15}", number) else None


def is_quiet(text: str) -> bool:
    """Whether it is a span like ``22:00-07:00``."""
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d", text) is not None


@dataclass(frozen=True, slots=True)
class Quiet:
    """Local hours of one person; ``ends`` at or before ``begins`` lies in the next day."""

    begins: time
    ends: time
    zone: ZoneInfo

    def holds(self, at: datetime) -> bool:
        local = at.astimezone(self.zone).time()
        if self.begins < self.ends:
            return self.begins <= local < self.ends
        return local >= self.begins or local < self.ends


@dataclass(frozen=True, slots=True)
class Person:
    """``channels`` are the verified ones only, in the order of ``CHANNELS``; ``roles`` those they may hold; on
    ``stopped`` ones they have said STOP; ``off`` are verified, but nothing of ours can ring there now.

    Quiet hours hold back nudges, lists and reminders, never a page: SEV1 and SEV2 are all that pages.
    """

    id: int
    name: str
    roles: frozenset[str]
    channels: tuple[str, ...] = ()
    language: str = "en"
    quiet: Quiet | None = None
    stopped: tuple[str, ...] = ()
    off: tuple[str, ...] = ()

    def in_peace(self, at: datetime) -> bool:
        return self.quiet is not None and self.quiet.holds(at)
