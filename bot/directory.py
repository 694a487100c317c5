"""The directory import: one row an address, all of the file or none of it, again without harm."""

import csv
import io
import re
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.hotline.shoots import rebook_booked
from bot.rebase import new_tier
from bot.shell import Shell
from models import Address, Contact, Studio
from sla.policies import TIERS

COLUMNS = ("studio", "tier", "timezone", "language", "branch", "contact", "role", "channel", "address")
EXAMPLE = "Adeyemi Photo,agency,Europe/Madrid,en,,Tolu,owner,whatsapp,+34600000001"
_ROLES = ("owner", "assistant")
_CHANNELS = {
    "whatsapp": (r"\+\d{8,15}|[A-Z]{2}\.\w+", "a number with its country, like +34600000001"),
    "sms": (r"\+\d{8,15}", "a number with its country, like +34600000001"),
    "telegram": (r"\d+", "a Telegram user id, like 601000001"),
    "email": (r"[^@\s]+@[^@\s]+\.[^@\s]+", "a mail address, like tolu@studio.example"),
}


class DirectoryError(ValueError):
    """A row cannot be imported; the message says which, what is wrong and an example of right."""


@dataclass(frozen=True, slots=True)
class Imported:
    rows: int
    studios: int
    contacts: int
    addresses: int


def import_directory(shell: Shell, data: bytes) -> Imported:
    """Adds and updates studios, contacts and addresses from CSV bytes. Raises DirectoryError and imports nothing."""
    rows = _read(data)
    with shell.db.writing() as session:
        seen = [_keep(session, row) for row in rows]
        for studio in session.scalars(select(Studio).where(Studio.id.in_({studio for studio, _, _ in seen}))):
            new_tier(shell, session, studio)
        rebook_booked(shell, session, {studio for studio, *_ in seen})
    return (
        Imported(len(rows), *(len(set(column)) for column in zip(*seen, strict=True))) if seen else Imported(0, 0, 0, 0)
    )


def _read(data: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    except UnicodeDecodeError as error:
        raise DirectoryError(f"it is not UTF-8 text (byte {error.start})") from error
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise DirectoryError(f"the first line has no {', '.join(missing)}; it is: {','.join(COLUMNS)}")
    try:
        return [_checked(row, reader.line_num) for row in reader]
    except csv.Error as error:
        raise DirectoryError(f"line {reader.line_num}: {error}; example: {EXAMPLE}") from error


def _checked(raw: dict[str | Any, str | Any], line: int) -> dict[str, str]:
    row = {column: (raw.get(column) or "").strip() for column in COLUMNS}
    row["address"] = _address(row["channel"], row["address"])
    checks = (
        (bool(row["studio"]), "studio is empty"),
        (row["tier"] in TIERS, f"tier {row['tier']!r} is none of {', '.join(TIERS)}"),
        (_is_zone(row["timezone"]), f"timezone {row['timezone']!r} is no IANA zone like Europe/Madrid"),
        (bool(row["contact"]), "contact is empty"),
        (row["role"] in _ROLES, f"role {row['role']!r} is neither owner nor assistant"),
        (row["channel"] in _CHANNELS, f"channel {row['channel']!r} is none of {', '.join(_CHANNELS)}"),
    )
    for right, wrong in checks:
        if not right:
            raise DirectoryError(f"line {line}: {wrong}; example: {EXAMPLE}")
    form, example = _CHANNELS[row["channel"]]
    if not re.fullmatch(form, row["address"]):
        raise DirectoryError(f"line {line}: {row['channel']} address {row['address']!r} is not {example}")
    return row


def _address(channel: str, text: str) -> str:
    """As the provider will write it: no spaces in a number, mail in lower case."""
    text = text.removeprefix("whatsapp:")
    if channel in ("whatsapp", "sms") and text.startswith("+"):
        return re.sub(r"[\s().-]", "", text)
    return text.lower() if channel == "email" else text


def _is_zone(name: str) -> bool:
    try:
        return bool(name) and bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


def _keep(session: Session, row: dict[str, str]) -> tuple[int, int, int]:
    """(studio, contact, address) ids; what is known is updated, an address moves to the contact named last."""
    studio = session.scalar(select(Studio).where(Studio.name == row["studio"])) or Studio(name=row["studio"])
    studio.tier, studio.timezone, studio.language = row["tier"], row["timezone"], row["language"] or "en"
    session.add(studio)
    session.flush()
    named = select(Contact).where(Contact.studio_id == studio.id, Contact.name == row["contact"])
    contact = session.scalar(named) or Contact(studio_id=studio.id, name=row["contact"])
    contact.role, contact.branch = row["role"], row["branch"]
    session.add(contact)
    session.flush()
    written = select(Address).where(Address.channel == row["channel"], Address.value == row["address"])
    address = session.scalar(written) or Address(channel=row["channel"], value=row["address"])
    address.contact_id = contact.id
    session.add(address)
    session.flush()
    return studio.id, contact.id, address.id
