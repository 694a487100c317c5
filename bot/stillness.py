"""The other half of the dead-man's switch: no customer's line for longer than it should be is an alarm (issue 7)."""

from datetime import datetime

from sqlalchemy import literal_column, select

from bot.alarms import clear_alarm, raise_alarm
from bot.shell import Shell
from models import Alarm, Message

ALARM = "inbound_silent"
_BY_CUSTOMER = Message.author == literal_column("'customer'")


def listen(shell: Shell) -> None:
    """Raises the alarm, and clears it with the next line; before the first line of all there is nothing to miss."""
    with shell.db.reading() as session:
        newest = select(Message.ingested_at).where(_BY_CUSTOMER).order_by(Message.id.desc()).limit(1)
        last: datetime | None = session.scalar(newest)
        stands = session.scalar(select(Alarm.id).where(Alarm.key == ALARM, Alarm.cleared_at.is_(None)))
    passed = shell.stillness.broken(last, shell.clock.now()) if last else ""
    if bool(passed) == bool(stands):
        return
    with shell.db.writing() as session:
        if last and passed:
            since = last.astimezone(shell.policies.support_zone)
            words = (
                f"No customer has written since {since:%a %Y-%m-%d %H:%M}, for more than {passed}. Do the providers' "
                "webhooks reach us? `flask doctor` looks at each leg."
            )
            raise_alarm(shell, session, ALARM, words)
        else:
            clear_alarm(shell, session, ALARM, "a customer has written.")
    shell.wakes.deliver.set()
