"""Alarms whose cause is over by a person's doing: a setting was mended, a template put right at Twilio."""

from collections.abc import Callable, Iterable

from sqlalchemy import select

from bot.alarms import clear_alarm
from bot.shell import Shell
from models import Alarm


def look(shell: Shell) -> None:
    """Ends those whose cause this process no longer finds in its settings."""
    with shell.db.reading() as session:
        standing = session.scalars(select(Alarm.key).where(Alarm.cleared_at.is_(None))).all()
    over = {key: words for key in standing if (words := _over(shell, key))}
    for key, words in over.items():
        with shell.db.writing() as session:
            clear_alarm(shell, session, key, words)
            shell.db.ring(session)


def usable(shell: Shell, sids: Iterable[str]) -> None:
    """Twilio says that these templates can be used."""
    with shell.db.writing() as session:
        for sid in sids:
            clear_alarm(shell, session, f"template:{sid}", "Twilio says the template can be used.")
        shell.db.ring(session)


def _over(shell: Shell, key: str) -> str:
    """What the group is told; "" while the cause is there, or is no setting."""
    name, _, about = key.partition(":")
    return _SETTINGS[name](shell, about) if name in _SETTINGS else ""


def _moved(shell: Shell, chat: str) -> str:
    set_now = {str(shell.desk.configured), *(str(route.chat) for route in shell.desk.routes)}
    return "" if chat in set_now else "the group's new id is set."


def _template(shell: Shell, sid: str) -> str:
    named = {one for languages in shell.templates.sids.values() for one in languages.values()}
    return "" if sid in named else "[templates] names another template now."


def _calendar(shell: Shell, version: str) -> str:
    running = {calendar.version for calendar in shell.policies.calendars.values()}
    return "" if version in running else "the calendar is mended for what is promised from now on."


_SETTINGS: dict[str, Callable[[Shell, str], str]] = {"moved": _moved, "template": _template, "calendar": _calendar}
